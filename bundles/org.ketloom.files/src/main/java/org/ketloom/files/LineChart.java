package org.ketloom.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

  /** Height of the charts below the first one. */
  private static final int LOWER_HEIGHT = 250;

  private static final int LEFT = 76;
  private static final int TOP = 44;
  private static final int BOTTOM = 52;
  private static final int LEGEND = 190;

  /** Of the legend's text: where it begins in the legend, and what a character takes at most. */
  private static final int LEGEND_TEXT = 40;

  private static final int CHARACTER = 7;
  private static final int RIGHT = 20;

  /** Least distances of ticks, in pixels, at which their labels don't touch. */
  private static final int TICKS_BESIDE = 58;

  private static final int TICKS_ABOVE = 24;

  /** A logarithmic axis with fewer powers of ten, and their halves and fifths, has other ticks. */
  private static final int FEW_TICKS = 3;

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
    DOTS,
    /** A thin dashed line alone, in the colour of the previous curve: what was fitted to it. */
    FIT
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

  /**
   * A corner.
   *
   * @param low lower end of its error bar; as {@code y} for none
   * @param high upper end of its error bar; as {@code y} for none
   */
  public record Point(double x, double y, double low, double high) {
    /** A corner without an error bar. */
    public Point(double x, double y) {
      this(x, y, y, y);
    }
  }

  /** Copies the curves. */
  public LineChart {
    series = List.copyOf(series);
  }

  /** The picture. */
  public String svg() {
    return stacked(List.of(this));
  }

  /** One picture of several charts, one below the other; the first is the largest. */
  public static String stacked(List<LineChart> charts) {
    StringBuilder svg = new StringBuilder();
    int top = 0;
    for (LineChart chart : charts) {
      int height = top == 0 ? HEIGHT : LOWER_HEIGHT;
      svg.append(
          top == 0
              ? chart.drawing(height)
              : "<g transform=\"translate(0 " + top + ")\">\n" + chart.drawing(height) + "</g>\n");
      top += height;
    }
    String begin =
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\""
                + " height=\"%2$d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">%n"
                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#fff\"/>%n",
            charts.stream().mapToInt(LineChart::width).max().orElse(WIDTH),
            top);
    return (begin + svg + "</svg>\n").replace(System.lineSeparator(), "\n");
  }

  private String drawing(int height) {
    List<Point> all =
        series.stream().flatMap(s -> s.points().stream()).filter(this::shown).toList();
    double lowX = all.stream().mapToDouble(Point::x).min().orElse(0);
    double highX = all.stream().mapToDouble(Point::x).max().orElse(1);
    double lowY = all.stream().mapToDouble(p -> scale(shownLow(p))).min().orElse(0);
    double highY = all.stream().mapToDouble(p -> scale(shownHigh(p))).max().orElse(1);
    double marginX = highX > lowX ? 0 : 0.5;
    double marginY = highY > lowY ? (highY - lowY) * 0.06 : aroundOne(lowY);
    int right = WIDTH - (series.stream().allMatch(s -> s.name().isEmpty()) ? RIGHT : LEGEND);
    int bottom = height - BOTTOM;
    Axis horizontal = new Axis(lowX - marginX, highX + marginX, LEFT, right);
    Axis vertical = new Axis(lowY - marginY, highY + marginY, bottom, TOP);

    StringBuilder svg = new StringBuilder();
    svg.append(text(LEFT, 26, "start", title).replace("<text ", "<text font-size=\"15\" "));
    for (Tick tick : logarithmic ? vertical.powers() : vertical.ticks(TICKS_ABOVE, false)) {
      double at = vertical.at(tick.place());
      svg.append(line(LEFT, at, right, at, "#e4e4e4"));
      svg.append(text(LEFT - 8, at + 4, "end", tick.label()));
    }
    boolean whole = all.stream().allMatch(p -> p.x() == Math.rint(p.x()));
    for (Tick tick : horizontal.ticks(TICKS_BESIDE, whole)) {
      double at = horizontal.at(tick.place());
      svg.append(line(at, bottom, at, bottom + 5, "#333"));
      svg.append(text(at, bottom + 19, "middle", tick.label()));
    }
    svg.append(line(LEFT, TOP, LEFT, bottom, "#333"));
    svg.append(line(LEFT, bottom, right, bottom, "#333"));
    svg.append(text((LEFT + right) / 2.0, height - 12, "middle", x));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
            (TOP + bottom) / 2,
            escape(y + (logarithmic ? " (logarithmic)" : ""))));
    int number = 0;
    for (Series curve : series) {
      boolean fit = curve.style() == Style.FIT;
      String colour = COLOURS.get(Math.max(0, fit ? number - 1 : number) % COLOURS.size());
      if (curve.style() == Style.DOTS) {
        svg.append(dots(curve, colour, horizontal, vertical));
      } else {
        svg.append(curve(curve, colour, horizontal, vertical));
        if (!fit) {
          svg.append(legend(curve, colour, number++));
        }
      }
    }
    return svg.toString();
  }

  /** What is shown above and below a single value: half of it. */
  private double aroundOne(double value) {
    return logarithmic || value == 0 ? 0.5 : Math.abs(value) / 2;
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
        + (curve.style() == Style.FIT ? "\" stroke-width=\"1\"" : "\" stroke-width=\"2\"")
        + " fill=\"none\""
        + switch (curve.style()) {
          case DASHED -> " stroke-dasharray=\"6 4\"";
          case FIT -> " stroke-dasharray=\"2 3\"";
          case MARKED, LINE, DOTS -> "";
        };
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
    if (curve.style() == Style.LINE || curve.style() == Style.FIT) {
      return svg.toString();
    }
    for (Point p : points) {
      if (shownLow(p) < shownHigh(p)) {
        svg.append(bar(p, colour, horizontal, vertical));
      }
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

  /** From the lower to the upper end, with a foot at each; down to the axis where it has no end. */
  private String bar(Point p, String colour, Axis horizontal, Axis vertical) {
    double at = horizontal.at(p.x());
    double high = vertical.at(scale(shownHigh(p)));
    boolean ends = !logarithmic || p.low() > 0;
    double low = ends ? vertical.at(scale(p.low())) : vertical.from();
    return String.format(
        Locale.ROOT,
        "<path d=\"M%.1f %.1fh6m-3 0V%.1f%s\" stroke=\"%s\" fill=\"none\"/>%n",
        at - 3,
        high,
        low,
        ends ? "m-3 0h6" : "",
        colour);
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
        + text(WIDTH - LEGEND + LEGEND_TEXT, at + 4, "start", curve.name());
  }

  private boolean shown(Point p) {
    return Double.isFinite(p.x()) && Double.isFinite(p.y()) && (!logarithmic || p.y() > 0);
  }

  private double scale(double value) {
    return logarithmic ? Math.log10(value) : value;
  }

  /** Where an error bar ends; at its point if that can't be shown. */
  private double shownLow(Point p) {
    return Double.isFinite(p.low()) && (!logarithmic || p.low() > 0) ? p.low() : p.y();
  }

  private static double shownHigh(Point p) {
    return Double.isFinite(p.high()) ? p.high() : p.y();
  }

  /** Long names in the legend make the picture wider. */
  private int width() {
    int longest = series.stream().mapToInt(s -> s.name().length()).max().orElse(0);
    return Math.max(WIDTH, WIDTH - LEGEND + LEGEND_TEXT + CHARACTER * longest);
  }

  /**
   * A tick.
   *
   * @param place on the axis
   */
  private record Tick(double place, String label) {}

  /** Values from low to high, drawn from one place to another. */
  private record Axis(double low, double high, double from, double to) {
    double at(double value) {
      return from + (value - low) / (high - low) * (to - from);
    }

    /**
     * For an axis of powers of ten: at these, with 2 and 5 times these if there is room; at equal
     * distances of the values where these are too few.
     */
    List<Tick> powers() {
      double most = Math.abs(to - from) / TICKS_ABOVE;
      double decades = high - low;
      int step = (int) Math.max(1, Math.ceil(decades / most));
      List<Tick> ticks = new ArrayList<>();
      for (int power = (int) Math.floor(low); power <= high; power++) {
        for (int digit : 3 * decades <= most ? new int[] {1, 2, 5} : new int[] {1}) {
          double place = power + Math.log10(digit);
          if (place >= low - 1e-9 && place <= high + 1e-9 && Math.floorMod(power, step) == 0) {
            ticks.add(new Tick(place, LineChart.label(digit * Math.pow(10, power), 0)));
          }
        }
      }
      if (ticks.size() >= FEW_TICKS) {
        return ticks;
      }
      Axis values = new Axis(Math.pow(10, low), Math.pow(10, high), from, to);
      return values.ticks(TICKS_ABOVE, false).stream()
          .filter(tick -> tick.place() > 0)
          .map(tick -> new Tick(Math.log10(tick.place()), tick.label()))
          .toList();
    }

    /**
     * Ticks at multiples of 1, 2 or 5 times a power of ten, as many as there is room for.
     *
     * @param distance the least one of two ticks, in pixels
     * @param whole whether they are whole numbers
     */
    List<Tick> ticks(int distance, boolean whole) {
      double rough = (high - low) * distance / Math.abs(to - from);
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double part = rough / power;
      double step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
      step = whole ? Math.max(1, step) : step;
      List<Tick> ticks = new ArrayList<>();
      for (double i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
        ticks.add(new Tick(i * step + 0.0, LineChart.label(i * step + 0.0, step)));
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

  /**
   * A value for people.
   *
   * @param step distance to the next value that is written; 0 if that isn't known
   */
  private static String label(double value, double step) {
    double size = Math.max(Math.abs(value), step);
    if (value != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.1e", value).replace(".0e", "e");
    }
    int places = step == 0 ? 4 : (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    String text = String.format(Locale.ROOT, "%." + places + "f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
