package org.ketloom.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.LineChart;
import org.ketloom.files.Sha256;

/**
 * A report of a bench in a folder: {@code report.md} with a table, and for each number of wires a
 * chart of expressibility and entanglement against layers, and pictures of each circuit's states.
 *
 * @param folder where it is written; need not exist
 */
public record BenchReport(Path folder) {
  private static final int MAX_NAME = 80;
  private static final int FINGERPRINT = 8;

  /** A variance up to this is 0 but for rounding, and has no place on a logarithmic axis. */
  private static final double ROUNDING = 1e-20;

  /** With more circuits than these the report has links to their pictures. */
  private static final int MAX_EMBEDDED = 12;

  /** Draws what is known of a circuit only while it is measured: fidelities and Bloch vectors. */
  public void picture(BenchCase circuit, BenchSettings settings, StateFigures figures)
      throws IOException {
    int wires = circuit.circuit().wires();
    Expressibility e = figures.expressibility();
    new CircuitPictures(
            folder.resolve(
                pictures(new BenchRow(BenchRow.key(circuit, settings), Map.of(), List.of()))),
            title(circuit.title(), wires, circuit.layers()))
        .write(FidelityBins.of(e.estimator(), wires, settings.bins()), figures);
  }

  private static String title(String parts, int wires, int layers) {
    return parts + ", " + size(wires, layers);
  }

  private static String size(int wires, int layers) {
    return wires
        + (wires == 1 ? " wire, " : " wires, ")
        + layers
        + (layers == 1 ? " layer" : " layers");
  }

  /** The folder of a circuit's pictures, in that of the report; named by all that is in the key. */
  private static String pictures(BenchRow row) {
    String name =
        (row.title() + "-" + row.text("wires") + "-" + row.text("layers"))
            .replaceAll("[^A-Za-z0-9.=-]+", "-");
    return "circuits/"
        + name.substring(0, Math.min(name.length(), MAX_NAME))
        + "-"
        + Sha256.of(row.key().toString()).substring(0, FINGERPRINT);
  }

  /**
   * Writes the report of some rows.
   *
   * @return the file to begin with
   */
  public Path write(List<BenchRow> rows) throws IOException {
    StringBuilder text = new StringBuilder("# Circuit bench\n");
    Map<Integer, List<BenchRow>> byWires = new TreeMap<>();
    rows.forEach(row -> byWires.computeIfAbsent(row.wires(), w -> new ArrayList<>()).add(row));
    for (Map.Entry<Integer, List<BenchRow>> some : byWires.entrySet()) {
      String name = "layers-" + some.getKey() + ".svg";
      write(name, chart(some.getKey(), some.getValue()));
      text.append(section(some.getKey(), some.getValue(), name));
      text.append(trainability(some.getValue()));
      if (some.getValue().stream().anyMatch(BenchReport::trained)) {
        String spectra = "spectrum-" + some.getKey() + ".svg";
        write(spectra, spectra(some.getKey(), some.getValue()));
        text.append("\n![Spectrum of the normalised Fisher information](" + spectra + ")\n");
      }
    }
    if (byWires.size() > 1 && rows.stream().anyMatch(BenchReport::trained)) {
      write("gradients.svg", gradients(rows));
      text.append("\n## Gradients\n![Variance of gradients against wires](gradients.svg)\n");
    }
    text.append(pictures(rows));
    write("report.md", text.toString());
    return folder.resolve("report.md");
  }

  private static boolean trained(BenchRow row) {
    return !Double.isNaN(row.value("fisherRank"));
  }

  private static String trainability(List<BenchRow> rows) {
    List<BenchRow> trained = rows.stream().filter(BenchReport::trained).toList();
    if (trained.isEmpty()) {
      return "";
    }
    StringBuilder text =
        new StringBuilder(
            "\nThe variance of the gradient of Z0 Z1 by an angle ± its 95 % interval; the largest rank"
                + " of the quantum Fisher information, which is the number of directions in which"
                + " the angles move the state; the effective dimension as a share of the angles;"
                + " the largest and the median eigenvalue of the Fisher information, normalised so"
                + " that they are 1 in the mean: 1 each, if all angles move the state alike and"
                + " independently. All eigenvalues are in the column "
                + BenchRow.SPECTRUM
                + " of the CSV file.\n\n"
                + "| circuit | layers | angles | initialisations | gradient variance | rank |"
                + " effective dimension | largest | median |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (BenchRow row : trained) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %.2e ± %.0e | %.0f | %.2f | %.3g | %.2g |\n",
              row.title(),
              row.layers(),
              row.text("angles"),
              row.text("initialisations"),
              row.value("gradientVariance"),
              row.value("gradientVarianceError"),
              row.value("fisherRank"),
              row.value("effectiveDimension"),
              row.spectrum().get(0),
              median(row.spectrum())));
    }
    return text.toString();
  }

  /** Of values in order. */
  private static double median(List<Double> values) {
    int count = values.size();
    return (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
  }

  /** A chart for each number of layers, since the curves of all would hide each other. */
  private static String spectra(int wires, List<BenchRow> rows) {
    Map<Integer, List<LineChart.Series>> byLayers = new TreeMap<>();
    for (BenchRow row : rows) {
      List<LineChart.Point> points = new ArrayList<>();
      for (int i = 0; i < row.spectrum().size(); i++) {
        points.add(new LineChart.Point(i + 1.0, row.spectrum().get(i)));
      }
      if (!points.isEmpty()) {
        byLayers
            .computeIfAbsent(row.layers(), l -> new ArrayList<>())
            .add(new LineChart.Series(row.title(), false, points));
      }
    }
    List<LineChart> charts = new ArrayList<>();
    byLayers.forEach(
        (layers, series) ->
            charts.add(
                new LineChart(
                    "Normalised Fisher information, "
                        + size(wires, layers)
                        + "; zeros are left out",
                    "eigenvalue, the largest first",
                    "mean over initialisations",
                    true,
                    series)));
    return LineChart.stacked(charts);
  }

  private static String gradients(List<BenchRow> rows) {
    Map<String, List<LineChart.Point>> curves = new LinkedHashMap<>();
    for (BenchRow row : rows) {
      double variance = row.value("gradientVariance");
      double error = row.value("gradientVarianceError");
      if (variance > ROUNDING) {
        curves
            .computeIfAbsent(
                row.title() + ", " + row.layers() + (row.layers() == 1 ? " layer" : " layers"),
                t -> new ArrayList<>())
            .add(new LineChart.Point(row.wires(), variance, variance - error, variance + error));
      }
    }
    List<LineChart.Series> series = new ArrayList<>();
    curves.forEach((name, points) -> series.add(new LineChart.Series(name, false, points)));
    return new LineChart(
            "Variance of the gradients of Z0 Z1, with 95 % intervals",
            "wires", "variance", true, series)
        .svg();
  }

  private String pictures(List<BenchRow> rows) {
    StringBuilder text =
        new StringBuilder(
            "\n## Each circuit\nFidelities of pairs of states with the density of random states, and"
                + " the reduced state of each wire; all points are in CSV files beside the"
                + " pictures.\n");
    for (BenchRow row : rows) {
      String name = pictures(row);
      if (!Files.exists(folder.resolve(name).resolve(CircuitPictures.FIDELITIES))) {
        continue;
      }
      String title = title(row.title(), row.wires(), row.layers());
      text.append(
          rows.size() > MAX_EMBEDDED
              ? String.format(
                  "- %s: [fidelities](%s/%s), [reduced states](%s/%s)\n",
                  title, name, CircuitPictures.FIDELITIES, name, CircuitPictures.BLOCH)
              : String.format(
                  "\n### %s\n![Fidelities](%s/%s)\n\n![Reduced states](%s/%s)\n",
                  title, name, CircuitPictures.FIDELITIES, name, CircuitPictures.BLOCH));
    }
    return text.toString();
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(name), out -> out.write(bytes));
  }

  private static String section(int wires, List<BenchRow> rows, String chart) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%n## %d wires%n%n![Expressibility and entanglement against layers](%s)%n%n"
                    + "Random states: entanglement %.4f, entropy %.4f bits. Expressibility: the"
                    + " divergence in nats ± its standard error; floor: what random states give"
                    + " through the same pairs and bins ± its deviation. Entanglement and entropy:"
                    + " mean ± deviation over states.%n%n"
                    + "| circuit | layers | angles | pairs | estimator | expressibility | floor |"
                    + " | entanglement | entropy | F² / random |%n"
                    + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |%n",
                wires,
                chart,
                Entanglement.ofHaar(wires),
                wires < 2 ? Double.NaN : Entanglement.entropyOfHaar(wires)));
    for (BenchRow row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %s | %.4f ± %.4f | %.4f ± %.4f | %s | %.3f ± %.3f | %.3f ±"
                  + " %.3f | %.3f ± %.3f |%n",
              row.title(),
              row.layers(),
              row.text("angles"),
              row.text("pairs"),
              row.text("estimator"),
              row.value("expressibility"),
              row.value("expressibilityError"),
              row.value("floor"),
              row.value("floorDeviation"),
              row.atFloor() ? "at the floor" : "",
              row.value("entanglement"),
              row.value("entanglementDeviation"),
              row.value("entropy"),
              row.value("entropyDeviation"),
              row.value("framePotential2") / row.value("haarFramePotential2"),
              row.value("framePotential2Error") / row.value("haarFramePotential2")));
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private static String chart(int wires, List<BenchRow> rows) {
    Map<String, List<LineChart.Point>> divergences = new LinkedHashMap<>();
    Map<String, List<LineChart.Point>> entanglements = new LinkedHashMap<>();
    for (BenchRow row : rows) {
      double e = row.value("expressibility");
      double error = row.value("expressibilityError");
      divergences
          .computeIfAbsent(row.title(), t -> new ArrayList<>())
          .add(new LineChart.Point(row.layers(), e, e - error, e + error));
      double q = row.value("entanglement");
      double deviation = row.value("entanglementDeviation");
      entanglements
          .computeIfAbsent(row.title(), t -> new ArrayList<>())
          .add(new LineChart.Point(row.layers(), q, q - deviation, q + deviation));
    }
    double floor = rows.get(0).value("floor");
    return LineChart.stacked(
        List.of(
            new LineChart(
                "Expressibility on " + wires + " wires, ± standard error; dotted: random states",
                "layers",
                "divergence from random states, nats",
                true,
                series(divergences, level(rows, floor))),
            new LineChart(
                "Entangling capability, ± deviation over states; dotted: random states",
                "layers",
                "Meyer-Wallach Q",
                false,
                series(entanglements, level(rows, Entanglement.ofHaar(wires))))));
  }

  private static List<LineChart.Series> series(
      Map<String, List<LineChart.Point>> curves, List<LineChart.Point> random) {
    List<LineChart.Series> series = new ArrayList<>();
    curves.forEach((name, points) -> series.add(new LineChart.Series(name, false, points)));
    series.add(new LineChart.Series("", LineChart.Style.FIT, random));
    return series;
  }

  private static List<LineChart.Point> level(List<BenchRow> rows, double value) {
    int least = rows.stream().mapToInt(BenchRow::layers).min().orElse(1);
    int most = rows.stream().mapToInt(BenchRow::layers).max().orElse(1);
    return List.of(new LineChart.Point(least, value), new LineChart.Point(most, value));
  }
}
