package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.PartSelection;
import org.ketloom.files.Causes;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One line per run. */
@Command(
    name = "list",
    description = {
      "List the runs in a folder, and the jobs of this container. LOSS is the mean of the last epoch."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ketloom runs list", "  ketloom runs list --sort loss --tag mnist"})
final class RunsList implements Callable<Integer>, NeedsNoPlugins {
  private static final Path DEFAULT = Path.of("runs");

  private final Services services;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Folder of runs' folders, by default runs.")
  private @Nullable Path folder;

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      defaultValue = "name",
      description =
          "What to sort by: ${COMPLETION-CANDIDATES}; the least loss, the most steps, the latest"
              + " checkpoint first. By default ${DEFAULT-VALUE}.")
  private RunReport.Order sort;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "Only runs with this tag. May be repeated: only those with all of them.")
  private List<String> tags = List.of();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RunsList(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Map<Path, Job> jobs = RunsCommands.jobs(services);
    Map<Path, Job> elsewhere = new LinkedHashMap<>(jobs);
    List<RunReport> reports = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Path run : folders()) {
      try {
        Optional<Job> job = Optional.ofNullable(elsewhere.remove(RunsCommands.key(run)));
        RunReport report = RunReport.of(services, run, job);
        faults.addAll(report.faults());
        if (report.notes().tags().containsAll(tags)) {
          reports.add(report);
        }
      } catch (IOException | IllegalArgumentException e) {
        faults.add(Causes.line(e));
      }
    }
    reports.sort(sort.comparator());
    if (json) {
      out.println(json(reports, jobs, faults).toPrettyString());
    } else {
      table(out, reports, tags.isEmpty() ? List.copyOf(elsewhere.values()) : List.of());
      jobs.values().stream()
          .filter(job -> !job.reason().isEmpty())
          .forEach(job -> out.println(job.name() + " is " + job.state() + ": " + job.reason()));
      faults.forEach(fault -> out.println("damaged: " + fault));
    }
    out.flush();
    return 0;
  }

  private List<Path> folders() throws IOException {
    Path in = folder == null ? DEFAULT : folder;
    if (!Files.isDirectory(in)) {
      if (folder == null) {
        return List.of();
      }
      throw new IOException(
          Files.exists(in)
              ? in + " is a file: the folder of runs' folders is expected"
              : "there is no folder " + in);
    }
    try (Stream<Path> all = Files.list(in)) {
      return all.filter(f -> Files.exists(f.resolve("manifest.json"))).sorted().toList();
    } catch (IOException e) {
      throw new IOException(in + " can't be read: " + Causes.of(e), e);
    }
  }

  private void table(PrintWriter out, List<RunReport> reports, List<Job> elsewhere) {
    if (reports.isEmpty() && elsewhere.isEmpty()) {
      out.println(
          "there is no run "
              + (tags.isEmpty() ? "" : "with tag " + String.join(" and ", tags) + " ")
              + "in "
              + (folder == null ? DEFAULT : folder));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("RUN", "STATE", "STEP", "LOSS", "POLICY", "PARTS", "SWAPS", "TAGS"));
    for (RunReport report : reports) {
      RunInfo info = report.info();
      rows.add(
          List.of(
              info.folder().toString(),
              report.state(),
              info.step() + "/" + info.steps(),
              report.lastLoss().map(loss -> RunReport.number(loss.getValue())).orElse("-"),
              info.settings().policy() + (info.settings().autoResume() ? ", auto-resume" : ""),
              info.blueprint().parts().values().stream()
                  .map(PartSelection::name)
                  .collect(Collectors.joining(" ")),
              swaps(info),
              report.notes().tags().isEmpty() ? "-" : String.join(" ", report.notes().tags())));
    }
    for (Job job : elsewhere) {
      rows.add(List.of(job.folder().toString(), job.state().toString(), "", "", "", "", "", ""));
    }
    Table.lines(rows).forEach(out::println);
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

  private ObjectNode json(List<RunReport> reports, Map<Path, Job> jobs, List<String> faults) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode runs = node.putArray("runs");
    reports.forEach(report -> runs.add(report.json(services)));
    ArrayNode all = node.putArray("jobs");
    jobs.values()
        .forEach(
            job ->
                all.addObject()
                    .put("name", job.name())
                    .put("run", job.folder().toString())
                    .put("state", job.state().toString())
                    .put("reason", job.reason()));
    faults.forEach(node.putArray("damaged")::add);
    return node;
  }
}
