package org.ketloom.study.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.files.LineChart;
import org.ketloom.metrics.GradientVariance;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.study.GradientVarianceStudy;
import org.ketloom.study.Statistics;
import org.ketloom.study.StudyListener;
import org.ketloom.study.StudyResult;
import org.ketloom.study.StudyRun;

/** Measures the curves of a study of gradients, one after another. */
final class GradientVarianceRun implements StudyRun {

  private record Curve(GradientVarianceStudy.Depth depth, GradientVarianceStudy.Width width) {
    double radians(int qubits) {
      return width.radians(qubits, depth.layers(qubits));
    }

    String title() {
      return width.name() + ", " + depth;
    }
  }

  private final QuantumEngine engine;
  private final GradientVarianceStudy study;
  private final Path folder;
  private final StudyListener listener;
  private final Optional<Encoding> encoding;
  private final Ansatz ansatz;
  private final List<Curve> curves = new ArrayList<>();

  /**
   * Finds the parts.
   *
   * @throws IllegalArgumentException if one isn't registered, or has no such options
   */
  GradientVarianceRun(
      QuantumEngine engine,
      PartRegistry registry,
      GradientVarianceStudy study,
      Path folder,
      StudyListener listener) {
    this.engine = engine;
    this.study = study;
    this.folder = folder;
    this.listener = listener;
    encoding =
        study
            .encoding()
            .map(e -> (Encoding) part(registry, Encoding.KIND, e, study.encodingOptions()));
    ansatz = (Ansatz) part(registry, Ansatz.KIND, study.ansatz(), study.options());
    for (GradientVarianceStudy.Depth depth : study.depths()) {
      study.widths().forEach(width -> curves.add(new Curve(depth, width)));
    }
  }

  private static Part part(
      PartRegistry registry, PartKind kind, String named, Map<String, String> options) {
    String name = kind + " \"" + named + "\"";
    RegisteredPart part =
        registry
            .find(kind, named, "")
            .orElseThrow(() -> new IllegalArgumentException(name + " isn't registered"));
    return Options.with(part.prototype(), name, options);
  }

  @Override
  public List<String> plan() {
    return List.of(
        curves.size()
            + " curves of "
            + study.qubits().size()
            + " points, "
            + study.samples()
            + " initialisations each, into "
            + folder);
  }

  @Override
  public StudyResult run(boolean retry) throws IOException {
    // Time goes with the gates times the size of the state.
    long total = 0;
    for (Curve curve : curves) {
      for (int n : study.qubits()) {
        total += cost(curve, n);
      }
    }
    long done = 0;
    Map<Curve, List<GradientVariance.Estimate>> variances = new LinkedHashMap<>();
    StringBuilder csv =
        new StringBuilder("ansatz,depth,width,radians,qubits,layers,variance,error\n");
    for (Curve curve : curves) {
      for (int n : study.qubits()) {
        if (listener.stopped()) {
          return new StudyResult(StudyResult.State.STOPPED, folder, List.of(), rows(variances));
        }
        listener.stage(curve.title() + ", " + n + " qubits", done, total);
        int layers = curve.depth().layers(n);
        GradientVariance.Estimate measured =
            GradientVariance.estimate(
                engine,
                encoding,
                ansatz,
                n,
                layers,
                curve.radians(n),
                study.samples(),
                study.seed());
        variances.computeIfAbsent(curve, c -> new ArrayList<>()).add(measured);
        csv.append(
            String.join(
                    ",",
                    study.ansatz(),
                    curve.depth().toString(),
                    curve.width().name(),
                    "" + curve.radians(n),
                    "" + n,
                    "" + layers,
                    "" + measured.variance(),
                    "" + measured.error())
                + "\n");
        done += cost(curve, n);
      }
    }
    StudyFiles.write(folder.resolve("gradient-variance.csv"), csv.toString());
    StudyFiles.write(folder.resolve("gradient-variance.svg"), chart(variances));
    List<String> table = table(variances);
    StudyFiles.write(folder.resolve("table.md"), String.join("\n", table) + "\n");
    return new StudyResult(StudyResult.State.FINISHED, folder, table, rows(variances));
  }

  @Override
  public void close() {}

  private static long cost(Curve curve, int qubits) {
    return (long) curve.depth().layers(qubits) * qubits << qubits;
  }

  private String chart(Map<Curve, List<GradientVariance.Estimate>> variances) {
    List<LineChart.Series> series = new ArrayList<>();
    variances.forEach(
        (curve, values) -> {
          List<LineChart.Point> points = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            double variance = values.get(i).variance();
            double error = values.get(i).error();
            points.add(
                new LineChart.Point(
                    study.qubits().get(i), variance, variance - error, variance + error));
          }
          series.add(
              new LineChart.Series(
                  curve.title(), curve.depth() == GradientVarianceStudy.Depth.QUADRATIC, points));
          fit(values)
              .ifPresent(
                  fit ->
                      series.add(
                          new LineChart.Series(
                              "",
                              LineChart.Style.FIT,
                              study.qubits().stream()
                                  .map(n -> new LineChart.Point(n, fit.at(n)))
                                  .toList())));
        });
    return new LineChart(
            "Variance of gradients of "
                + study.parts()
                + ", with 95 % intervals; dotted: fits c 2^(-rate n)",
            "qubits",
            "variance",
            true,
            series)
        .svg();
  }

  private Optional<GradientVariance.Fit> fit(List<GradientVariance.Estimate> values) {
    return study.qubits().size() < 2
        ? Optional.empty()
        : Optional.of(
            GradientVariance.fit(
                study.qubits(), values.stream().map(GradientVariance.Estimate::variance).toList()));
  }

  private List<String> table(Map<Curve, List<GradientVariance.Estimate>> variances) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "Variance of the gradient of `"
                    + study.parts()
                    + "` over "
                    + study.samples()
                    + " initialisations, fitted by c 2^(-rate n); ± is the 95 % confidence interval.",
                "",
                "| width | depth | "
                    + study.qubits().stream()
                        .map(n -> "n = " + n)
                        .collect(Collectors.joining(" | "))
                    + " | rate |",
                "| --- | --- |" + " --- |".repeat(study.qubits().size() + 1)));
    variances.forEach(
        (curve, values) -> {
          lines.add(
              "| "
                  + curve.width().name()
                  + " | "
                  + curve.depth()
                  + " | "
                  + values.stream()
                      .map(v -> String.format(Locale.ROOT, "%.2e", v.variance()))
                      .collect(Collectors.joining(" | "))
                  + " | "
                  + fit(values)
                      .map(
                          fit -> String.format(Locale.ROOT, "%.2f ± %.2f", fit.rate(), fit.error()))
                      .orElse("-")
                  + " |");
        });
    return lines;
  }

  private List<StudyResult.Row> rows(Map<Curve, List<GradientVariance.Estimate>> variances) {
    List<StudyResult.Row> rows = new ArrayList<>();
    variances.forEach(
        (curve, values) -> {
          for (int i = 0; i < values.size(); i++) {
            Map<String, String> at = new LinkedHashMap<>();
            at.put("width", curve.width().name());
            at.put("depth", curve.depth().toString());
            at.put("qubits", "" + study.qubits().get(i));
            rows.add(
                new StudyResult.Row(
                    at, Map.of("variance", Statistics.of(List.of(values.get(i).variance())))));
          }
        });
    return rows;
  }
}
