package org.ketloom.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.LineChart;

/**
 * Pictures of one circuit's states, with all points as CSV beside each.
 *
 * @param folder where they are written; need not exist
 * @param title names the circuit in the pictures
 */
record CircuitPictures(Path folder, String title) {
  /** The picture of fidelities. */
  static final String FIDELITIES = "fidelity.svg";

  /** The picture of reduced states. */
  static final String BLOCH = "bloch.svg";

  /** What is beyond it of random states isn't shown: the last bin of many wires is wide. */
  private static final double SHOWN = 0.9999;

  private static final int CURVE_POINTS = 200;

  /** Writes all. */
  void write(FidelityBins bins, StateFigures figures) throws IOException {
    write(FIDELITIES, histogram(bins, figures));
    write("fidelity.csv", counts(bins, figures));
    write(BLOCH, BlochPicture.svg("Reduced states of " + title, figures.bloch()));
    write("bloch.csv", points(figures.bloch()));
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(name), out -> out.write(bytes));
  }

  private String histogram(FidelityBins bins, StateFigures figures) {
    long[] counts = bins.counts(figures.fidelities());
    double end = bins.estimator() == Estimator.EQUAL_MASS ? bins.haar().quantile(SHOWN) : 1;
    List<LineChart.Point> steps = new ArrayList<>();
    for (int bin = 0; bin < bins.count(); bin++) {
      double low = bins.edge(bin);
      double high = Math.min(end, bins.edge(bin + 1));
      double density = counts[bin] / (figures.fidelities().length * (bins.edge(bin + 1) - low));
      steps.add(new LineChart.Point(low, density));
      steps.add(new LineChart.Point(high, density));
    }
    List<LineChart.Point> curve = new ArrayList<>();
    for (int i = 0; i <= CURVE_POINTS; i++) {
      double fidelity = end * i / CURVE_POINTS;
      curve.add(new LineChart.Point(fidelity, bins.haar().density(fidelity)));
    }
    Expressibility e = figures.expressibility();
    return new LineChart(
            String.format(
                Locale.ROOT,
                "%s: E = %.4f ± %.4f%s, Q = %.3f",
                title,
                e.divergence(),
                e.error(),
                e.atFloor() ? ", at the floor" : "",
                figures.entanglement().meyerWallach().mean()),
            "fidelity of two states",
            "probability density",
            false,
            List.of(
                new LineChart.Series("circuit", LineChart.Style.LINE, steps),
                new LineChart.Series("random states", LineChart.Style.LINE, curve)))
        .svg();
  }

  private static String counts(FidelityBins bins, StateFigures figures) {
    StringBuilder csv = new StringBuilder("from,to,pairs,haar\n");
    long[] counts = bins.counts(figures.fidelities());
    for (int bin = 0; bin < counts.length; bin++) {
      csv.append(bins.edge(bin))
          .append(',')
          .append(bins.edge(bin + 1))
          .append(',')
          .append(counts[bin])
          .append(',')
          .append(bins.mass(bin) * figures.fidelities().length)
          .append('\n');
    }
    return csv.toString();
  }

  private static String points(double[][][] bloch) {
    StringBuilder csv = new StringBuilder("state,wire,x,y,z\n");
    for (int state = 0; state < bloch.length; state++) {
      for (int wire = 0; wire < bloch[state].length; wire++) {
        double[] r = bloch[state][wire];
        csv.append(
            String.format(Locale.ROOT, "%d,%d,%.6f,%.6f,%.6f\n", state, wire, r[0], r[1], r[2]));
      }
    }
    return csv.toString();
  }
}
