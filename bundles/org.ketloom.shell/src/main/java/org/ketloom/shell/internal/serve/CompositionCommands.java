package org.ketloom.shell.internal.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.compose.BlueprintOptions;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.run.RunsCommands;
import org.ketloom.shell.internal.run.SettingsOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compositions: Blueprints by name that a container trains as long as they are configured. */
@Command(
    name = "composition",
    description = {
      "Name Blueprints that `ketloom serve` and `ketloom shell` train. Each is a file NAME.json in"
          + " a folder; editing it ends the run with a checkpoint and starts another one,"
          + " deleting it ends it."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom composition list")
public final class CompositionCommands implements Runnable {
  @Spec private CommandSpec spec;

  private CompositionCommands() {}

  public static CommandLine commandLine(Services services) {
    return new CommandLine(new CompositionCommands())
        .addSubcommand(new ListAll(services))
        .addSubcommand(new Set(services))
        .addSubcommand(new Remove(services));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Where the files are. */
  static final class Folder {
    @Option(
        names = "--compositions",
        paramLabel = "DIR",
        description = "Folder of compositions; by default conf beside the program.")
    private @Nullable Path folder;

    Path of(Services services) {
      return folder == null ? ServeOptions.conf(services) : folder;
    }

    Path file(Services services, String name) {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
        throw new IllegalArgumentException(
            "a composition's name has only letters, digits, - _ and .; found \"" + name + "\"");
      }
      return of(services).resolve(name + ".json");
    }
  }

  /** One line per composition. */
  @Command(
      name = "list",
      description = "List the compositions, with the state of those that this container trains.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom composition list")
  static final class ListAll implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private Folder folder;

    ListAll(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      TreeSet<String> names = new TreeSet<>();
      if (Files.isDirectory(folder.of(services))) {
        try (Stream<Path> files = Files.list(folder.of(services))) {
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith(".json"))
              .forEach(f -> names.add(f.substring(0, f.length() - ".json".length())));
        }
      }
      List<Job> jobs = services.get(Jobs.class).jobs();
      for (String name : names) {
        Optional<Job> job = jobs.stream().filter(j -> j.name().equals(name)).findFirst();
        out.printf(
            Locale.ROOT,
            "%-20s  %s%n",
            name,
            job.map(
                    j ->
                        j.state()
                            + " in "
                            + j.folder()
                            + (j.reason().isEmpty() ? "" : ": " + j.reason()))
                .orElseGet(() -> elsewhere(name)));
      }
      if (names.isEmpty()) {
        out.println("there is no composition in " + folder.of(services));
      }
      out.flush();
      return 0;
    }

    /** What the folder of its last run says. */
    private String elsewhere(String name) {
      try {
        String base =
            StrictJson.object(folder.file(services, name)).path("run").asText("runs/" + name);
        int number = 0;
        while (Files.exists(Path.of(base + "-" + (number + 1)))) {
          number++;
        }
        if (number == 0) {
          return "no run yet; ketloom serve trains it";
        }
        RunInfo info = services.get(Runs.class).info(Path.of(base + "-" + number));
        return RunsCommands.state(info, Optional.empty()) + " in " + info.folder();
      } catch (IOException | IllegalArgumentException e) {
        return Messages.of(e);
      }
    }
  }

  /** Writes a file. */
  @Command(
      name = "set",
      description = "Write a composition, or change one.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom composition set mnist --data mnist --epochs 4 --policy adopt",
        "  ketloom composition set mine --blueprint mine.json"
      })
  static final class Set implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private BlueprintOptions blueprint;
    @Mixin private SettingsOptions settings;
    @Mixin private Folder folder;

    @Parameters(paramLabel = "NAME", description = "Name of the composition.")
    private String name;

    @Option(
        names = "--run",
        paramLabel = "DIR",
        description = "Folder for its runs, to which a number is added; by default runs/NAME.")
    private @Nullable Path run;

    Set(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      Path file = folder.file(services, name);
      RunSettings asked = settings.on(new RunSettings(RunSettings.Policy.PIN, true));
      Draft draft = blueprint.draft(services);
      ResolvedBlueprint resolved = services.get(Composer.class).resolve(draft);
      Readiness there = resolved.readiness();
      if (there.state() == Readiness.State.READY) {
        // What can be told now is told before anything is written.
        resolved.complete();
      }
      // Made here: help doesn't need it, and it is slow to make.
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode json = mapper.createObjectNode();
      json.set("blueprint", mapper.readTree(draft.json()));
      json.put("run", (run == null ? Path.of("runs", name) : run).toString());
      json.put("policy", asked.policy().toString());
      json.put("autoResume", asked.autoResume());
      byte[] text =
          (mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
              .getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, content -> content.write(text));
      PrintWriter out = spec.commandLine().getOut();
      out.println("composition " + name + ": " + file);
      out.println(
          there.state() == Readiness.State.READY ? "ketloom serve trains it" : there.toString());
      out.flush();
      return 0;
    }
  }

  /** Deletes a file. */
  @Command(
      name = "remove",
      description = "Delete a composition; its runs stay in their folders.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom composition remove mnist")
  static final class Remove implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Mixin private Folder folder;

    @Parameters(paramLabel = "NAME", description = "Name of the composition.")
    private String name;

    Remove(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      Path file = folder.file(services, name);
      if (!Files.deleteIfExists(file)) {
        throw new IllegalArgumentException(
            "there is no composition \""
                + name
                + "\": no file "
                + file
                + "; ketloom composition list shows those that are there");
      }
      return 0;
    }
  }
}
