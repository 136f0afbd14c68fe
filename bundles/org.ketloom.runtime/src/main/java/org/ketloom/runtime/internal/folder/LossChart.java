package org.ketloom.runtime.internal.folder;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.files.LineChart;
import org.ketloom.files.LineChart.Point;
import org.ketloom.files.LineChart.Series;
import org.ketloom.files.LineChart.Style;

/** The loss curve as a picture: raw values in light dots, their moving average as a line. */
public final class LossChart {
  private static final int MAX_DOTS = 1500;
  private static final int MAX_CORNERS = 400;

  private LossChart() {}

  /** The picture as SVG; without rows, only the axes. */
  public static String svg(String title, List<LossLog.Row> rows) {
    double low = rows.stream().mapToDouble(LossLog.Row::loss).min().orElse(0);
    double high = rows.stream().mapToDouble(LossLog.Row::loss).max().orElse(1);
    // On a linear axis what comes after the first fall would be a flat line.
    boolean logarithmic = low > 0 && high > 10 * low;
    List<Point> dots = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += Math.max(1, rows.size() / MAX_DOTS)) {
      dots.add(new Point(rows.get(i).step(), rows.get(i).loss()));
    }
    double[] smooth = smooth(rows);
    List<Point> corners = new ArrayList<>();
    int stride = Math.max(1, rows.size() / MAX_CORNERS);
    for (int i = 0; i < rows.size(); i++) {
      if (i % stride == 0 || i == rows.size() - 1) {
        corners.add(new Point(rows.get(i).step(), smooth[i]));
      }
    }
    return new LineChart(
            title,
            "step",
            "loss",
            logarithmic,
            List.of(new Series("", Style.DOTS, dots), new Series("", Style.LINE, corners)))
        .svg();
  }

  /** Exponential moving average over about a fiftieth of the steps, without its start-up bias. */
  private static double[] smooth(List<LossLog.Row> rows) {
    double keep = 1 - 1 / Math.max(1, rows.size() / 50.0);
    double[] smooth = new double[rows.size()];
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < smooth.length; i++) {
      sum = keep * sum + rows.get(i).loss();
      weight = keep * weight + 1;
      smooth[i] = sum / weight;
    }
    return smooth;
  }
}
