package org.ketloom.shell.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Options;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.LineChart;
import org.ketloom.metrics.GradientVariance;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;

/**
 * How the variance of gradients falls with the number of qubits, by depth and by the width of the
 * interval that the first angles are drawn from.
 */
final class GradientVarianceStudy {

  /** How deep a circuit of n qubits is. */
  private enum Depth {
    /** n layers. */
    LINEAR,
    /** n^2 layers. */
    QUADRATIC;

    int layers(int qubits) {
      return this == LINEAR ? qubits : qubits * qubits;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A curve.
   *
   * @param width in radians; 0 for 1 / sqrt(n L)
   */
  private record Curve(Depth depth, String name, double width) {
    double width(int qubits) {
      return width > 0 ? width : 1 / Math.sqrt((double) qubits * depth.layers(qubits));
    }

    String title() {
      return name + ", " + depth;
    }
  }

  private final Services services;
  private final ProgressLine line;
  private final Path folder;
  private final QuantumEngine engine;
  private final Ansatz ansatz;
  private final String ansatzName;
  private final List<Integer> qubits;
  private final List<Curve> curves = new ArrayList<>();
  private final int samples;
  private final long seed;

  /**
   * Reads the study.
   *
   * @throws IllegalArgumentException naming what is wrong in the file, or what the ansatz or the
   *     engine can't do
   */
  GradientVarianceStudy(Services services, ProgressLine line, StudyFile file, Path folder) {
    this.services = services;
    this.line = line;
    this.folder = folder;
    file.only("kind", "ansatz", "options", "qubits", "depths", "widths", "samples", "seed");
    ansatzName = file.text("ansatz", "hardware-efficient");
    engine = services.get(QuantumEngine.class);
    RegisteredPart part =
        services
            .get(PartRegistry.class)
            .find(Ansatz.KIND, ansatzName, "")
            .orElseThrow(() -> file.wrong("ansatz", "\"" + ansatzName + "\" isn't registered"));
    ansatz =
        (Ansatz)
            Options.with(part.prototype(), "ansatz \"" + ansatzName + "\"", file.texts("options"));
    qubits =
        file
            .list(
                "qubits",
                n -> n.isInt() && n.intValue() >= 2 ? n.intValue() : null,
                "numbers from 2")
            .stream()
            .sorted()
            .toList();
    List<Depth> depths =
        file.list("depths", GradientVarianceStudy::depth, "\"linear\" and \"quadratic\"");
    Map<String, Double> widths = new LinkedHashMap<>();
    file.list(
            "widths",
            n -> n.isTextual() || n.isNumber() ? n.asText() : null,
            "\"full\", \"scaled\" and numbers")
        .forEach(name -> widths.put(name, width(name, file)));
    for (Depth depth : depths) {
      widths.forEach((name, width) -> curves.add(new Curve(depth, name, width)));
    }
    samples = file.number("samples", 200, 2);
    seed = file.seed("seed", 1);
  }

  private static Depth depth(JsonNode node) {
    for (Depth depth : Depth.values()) {
      if (depth.toString().equals(node.asText())) {
        return depth;
      }
    }
    return null;
  }

  private static double width(String name, StudyFile file) {
    if (name.equals("full")) {
      return 2 * Math.PI;
    }
    if (name.equals("scaled")) {
      return 0;
    }
    try {
      double width = Double.parseDouble(name);
      if (width > 0) {
        return width;
      }
    } catch (NumberFormatException e) {
      throw file.wrong(
          "widths",
          "takes \"full\" (2 pi), \"scaled\" (1 / sqrt(n L)) and numbers, found \"" + name + "\"");
    }
    throw file.wrong("widths", "takes positive numbers, found " + name);
  }

  /** Runs it; the exit status. */
  int run(boolean check) throws IOException {
    line.println(
        curves.size()
            + " curves of "
            + qubits.size()
            + " points, "
            + samples
            + " initialisations each, into "
            + folder);
    if (check) {
      return 0;
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    Interruptions.Work work = () -> interrupted.set(true);
    services.interruptions().add(work);
    try {
      return measure(interrupted);
    } finally {
      services.interruptions().remove(work);
    }
  }

  private int measure(AtomicBoolean interrupted) throws IOException {
    // Time goes with the gates times the size of the state.
    long total = 0;
    for (Curve curve : curves) {
      for (int n : qubits) {
        total += cost(curve, n);
      }
    }
    long done = 0;
    Map<Curve, List<Double>> variances = new LinkedHashMap<>();
    StringBuilder csv = new StringBuilder("ansatz,depth,width,radians,qubits,layers,variance\n");
    for (Curve curve : curves) {
      for (int n : qubits) {
        if (interrupted.get()) {
          line.println("stopped; nothing is written");
          return TrainingSession.Outcome.STOPPED.status();
        }
        line.update(curve.title() + ", " + n + " qubits", done, total);
        int layers = curve.depth().layers(n);
        double variance =
            GradientVariance.of(engine, ansatz, n, layers, curve.width(n), samples, seed);
        variances.computeIfAbsent(curve, c -> new ArrayList<>()).add(variance);
        csv.append(
            String.join(
                    ",",
                    ansatzName,
                    curve.depth().toString(),
                    curve.name(),
                    "" + curve.width(n),
                    "" + n,
                    "" + layers,
                    "" + variance)
                + "\n");
        done += cost(curve, n);
      }
    }
    write("gradient-variance.csv", csv.toString());
    write("gradient-variance.svg", chart(variances));
    List<String> table = table(variances);
    write("table.md", String.join("\n", table) + "\n");
    table.forEach(line::println);
    line.println("written to " + folder);
    return 0;
  }

  private static long cost(Curve curve, int qubits) {
    return (long) curve.depth().layers(qubits) * qubits << qubits;
  }

  private String chart(Map<Curve, List<Double>> variances) {
    List<LineChart.Series> series = new ArrayList<>();
    variances.forEach(
        (curve, values) -> {
          List<LineChart.Point> points = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            points.add(new LineChart.Point(qubits.get(i), values.get(i)));
          }
          series.add(new LineChart.Series(curve.title(), curve.depth() == Depth.QUADRATIC, points));
        });
    return new LineChart(
            "Variance of gradients of " + ansatzName, "qubits", "variance", true, series)
        .svg();
  }

  private List<String> table(Map<Curve, List<Double>> variances) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "Variance of the gradient of `"
                    + ansatzName
                    + "` over "
                    + samples
                    + " initialisations, fitted by c 2^(-rate n); ± is the 95 % confidence"
                    + " interval.",
                "",
                "| width | depth | "
                    + qubits.stream().map(n -> "n = " + n).collect(Collectors.joining(" | "))
                    + " | rate |",
                "| --- | --- |" + " --- |".repeat(qubits.size() + 1)));
    variances.forEach(
        (curve, values) -> {
          GradientVariance.Fit fit =
              qubits.size() < 2 ? null : GradientVariance.fit(qubits, values);
          lines.add(
              "| "
                  + curve.name()
                  + " | "
                  + curve.depth()
                  + " | "
                  + values.stream()
                      .map(v -> String.format(Locale.ROOT, "%.2e", v))
                      .collect(Collectors.joining(" | "))
                  + " | "
                  + (fit == null
                      ? "-"
                      : String.format(Locale.ROOT, "%.2f ± %.2f", fit.rate(), fit.error()))
                  + " |");
        });
    return lines;
  }

  private void write(String name, String content) throws IOException {
    AtomicFile.write(
        folder.resolve(name), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }
}
