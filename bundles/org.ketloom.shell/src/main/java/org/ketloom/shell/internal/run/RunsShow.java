package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.PartSelection;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Texts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** All about one run. */
@Command(
    name = "show",
    description = {
      "Show a run: its state, its loss (means of an epoch), its best and last metrics, how long it"
          + " was trained, its Blueprint, where its parts come from, and every change of them with"
          + " step and time.",
      "The best value of a metric is that among the evaluations that can be compared with the last"
          + " one."
    },
    footerHeading = "%nExample:%n",
    footer = "  ketloom runs show runs/mnist")
final class RunsShow implements Callable<Integer>, NeedsNoPlugins {
  private final Services services;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RunsShow(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RunReport report =
        RunReport.of(
            services,
            run,
            Optional.ofNullable(RunsCommands.jobs(services).get(RunsCommands.key(run))));
    if (json) {
      out.println(report.json(services).toPrettyString());
    } else {
      show(out, report);
    }
    out.flush();
    return 0;
  }

  private static void show(PrintWriter out, RunReport report) {
    RunInfo info = report.info();
    line(out, "run", info.folder().toString());
    line(
        out,
        "state",
        report.state()
            + (info.message().isEmpty() ? "" : ": " + info.message())
            + report
                .job()
                .map(Job::reason)
                .filter(r -> !r.isEmpty())
                .map(r -> ": " + r)
                .orElse(""));
    line(out, "step", info.step() + " of " + info.steps());
    report.lastLoss().ifPresent(last -> line(out, "loss", loss(report, last)));
    report
        .times()
        .ifPresent(
            times ->
                line(
                    out,
                    "time",
                    Texts.duration(times.trained())
                        + " of training; began "
                        + Texts.time(times.began())
                        + ", last checkpoint "
                        + Texts.time(times.changed())));
    if (!report.notes().tags().isEmpty()) {
      line(out, "tags", String.join(" ", report.notes().tags()));
    }
    if (!report.notes().note().isEmpty()) {
      line(out, "note", report.notes().note().replace("\n", "\n             "));
    }
    line(
        out,
        "policy",
        info.settings().policy()
            + (info.settings().autoResume() ? ", resumed when a container starts" : ""));
    line(out, "seed", String.valueOf(info.blueprint().seed()));
    if (!info.resumptions().isEmpty()) {
      line(
          out,
          "resumed",
          "at step "
              + info.resumptions().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    metrics(out, report.evaluations());
    blueprint(out, info.blueprint());
    out.println("parts, with the bundle that each comes from and its SHA-256");
    info.identities().forEach((path, identity) -> part(out, info, path, identity));
    if (!info.swaps().isEmpty()) {
      out.println("swaps");
      info.swaps().forEach(swap -> swap(out, swap));
    }
    report.faults().forEach(fault -> out.println("damaged: " + fault));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-11s  %s%n", name, value);
  }

  private static String loss(RunReport report, Map.Entry<Integer, Double> last) {
    Map.Entry<Integer, Double> best = report.bestLoss().orElse(last);
    return RunReport.number(last.getValue())
        + " in epoch "
        + last.getKey()
        + (best.getKey().equals(last.getKey())
            ? ", the best"
            : ", best " + RunReport.number(best.getValue()) + " in epoch " + best.getKey());
  }

  private static void metrics(PrintWriter out, Evaluations evaluations) {
    if (evaluations.metrics().isEmpty()) {
      return;
    }
    out.printf(Locale.ROOT, "%-20s  %11s  %-14s  %11s  %s%n", "metrics", "last", "", "best", "");
    for (Evaluations.Metric metric : evaluations.metrics()) {
      out.println(
          String.format(
                  Locale.ROOT,
                  "  %-18s  %11s  %-14s  %11s  %s",
                  metric.name(),
                  RunReport.number(metric.last().value()),
                  "after epoch " + metric.last().epoch(),
                  metric.best().map(best -> RunReport.number(best.value())).orElse(""),
                  metric.best().map(best -> "after epoch " + best.epoch()).orElse(""))
              .stripTrailing());
    }
  }

  /** A line per part, and its options behind it. */
  private static void blueprint(PrintWriter out, Blueprint blueprint) {
    out.println("Blueprint");
    selection(out, "model", blueprint.model());
    blueprint.parts().forEach((slot, part) -> selection(out, "parts." + slot, part));
    selection(out, "data", blueprint.data());
    blueprint.engine().ifPresent(engine -> selection(out, "engine", engine));
    Blueprint.Training training = blueprint.training();
    out.printf(
        Locale.ROOT,
        "  %-17s  epochs=%d batchSize=%d checkpointEvery=%d sampleEvery=%d%n",
        "training",
        training.epochs(),
        training.batchSize(),
        training.checkpointEvery(),
        training.sampleEvery());
  }

  private static void selection(PrintWriter out, String path, PartSelection part) {
    String options =
        part.options().entrySet().stream()
            .map(e -> e.getKey() + "=" + value(e.getValue()))
            .collect(Collectors.joining(" "));
    out.println(
        String.format(
                Locale.ROOT,
                "  %-17s  %-14s  %s",
                path,
                part.name() + part.version().map(range -> "@" + range).orElse(""),
                options)
            .stripTrailing());
  }

  private static String value(Object value) {
    String text = value.toString();
    return text.isEmpty() ? "\"\"" : text.replace(", ", ",");
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
