package org.ketloom.shell.internal.compose;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.bench.BenchCase;
import org.ketloom.bench.BenchReport;
import org.ketloom.bench.BenchRow;
import org.ketloom.bench.BenchSettings;
import org.ketloom.bench.BenchTable;
import org.ketloom.bench.CircuitBench;
import org.ketloom.bench.Entanglement;
import org.ketloom.bench.Estimator;
import org.ketloom.bench.StateFigures;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Table;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine.Model.CommandSpec;

/** Measures circuits in front of people. */
final class BenchSession {
  private final Services services;
  private final Terminal terminal;
  private final ProgressLine line;

  BenchSession(Services services, Terminal terminal, CommandSpec spec) {
    this.services = services;
    this.terminal = terminal;
    this.line = new ProgressLine(spec, terminal);
  }

  /** Shows progress, keeps pictures, and is asked to stop. */
  private static final class Following implements CircuitBench.Listener, Interruptions.Work {
    private final ProgressLine line;
    private final BenchSettings settings;
    private final Optional<BenchReport> report;
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);

    Following(ProgressLine line, BenchSettings settings, Optional<BenchReport> report) {
      this.line = line;
      this.settings = settings;
      this.report = report;
    }

    @Override
    public void begins(BenchCase circuit, long done, long total) {
      line.update("measuring circuits", done, total);
    }

    @Override
    public void measured(BenchCase circuit, StateFigures figures) throws IOException {
      if (report.isPresent()) {
        report.get().picture(circuit, settings, figures);
      }
    }

    @Override
    public boolean stopped() {
      return interrupted.get();
    }

    @Override
    public void interrupt() {
      interrupted.set(true);
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Measures what isn't there yet, and prints all; the exit status. */
  int run(BenchCommand.Request request, QuantumEngine engine) throws IOException {
    BenchSettings settings =
        new BenchSettings(
            request.pairs(),
            estimator(request.estimator()),
            request.bins(),
            BenchSettings.DEFAULTS.entropies(),
            request.initialisations(),
            request.seed());
    List<String> notes = new ArrayList<>();
    List<BenchCase> cases = BenchCases.of(services.get(PartRegistry.class), request, notes);
    Optional<BenchReport> report = Optional.ofNullable(request.out()).map(BenchReport::new);
    Path file = file(request);
    BenchTable table = file == null ? BenchTable.inMemory() : BenchTable.in(file);
    Following following = new Following(line, settings, report);
    services.interruptions().add(following);
    try {
      notes.forEach(line::note);
      line.begin("measuring " + cases.size() + (cases.size() == 1 ? " circuit" : " circuits"));
      CircuitBench.Result result = new CircuitBench(engine, settings).run(cases, table, following);
      line.clear();
      if (!result.complete()) {
        line.println(
            file == null
                ? "stopped; with --csv or --out the same command would continue"
                : "stopped; the same command continues");
        return ExitStatus.INTERRUPTED;
      }
      print(result, settings);
      if (report.isPresent()) {
        line.println("report: " + report.get().write(result.rows()));
      }
      if (file != null) {
        line.println("all numbers: " + file);
      }
      return 0;
    } finally {
      line.clear();
      following.over.countDown();
      services.interruptions().remove(following);
    }
  }

  private static @Nullable Path file(BenchCommand.Request request) {
    return request.csv() != null
        ? request.csv()
        : request.out() == null ? null : request.out().resolve("bench.csv");
  }

  private static Optional<Estimator> estimator(String name) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    for (Estimator estimator : Estimator.values()) {
      if (word(estimator).equals(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(estimator);
      }
    }
    throw new IllegalArgumentException(
        "--estimator: there is no estimator \""
            + name
            + "\"; there is "
            + Arrays.stream(Estimator.values())
                .map(BenchSession::word)
                .collect(Collectors.joining(", ")));
  }

  private static String word(Estimator estimator) {
    return estimator.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void print(CircuitBench.Result result, BenchSettings settings) {
    String plusMinus = terminal.charset().newEncoder().canEncode("±") ? " ± " : " +- ";
    boolean trained = settings.initialisations() > 0;
    List<List<String>> cells = new ArrayList<>();
    List<String> header =
        new ArrayList<>(
            List.of(
                "circuit",
                "wires",
                "layers",
                "angles",
                "expressibility",
                "floor",
                "",
                "entanglement",
                "entropy"));
    if (trained) {
      header.addAll(List.of("gradient variance", "rank", "effective"));
    }
    cells.add(header);
    for (BenchRow row : result.rows()) {
      List<String> line =
          new ArrayList<>(
              List.of(
                  row.title(),
                  row.text("wires"),
                  row.text("layers"),
                  row.text("angles"),
                  number(row.value("expressibility"))
                      + plusMinus
                      + number(row.value("expressibilityError")),
                  number(row.value("floor")) + plusMinus + number(row.value("floorDeviation")),
                  row.atFloor() ? "at the floor" : "",
                  number("%.3f", row.value("entanglement"))
                      + plusMinus
                      + number("%.3f", row.value("entanglementDeviation")),
                  number("%.3f", row.value("entropy"))));
      if (trained) {
        double variance = row.value("gradientVariance");
        line.add(
            Double.isNaN(variance)
                ? "-"
                : number("%.2e", variance)
                    + plusMinus
                    + number("%.0e", row.value("gradientVarianceError")));
        line.add(number("%.0f", row.value("fisherRank")));
        line.add(number("%.2f", row.value("effectiveDimension")));
      }
      cells.add(line);
    }
    Table.lines(cells).forEach(line::println);
    line.println(
        settings.pairs()
            + " pairs of states a circuit, "
            + settings.bins()
            + " bins, seed "
            + settings.seed()
            + (result.kept() > 0 ? "; " + result.kept() + " measured before" : ""));
    line.println(
        result.rows().stream()
            .map(BenchRow::wires)
            .distinct()
            .map(
                wires ->
                    String.format(Locale.ROOT, "%.3f on %d", Entanglement.ofHaar(wires), wires))
            .collect(Collectors.joining(", ", "entanglement of random states: ", " wires")));
  }

  private static String number(double value) {
    return number("%.4f", value);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
