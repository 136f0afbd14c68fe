package org.ketloom.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Curves as an SVG picture.
 *
 * @param title above the picture
 * @param x what the horizontal axis shows
 * @param y what the vertical axis shows
 * @param logarithmic whether the vertical axis is logarithmic, which leaves out what isn't positive
 * @param series the curves; if none of them has a name there is no legend
 */
public record LineChart(
    String title, String x, String y, boolean logarithmic, List<Series> series) {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 440;
  private static final int LEFT = 76;
  private static final int TOP = 44;
  private static final int BOTTOM = 52;
  private static final int LEGEND = 190;
  private static final int RIGHT = 20;

  /** A logarithmic axis of more powers of ten has no ticks between them. */
  private static final double FEW_POWERS = 3;

  /** Distinguishable also by people who don't see all colours (Okabe and Ito, 2008). */
  private static final List<String> COLOURS =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999");

  /** How a curve is drawn. */
  public enum Style {
    /** A line with a mark at each corner. */
    MARKED,
    /** The same, dashed. */
    DASHED,
    /** A line alone, for many corners. */
    LINE,
    /** Light dots alone, in the colour of the next curve. */
    DOTS
  }

  /**
   * A curve.
   *
   * @param name for the legend; empty for none
   * @param style how it is drawn
   * @param points its corners; values that are not finite are left out
   */
  public record Series(String name, Style style, List<Point> points) {
    /** Copies the points. */
    public Series {
      points = List.copyOf(points);
    }

    /** A curve with marks, dashed or not. */
    public Series(String name, boolean dashed, List<Point> points) {
      this(name, dashed ? Style.DASHED : Style.MARKED, points);
    }
  }

  /** A corner. */
  public record Point(double x, double y) {}

  /** Copies the curves. */
  public LineChart {
    series = List.copyOf(series);
  }

  /** The picture. */
  public String svg() {
    List<Point> all =
        series.stream().flatMap(s -> s.points().stream()).filter(this::shown).toList();
    double lowX = all.stream().mapToDouble(Point::x).min().orElse(0);
    double highX = all.stream().mapToDouble(Point::x).max().orElse(1);
    double lowY = all.stream().mapToDouble(p -> scale(p.y())).min().orElse(0);
    double highY = all.stream().mapToDouble(p -> scale(p.y())).max().orElse(1);
    double marginX = highX > lowX ? 0 : 0.5;
    double marginY = highY > lowY ? (highY - lowY) * 0.06 : 0.5;
    int right = WIDTH - (series.stream().allMatch(s -> s.name().isEmpty()) ? RIGHT : LEGEND);
    Axis horizontal = new Axis(lowX - marginX, highX + marginX, LEFT, right);
    Axis vertical = new Axis(lowY - marginY, highY + marginY, HEIGHT - BOTTOM, TOP);

    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\""
                + " height=\"%2$d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">%n"
                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#fff\"/>%n",
            WIDTH,
            HEIGHT));
    svg.append(text(LEFT, 26, "start", title).replace("<text ", "<text font-size=\"15\" "));
    for (double tick : logarithmic ? vertical.powers() : vertical.ticks(0)) {
      double at = vertical.at(tick);
      svg.append(line(LEFT, at, right, at, "#e4e4e4"));
      svg.append(text(LEFT - 8, at + 4, "end", label(logarithmic ? Math.pow(10, tick) : tick)));
    }
    for (double tick : horizontal.ticks(0)) {
      double at = horizontal.at(tick);
      svg.append(line(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5, "#333"));
      svg.append(text(at, HEIGHT - BOTTOM + 19, "middle", label(tick)));
    }
    svg.append(line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#333"));
    svg.append(line(LEFT, HEIGHT - BOTTOM, right, HEIGHT - BOTTOM, "#333"));
    svg.append(text((LEFT + right) / 2.0, HEIGHT - 12, "middle", x));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
            (TOP + HEIGHT - BOTTOM) / 2,
            escape(y + (logarithmic ? " (logarithmic)" : ""))));
    int number = 0;
    for (Series curve : series) {
      String colour = COLOURS.get(number % COLOURS.size());
      if (curve.style() == Style.DOTS) {
        svg.append(dots(curve, colour, horizontal, vertical));
      } else {
        svg.append(curve(curve, colour, horizontal, vertical));
        svg.append(legend(curve, colour, number++));
      }
    }
    return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
  }

  private String dots(Series curve, String colour, Axis horizontal, Axis vertical) {
    StringBuilder svg = new StringBuilder("<path d=\"");
    for (Point p : curve.points().stream().filter(this::shown).toList()) {
      svg.append(
          String.format(
              Locale.ROOT, "M%.1f %.1fh0", horizontal.at(p.x()), vertical.at(scale(p.y()))));
    }
    return svg.append("\" stroke=\"")
        .append(colour)
        .append("\" stroke-opacity=\"0.3\" stroke-width=\"2.5\" stroke-linecap=\"round\"/>\n")
        .toString();
  }

  private static String style(Series curve, String colour) {
    return "stroke=\""
        + colour
        + "\" stroke-width=\"2\" fill=\"none\""
        + (curve.style() == Style.DASHED ? " stroke-dasharray=\"6 4\"" : "");
  }

  private String curve(Series curve, String colour, Axis horizontal, Axis vertical) {
    StringBuilder svg = new StringBuilder("<polyline points=\"");
    List<Point> points = curve.points().stream().filter(this::shown).toList();
    for (Point p : points) {
      svg.append(
          String.format(
              Locale.ROOT, "%.1f,%.1f ", horizontal.at(p.x()), vertical.at(scale(p.y()))));
    }
    svg.append("\" ").append(style(curve, colour)).append("/>\n");
    if (curve.style() == Style.LINE) {
      return svg.toString();
    }
    for (Point p : points) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>%n",
              horizontal.at(p.x()),
              vertical.at(scale(p.y())),
              colour));
    }
    return svg.toString();
  }

  private static String legend(Series curve, String colour, int number) {
    if (curve.name().isEmpty()) {
      return "";
    }
    double at = TOP + 8 + 18.0 * number;
    return "<path d=\"M"
        + (WIDTH - LEGEND + 12)
        + ' '
        + at
        + "h22\" "
        + style(curve, colour)
        + "/>\n"
        + text(WIDTH - LEGEND + 40, at + 4, "start", curve.name());
  }

  private boolean shown(Point p) {
    return Double.isFinite(p.x()) && Double.isFinite(p.y()) && (!logarithmic || p.y() > 0);
  }

  private double scale(double value) {
    return logarithmic ? Math.log10(value) : value;
  }

  /** Values from low to high, drawn from one place to another. */
  private record Axis(double low, double high, double from, double to) {
    double at(double value) {
      return from + (value - low) / (high - low) * (to - from);
    }

    /** For an axis of powers of ten: at whole ones, and at 2 and 5 times these if they are few. */
    List<Double> powers() {
      if (high - low > FEW_POWERS) {
        return ticks(1);
      }
      return DoubleStream.iterate(Math.floor(low), power -> power <= high, power -> power + 1)
          .flatMap(power -> DoubleStream.of(1, 2, 5).map(digit -> power + Math.log10(digit)))
          .filter(tick -> tick >= low - 1e-9 && tick <= high + 1e-9)
          .boxed()
          .toList();
    }

    /**
     * @param least the least distance of two
     */
    List<Double> ticks(double least) {
      double rough = (high - low) / 6;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double part = rough / power;
      double step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
      step = least == 0 ? step : Math.max(least, Math.ceil(step));
      List<Double> ticks = new ArrayList<>();
      for (double i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
        ticks.add(i * step + 0.0);
      }
      return ticks;
    }
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return String.format(
        Locale.ROOT, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, colour);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
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
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
