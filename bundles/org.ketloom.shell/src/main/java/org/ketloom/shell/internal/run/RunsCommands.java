package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.model.PartSelection;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be asked about runs, and of those in the background. */
@Command(
    name = "runs",
    description =
        "Show runs and where their parts come from; suspend and resume those in the background.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom runs list")
public final class RunsCommands implements Runnable {
  @Spec private CommandSpec spec;

  private RunsCommands() {}

  public static CommandLine commandLine(Services services) {
    return new CommandLine(new RunsCommands())
        .addSubcommand(new ListRuns(services))
        .addSubcommand(new Show(services))
        .addSubcommand(new Suspend(services))
        .addSubcommand(new Resume(services));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** One line per run. */
  @Command(
      name = "list",
      description = "List the runs in a folder, and the jobs of this container.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs list runs")
  static final class ListRuns implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        defaultValue = "runs",
        description = "Folder of runs' folders, by default runs.")
    private Path folder;

    ListRuns(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Map<Path, Job> jobs = jobs(services);
      Map<Path, Job> shown = new LinkedHashMap<>(jobs);
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("RUN", "STATE", "STEP", "POLICY", "PARTS", "SWAPS"));
      List<String> faults = new ArrayList<>();
      for (Path run : folders(folder)) {
        try {
          RunInfo info = services.get(Runs.class).info(run);
          Optional<Job> job = Optional.ofNullable(jobs.get(key(run)));
          shown.remove(key(run));
          rows.add(
              List.of(
                  run.toString(),
                  state(info, job),
                  info.step() + "/" + info.steps(),
                  info.settings().policy() + (info.settings().autoResume() ? ", auto-resume" : ""),
                  parts(info),
                  swaps(info)));
        } catch (IOException e) {
          faults.add(e.getMessage());
        }
      }
      shown
          .values()
          .forEach(
              job ->
                  rows.add(
                      List.of(job.folder().toString(), job.state().toString(), "", "", "", "")));
      if (rows.size() == 1) {
        out.println("there is no run in " + folder);
      } else {
        table(out, rows);
      }
      jobs.values().stream()
          .filter(job -> !job.reason().isEmpty())
          .forEach(job -> out.println(job.name() + " is " + job.state() + ": " + job.reason()));
      faults.forEach(fault -> out.println("damaged: " + fault));
      out.flush();
      return 0;
    }

    private static List<Path> folders(Path folder) throws IOException {
      if (!Files.isDirectory(folder)) {
        return List.of();
      }
      try (Stream<Path> all = Files.list(folder)) {
        return all.filter(f -> Files.exists(f.resolve("manifest.json"))).sorted().toList();
      }
    }

    private static String swaps(RunInfo info) {
      String counts =
          Stream.of(Swap.Outcome.values())
              .map(o -> Map.entry(o, info.swaps().stream().filter(s -> s.outcome() == o).count()))
              .filter(e -> e.getValue() > 0)
              .map(e -> e.getValue() + " " + e.getKey())
              .collect(Collectors.joining(", "));
      return counts.isEmpty() ? "-" : counts;
    }

    private static void table(PrintWriter out, List<List<String>> rows) {
      int columns = rows.get(0).size();
      int[] widths = new int[columns];
      for (List<String> row : rows) {
        for (int i = 0; i < columns; i++) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
      for (List<String> row : rows) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns; i++) {
          line.append(String.format(Locale.ROOT, "%-" + widths[i] + "s  ", row.get(i)));
        }
        out.println(line.toString().stripTrailing());
      }
    }
  }

  /** All about one run. */
  @Command(
      name = "show",
      description =
          "Show a run: its state, where its parts come from, and every change of them with step and"
              + " time.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs show runs/mnist")
  static final class Show implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    Show(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      RunInfo info = services.get(Runs.class).info(run);
      PrintWriter out = spec.commandLine().getOut();
      out.println("run          " + info.folder());
      Optional<Job> job = Optional.ofNullable(jobs(services).get(key(run)));
      out.println(
          "state        "
              + state(info, job)
              + (info.message().isEmpty() ? "" : ": " + info.message())
              + job.map(Job::reason).filter(r -> !r.isEmpty()).map(r -> ": " + r).orElse(""));
      out.println("step         " + info.step() + " of " + info.steps());
      out.println(
          "policy       "
              + info.settings().policy()
              + (info.settings().autoResume() ? ", resumed when a container starts" : ""));
      out.println("seed         " + info.blueprint().seed());
      if (!info.resumptions().isEmpty()) {
        out.println(
            "resumed      at step "
                + info.resumptions().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", ")));
      }
      out.println("parts, with the bundle that each comes from and its SHA-256");
      info.identities().forEach((path, identity) -> part(out, info, path, identity));
      if (!info.swaps().isEmpty()) {
        out.println("swaps");
        info.swaps().forEach(swap -> swap(out, swap));
      }
      out.flush();
      return 0;
    }

    private static void part(PrintWriter out, RunInfo info, String path, PartIdentity identity) {
      out.printf(
          Locale.ROOT,
          "  %-17s  %-14s  %s %s%n",
          path,
          identity.name(),
          identity.bundle(),
          identity.version());
      out.printf(Locale.ROOT, "  %-17s  %-14s  %s%n", "", "", identity.sha256());
      PartIdentity first = info.first().get(path);
      if (first != null && !first.equals(identity)) {
        out.printf(Locale.ROOT, "  %-17s  %-14s  began with %s%n", "", "", first);
      }
    }

    private static void swap(PrintWriter out, Swap swap) {
      out.println("  " + swap.time() + "  " + swap);
      if (swap.outcome() != Swap.Outcome.DONE) {
        out.println(
            "    not done: the run kept the parts that it had"
                + (swap.to().isEmpty() ? "" : ", and doesn't try these again by itself"));
      }
    }
  }

  /** Stops a job. */
  @Command(
      name = "suspend",
      description =
          "Ask a job of this container to write its checkpoint and stop: for ketloom shell, whose"
              + " container trains.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs suspend mnist")
  static final class Suspend implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;

    @Parameters(paramLabel = "JOB", description = "Name of the job, or the run's folder.")
    private String name;

    Suspend(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      job(services, name).suspend();
      return 0;
    }
  }

  /** Goes on with a job. */
  @Command(
      name = "resume",
      description =
          "Resume a job of this container that is suspended or has failed: for ketloom shell,"
              + " whose container trains.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs resume mnist")
  static final class Resume implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;

    @Parameters(paramLabel = "JOB", description = "Name of the job, or the run's folder.")
    private String name;

    Resume(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      job(services, name).resume();
      return 0;
    }
  }

  private static Map<Path, Job> jobs(Services services) {
    Map<Path, Job> jobs = new LinkedHashMap<>();
    services.get(Jobs.class).jobs().forEach(job -> jobs.put(key(job.folder()), job));
    return jobs;
  }

  private static Job job(Services services, String name) {
    List<Job> all = services.get(Jobs.class).jobs();
    return all.stream()
        .filter(job -> job.name().equals(name) || key(job.folder()).equals(key(Path.of(name))))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "this container has no job \""
                        + name
                        + "\"; it has "
                        + (all.isEmpty()
                            ? "none; jobs are suspended and resumed in the shell of the container"
                                + " that trains them, ketloom shell"
                            : all.stream().map(Job::name).collect(Collectors.joining(", ")))));
  }

  private static Path key(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  /**
   * How a run is.
   *
   * @param job what works at it in this container; null if nothing does
   */
  public static String state(RunInfo info, Optional<Job> job) {
    if (job.isPresent()) {
      return job.get().state().toString();
    }
    String state = info.state().name().toLowerCase(Locale.ROOT);
    if (info.live()) {
      return state;
    }
    return state.equals("running") ? "killed" : state;
  }

  private static String parts(RunInfo info) {
    return info.blueprint().parts().values().stream()
        .map(PartSelection::name)
        .collect(Collectors.joining(" "));
  }
}
