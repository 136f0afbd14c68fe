package org.ketloom.runtime.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The loss curve as a picture: raw values in light dots, their moving average as a line. */
final class LossChart {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 440;
  private static final int LEFT = 72;
  private static final int RIGHT = 20;
  private static final int TOP = 44;
  private static final int BOTTOM = 52;
  private static final int MOST_DOTS = 1500;
  private static final int MOST_CORNERS = 400;

  /** An axis: values from low to high, linear or by their logarithms. */
  private record Axis(double low, double high, boolean log) {
    double at(double value) {
      double l = scale(low);
      return (scale(value) - l) / (scale(high) - l);
    }

    private double scale(double value) {
      return log ? Math.log10(value) : value;
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (log) {
        int[] digits = high > 1000 * low ? new int[] {1} : new int[] {1, 2, 5};
        for (double p = Math.floor(Math.log10(low)); p <= Math.log10(high) + 1e-9; p++) {
          for (int digit : digits) {
            double tick = digit * Math.pow(10, p);
            if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
              ticks.add(tick);
            }
          }
        }
        return ticks;
      }
      double rough = (high - low) / 6;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step =
          power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
      for (double i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
        // Plus 0, because of -0.
        ticks.add(i * step + 0.0);
      }
      return ticks;
    }
  }

  private LossChart() {}

  /** The picture as SVG; without rows the axes alone. */
  static String svg(String title, List<LossLog.Row> rows) {
    double[] smooth = smooth(rows);
    double low = rows.stream().mapToDouble(LossLog.Row::loss).min().orElse(0);
    double high = rows.stream().mapToDouble(LossLog.Row::loss).max().orElse(1);
    // On a linear axis what comes after the first fall would be a flat line.
    boolean log = low > 0 && high > 10 * low;
    double margin = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.05, 1e-12);
    Axis y =
        log ? new Axis(low / 1.2, high * 1.2, true) : new Axis(low - margin, high + margin, false);
    double last = rows.isEmpty() ? 1 : rows.get(rows.size() - 1).step();
    Axis x = new Axis(0, Math.max(1, last), false);

    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" font-family="sans-serif" font-size="12" fill="#333">
            <rect width="%1$d" height="%2$d" fill="#fff"/>
            <text x="%3$d" y="26" font-size="15">%4$s</text>
            """,
            WIDTH,
            HEIGHT,
            LEFT,
            escape(title)));
    for (double tick : y.ticks()) {
      double at = top(y, tick);
      svg.append(line(LEFT, at, WIDTH - RIGHT, at, "#e4e4e4"));
      svg.append(text(LEFT - 8, at + 4, "end", label(tick)));
    }
    for (double tick : x.ticks()) {
      double at = left(x, tick);
      svg.append(line(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5, "#333"));
      svg.append(text(at, HEIGHT - BOTTOM + 19, "middle", label(tick)));
    }
    svg.append(line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#333"));
    svg.append(line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#333"));
    svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "step"));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">loss%s</text>\n",
            (TOP + HEIGHT - BOTTOM) / 2,
            log ? " (logarithmic)" : ""));

    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < rows.size(); i += Math.max(1, rows.size() / MOST_DOTS)) {
      dots.append(
          String.format(
              Locale.ROOT,
              "M%.1f %.1fh0",
              left(x, rows.get(i).step()),
              top(y, rows.get(i).loss())));
    }
    StringBuilder corners = new StringBuilder();
    int stride = Math.max(1, rows.size() / MOST_CORNERS);
    for (int i = 0; i < rows.size(); i++) {
      if (i % stride == 0 || i == rows.size() - 1) {
        corners.append(
            String.format(
                Locale.ROOT, "%.1f,%.1f ", left(x, rows.get(i).step()), top(y, smooth[i])));
      }
    }
    return svg.append("<path d=\"")
        .append(dots)
        .append("\" stroke=\"#9ecae1\" stroke-width=\"2.5\" stroke-linecap=\"round\"/>\n")
        .append("<polyline points=\"")
        .append(corners.toString().strip())
        .append("\" fill=\"none\" stroke=\"#08519c\" stroke-width=\"2\"/>\n</svg>\n")
        .toString();
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

  private static double left(Axis axis, double value) {
    return LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double top(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return String.format(
        Locale.ROOT, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, colour);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
        x,
        y,
        anchor,
        escape(text));
  }

  private static String label(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.0e", value);
    }
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("\\.?0+$", "");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
