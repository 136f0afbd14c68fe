package org.ketloom.study.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Figure;
import org.ketloom.files.Causes;
import org.ketloom.files.LineChart;
import org.ketloom.files.StrictJson;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.Evaluation;
import org.ketloom.study.Statistics;
import org.ketloom.study.StudyListener;

/**
 * Evaluates a run now and then while it continues: {@code evaluation.csv} has a line for each,
 * {@code evaluation-distance.svg} and {@code evaluation-shares.svg} show them, and a JSON in the
 * folder {@code evaluations} tells all of it, as it does of those that somebody asks for. What goes
 * wrong is told, and does no harm to the run.
 */
final class Follower implements RunListener {
  private static final List<String> SHARES =
      List.of("precision", "recall", "class-agreement", "class-entropy");

  private final Runs runs;
  private final Evaluation evaluation;
  private final int every;
  private final StudyListener listener;
  private @Nullable Path folder;
  private int stepsPerEpoch = 1;

  /**
   * @param every epochs between two evaluations
   */
  Follower(Runs runs, Evaluation evaluation, int every, StudyListener listener) {
    this.runs = runs;
    this.evaluation = evaluation;
    this.every = every;
    this.listener = listener;
  }

  @Override
  public void started(Started event) {
    folder = event.folder();
    stepsPerEpoch = event.stepsPerEpoch();
  }

  @Override
  public void checkpoint(Path file, long step) {
    int epoch = (int) (step / stepsPerEpoch);
    Path run = folder;
    if (run == null || step % stepsPerEpoch != 0 || epoch % every != 0 || listener.stopped()) {
      return;
    }
    try (Sampler sampler = runs.open(run, OptionalInt.of(epoch))) {
      Evaluator.Report report =
          evaluation.of(
              sampler,
              (stage, done, total) -> {
                listener.stage("evaluating epoch " + epoch + ": " + stage, done, total);
                return !listener.stopped();
              });
      write(run, epoch, report);
      StudyFiles.write(
          run.resolve("evaluations")
              .resolve(String.format(Locale.ROOT, "epoch-%04d-during-training.json", epoch)),
          evaluation.json(report, List.of(), epoch));
      StringBuilder text = new StringBuilder("evaluation after epoch " + epoch + ":");
      report
          .measures()
          .forEach(
              m ->
                  text.append("  ")
                      .append(m.name())
                      .append(' ')
                      .append(Statistics.number(m.value())));
      listener.note(text + "  (" + report.samples() + " images)");
    } catch (CancellationException e) {
      listener.note("evaluation after epoch " + epoch + " was stopped");
    } catch (IOException | RuntimeException e) {
      listener.note("evaluation after epoch " + epoch + " failed: " + Causes.line(e));
    }
  }

  private static void write(Path folder, int epoch, Evaluator.Report report) throws IOException {
    Path file = folder.resolve("evaluation.csv");
    Map<Integer, Map<String, Double>> rows = read(file);
    Map<String, Double> row = new LinkedHashMap<>();
    row.put("samples", (double) report.samples());
    row.put("reference", (double) report.reference());
    for (Figure m : report.measures()) {
      row.put(m.name(), m.value());
      row.put(m.name() + ".real", m.real().orElse(Double.NaN));
    }
    rows.put(epoch, row);
    List<String> columns =
        rows.values().stream().flatMap(r -> r.keySet().stream()).distinct().toList();
    StringBuilder csv = new StringBuilder("epoch," + String.join(",", columns) + "\n");
    rows.forEach(
        (e, values) -> {
          csv.append(e);
          columns.forEach(c -> csv.append(',').append(values.containsKey(c) ? values.get(c) : ""));
          csv.append('\n');
        });
    StudyFiles.write(file, csv.toString());
    StudyFiles.write(
        folder.resolve("evaluation-distance.svg"),
        new LineChart(
                "Fréchet distance of " + report.samples() + " images",
                "epoch",
                "Fréchet distance",
                true,
                List.of(
                    series(rows, "frechet-distance", "drawn", false),
                    series(rows, "frechet-distance.real", "real", true)))
            .svg());
    List<LineChart.Series> shares = new ArrayList<>();
    SHARES.forEach(name -> shares.add(series(rows, name, name, false)));
    StudyFiles.write(
        folder.resolve("evaluation-shares.svg"),
        new LineChart("Shares of " + report.samples() + " images", "epoch", "share", false, shares)
            .svg());
  }

  private static LineChart.Series series(
      Map<Integer, Map<String, Double>> rows, String column, String name, boolean dashed) {
    List<LineChart.Point> points = new ArrayList<>();
    rows.forEach(
        (epoch, values) ->
            points.add(new LineChart.Point(epoch, values.getOrDefault(column, Double.NaN))));
    return new LineChart.Series(name, dashed, points);
  }

  /** What was measured before the run was resumed, by epoch. */
  private static Map<Integer, Map<String, Double>> read(Path file) throws IOException {
    Map<Integer, Map<String, Double>> rows = new TreeMap<>();
    if (!Files.exists(file)) {
      return rows;
    }
    List<String> lines = StrictJson.text(file).lines().toList();
    String[] columns = lines.isEmpty() ? new String[0] : lines.get(0).split(",");
    for (int line = 1; line < lines.size(); line++) {
      String[] cells = lines.get(line).split(",", -1);
      Map<String, Double> row = new LinkedHashMap<>();
      try {
        for (int i = 1; i < columns.length; i++) {
          if (!cells[i].isEmpty()) {
            row.put(columns[i], Double.parseDouble(cells[i]));
          }
        }
        rows.put(Integer.parseInt(cells[0]), row);
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new IOException(
            file
                + ", line "
                + (line + 1)
                + ": a number for each of "
                + columns.length
                + " columns is expected; move the file away to begin a new one",
            e);
      }
    }
    return rows;
  }
}
