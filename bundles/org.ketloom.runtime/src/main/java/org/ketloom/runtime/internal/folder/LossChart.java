package org.ketloom.runtime.internal.folder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ketloom.files.LineChart;
import org.ketloom.files.LineChart.Point;
import org.ketloom.files.LineChart.Series;
import org.ketloom.files.LineChart.Style;

/**
 * The curves of a training as a picture: for each of its phases the loss, and below it every other
 * quantity that was recorded. Values are light dots, their moving average is a line.
 */
public final class LossChart {
  /** More of them would make a picture that no page wants to show. */
  private static final int MAX_DOTS = 1500;

  private static final int MAX_CORNERS = 400;

  /** For the quantities below the loss. */
  private static final int FEWER = 4;

  private LossChart() {}

  /**
   * The picture as SVG; without rows, only the axes.
   *
   * @param subject what was trained on what
   * @param rows the steps, in order
   * @param names of the quantities that rows have besides the loss
   * @param phases of the training by name, in order, with the steps made before each; empty for a
   *     single one
   */
  public static String svg(
      String subject, List<LossLog.Row> rows, List<String> names, Map<String, Long> phases) {
    List<LineChart> charts = new ArrayList<>();
    List<Map.Entry<String, Long>> ordered = List.copyOf(phases.entrySet());
    for (int i = 0; i < ordered.size(); i++) {
      long after = ordered.get(i).getValue();
      long until = i + 1 < ordered.size() ? ordered.get(i + 1).getValue() : Long.MAX_VALUE;
      List<LossLog.Row> inPhase =
          rows.stream().filter(row -> row.step() > after && row.step() <= until).toList();
      if (!inPhase.isEmpty()) {
        charts.addAll(phase(subject + ", " + ordered.get(i).getKey(), inPhase, names));
      }
    }
    return LineChart.stacked(charts.isEmpty() ? phase(subject, rows, names) : charts);
  }

  private static List<LineChart> phase(String subject, List<LossLog.Row> rows, List<String> names) {
    double[] losses = rows.stream().mapToDouble(LossLog.Row::loss).toArray();
    List<LineChart> charts = new ArrayList<>();
    charts.add(chart("Loss of " + subject, "loss", rows, losses, 1));
    for (int i = 0; i < names.size(); i++) {
      int place = i;
      double[] values = rows.stream().mapToDouble(row -> row.quantity(place)).toArray();
      if (isOfItsOwn(values, losses)) {
        charts.add(chart(names.get(i), names.get(i), rows, values, FEWER));
      }
    }
    return charts;
  }

  /** Whether a quantity was recorded in a phase, and isn't the loss by another name. */
  private static boolean isOfItsOwn(double[] values, double[] losses) {
    boolean recorded = false;
    boolean loss = true;
    for (int i = 0; i < values.length; i++) {
      recorded |= Double.isFinite(values[i]) && values[i] != 0;
      loss &= (float) values[i] == (float) losses[i];
    }
    return recorded && !loss;
  }

  private static LineChart chart(
      String title, String quantity, List<LossLog.Row> rows, double[] values, int fewer) {
    int[] places =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    double[] finite = IntStream.of(places).mapToDouble(i -> values[i]).toArray();
    double low = IntStream.of(places).mapToDouble(i -> values[i]).min().orElse(0);
    double high = IntStream.of(places).mapToDouble(i -> values[i]).max().orElse(1);
    // On a linear axis what comes after the first fall would be a flat line.
    boolean logarithmic = low > 0 && high > 10 * low;
    double[] smooth = smooth(finite);
    List<Point> dots = new ArrayList<>();
    List<Point> corners = new ArrayList<>();
    int dotStride = Math.max(1, finite.length * fewer / MAX_DOTS);
    int stride = Math.max(1, finite.length * fewer / MAX_CORNERS);
    for (int i = 0; i < finite.length; i++) {
      long step = rows.get(places[i]).step();
      if (i % dotStride == 0) {
        dots.add(new Point(step, finite[i]));
      }
      if (i % stride == 0 || i == finite.length - 1) {
        corners.add(new Point(step, smooth[i]));
      }
    }
    return new LineChart(
        title,
        "step",
        quantity,
        logarithmic,
        List.of(new Series("", Style.DOTS, dots), new Series("", Style.LINE, corners)));
  }

  /**
   * The mean over about a fiftieth of the values, half of them before each and half after it: it
   * neither lags nor leads. Towards the ends the window gets narrower, and stays symmetric.
   */
  static double[] smooth(double[] values) {
    int half = values.length / 100;
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    double[] smooth = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int reach = Math.min(half, Math.min(i, values.length - 1 - i));
      smooth[i] = (sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1);
    }
    return smooth;
  }
}
