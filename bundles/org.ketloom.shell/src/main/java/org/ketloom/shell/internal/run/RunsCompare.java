package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Table;
import org.ketloom.shell.internal.console.Texts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two runs side by side. */
@Command(
    name = "compare",
    description = {
      "Compare two runs: what differs in their Blueprints and in the bundles of their parts, their"
          + " losses and metrics. Into a folder it writes loss.svg, the loss of both in one"
          + " picture; samples.png, the last grid of each, the first run's on the left; and"
          + " comparison.json, all that is told of both."
    },
    footerHeading = "%nExample:%n",
    footer = "  ketloom runs compare runs/two-qubit runs/ring")
final class RunsCompare implements Callable<Integer>, NeedsNoPlugins {
  private static final String NONE = "-";

  private final Services services;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "The first run's folder.")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "The second run's folder.")
  private Path second;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for what is written, new or empty; by default the next of comparisons/A-B,"
              + " A-B-2, ...")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print JSON, and write no files.")
  private boolean json;

  RunsCompare(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    RunReport a = RunReport.of(services, first, Optional.empty());
    RunReport b = RunReport.of(services, second, Optional.empty());
    List<String> blueprints = blueprints(a.info(), b.info());
    List<String> parts = parts(a.info(), b.info());
    String text = json(a, b, blueprints, parts).toPrettyString();
    if (json) {
      writer.println(text);
      writer.flush();
      return 0;
    }
    Path folder = folder();
    Table.lines(rows(a, b)).forEach(writer::println);
    if (!a.evaluations().conditions().equals(b.evaluations().conditions())
        && !a.evaluations().metrics().isEmpty()
        && !b.evaluations().metrics().isEmpty()) {
      writer.println(
          "Their metrics can't be compared: the last evaluations differ in features, numbers of"
              + " images, data or sampling.");
    }
    tell(writer, "Blueprints", blueprints);
    tell(writer, "bundles of the parts", parts);
    Files.createDirectories(folder);
    for (String line : RunComparison.write(folder, a, b)) {
      writer.println(line);
    }
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve("comparison.json"), to -> to.write(bytes));
    writer.println("written to " + folder);
    List<String> faults = new ArrayList<>(a.faults());
    faults.addAll(b.faults());
    faults.forEach(fault -> writer.println("damaged: " + fault));
    writer.flush();
    return 0;
  }

  private static void tell(PrintWriter writer, String what, List<String> lines) {
    writer.println(lines.isEmpty() ? "The " + what + " are equal." : "The " + what + " differ:");
    lines.forEach(line -> writer.println("  " + line));
  }

  private Path folder() throws IOException {
    Path asked = out;
    if (asked == null) {
      String stem = RunComparison.name(first) + "-" + RunComparison.name(second);
      Path parent = Path.of("comparisons");
      Path free = parent.resolve(stem);
      for (int n = 2; Files.exists(free); n++) {
        free = parent.resolve(stem + "-" + n);
      }
      return free;
    }
    if (Files.exists(asked) && !Files.isDirectory(asked)) {
      throw new IOException("--out " + asked + " is a file: name a folder");
    }
    if (Files.isDirectory(asked)) {
      try (var files = Files.list(asked)) {
        if (files.findAny().isPresent()) {
          throw new IOException("--out " + asked + " is not empty; name another folder");
        }
      }
    }
    return asked;
  }

  private static List<List<String>> rows(RunReport a, RunReport b) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", a.info().folder().toString(), b.info().folder().toString()));
    rows.add(List.of("state", a.state(), b.state()));
    rows.add(List.of("step", step(a.info()), step(b.info())));
    rows.add(List.of("time", time(a), time(b)));
    rows.add(List.of("loss, last epoch", loss(a.lastLoss()), loss(b.lastLoss())));
    rows.add(List.of("loss, best epoch", loss(a.bestLoss()), loss(b.bestLoss())));
    if (a.evaluations().conditions().equals(b.evaluations().conditions())) {
      for (Evaluations.Metric metric : a.evaluations().metrics()) {
        rows.add(List.of(metric.name(), metric(a, metric.name()), metric(b, metric.name())));
      }
    }
    rows.add(List.of("tags", tags(a), tags(b)));
    return rows;
  }

  private static String step(RunInfo info) {
    return info.step() + "/" + info.steps();
  }

  private static String time(RunReport report) {
    return report.times().map(times -> Texts.duration(times.trained())).orElse(NONE);
  }

  private static String tags(RunReport report) {
    return report.notes().tags().isEmpty() ? NONE : String.join(" ", report.notes().tags());
  }

  private static String loss(Optional<Map.Entry<Integer, Double>> loss) {
    return loss.map(l -> RunReport.number(l.getValue()) + " (" + l.getKey() + ")").orElse(NONE);
  }

  private static String metric(RunReport report, String name) {
    return report.evaluations().metrics().stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .map(m -> RunReport.number(m.last().value()) + " (" + m.last().epoch() + ")")
        .orElse(NONE);
  }

  /** {@code training.epochs: 5 in runs/a, 20 in runs/b}. */
  private List<String> blueprints(RunInfo a, RunInfo b) {
    return services.get(Blueprints.class).differences(a.blueprint(), b.blueprint()).stream()
        .map(
            line ->
                line.replaceFirst(" here, ", Matcher.quoteReplacement(" in " + a.folder() + ", "))
                    .replaceFirst(" there$", Matcher.quoteReplacement(" in " + b.folder())))
        .toList();
  }

  private static List<String> parts(RunInfo a, RunInfo b) {
    TreeSet<String> paths = new TreeSet<>(a.identities().keySet());
    paths.addAll(b.identities().keySet());
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      PartIdentity ours = a.identities().get(path);
      PartIdentity theirs = b.identities().get(path);
      if (ours == null || !ours.equals(theirs)) {
        lines.add(
            path
                + ": "
                + identity(ours)
                + " in "
                + a.folder()
                + ", "
                + identity(theirs)
                + " in "
                + b.folder());
      }
    }
    return lines;
  }

  private static String identity(@Nullable PartIdentity identity) {
    return identity == null ? "nothing" : identity.toString();
  }

  private ObjectNode json(RunReport a, RunReport b, List<String> blueprints, List<String> parts) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("a", a.json(services));
    node.set("b", b.json(services));
    blueprints.forEach(node.putArray("blueprintDifferences")::add);
    parts.forEach(node.putArray("partDifferences")::add);
    node.put(
        "metricsComparable", a.evaluations().conditions().equals(b.evaluations().conditions()));
    return node;
  }
}
