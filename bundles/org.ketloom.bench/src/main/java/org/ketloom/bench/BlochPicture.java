package org.ketloom.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ketloom.api.random.SplitMix64;

/**
 * Where the reduced states of single wires lie, as an SVG picture: for each wire the Bloch ball
 * seen along its three axes and from the side, with random states of as many wires in grey.
 */
final class BlochPicture {
  private static final int RADIUS = 70;
  private static final int COLUMN = 190;
  private static final int ROW = 190;
  private static final int LEFT = 70;
  private static final int TOP = 70;
  private static final int VIEWS = 4;

  /** Random states behind the circuit's. */
  private static final int RANDOM = 300;

  private static final long RANDOM_SEED = 1;

  /** More wires than these aren't drawn. */
  private static final int MAX_WIRES = 12;

  /** Two colours that all people can tell apart (Okabe and Ito, 2008). */
  private static final String CIRCUIT = "#0072b2";

  private static final String GREY = "#999999";
  private static final String[] TITLES = {"X-Y, from above", "X-Z", "Y-Z", "from the side"};

  /** What goes to the right and up in each view. */
  private static final String[] RIGHT = {"x", "x", "y", ""};

  private static final String[] UP = {"y", "z", "z", "z"};

  /** The axes seen from the side: x comes forward and to the left, y goes to the right, z up. */
  private static final double[][] SIDE = {{-0.45, -0.35}, {0.9, -0.12}, {0, 0.93}};

  private BlochPicture() {}

  /**
   * The picture.
   *
   * @param title above it
   * @param bloch {@code [state][wire][x, y, z]}
   */
  static String svg(String title, double[][][] bloch) {
    int all = bloch[0].length;
    int wires = Math.min(all, MAX_WIRES);
    int width = LEFT + VIEWS * COLUMN;
    int height = TOP + wires * ROW + 40;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\""
                + " height=\"%2$d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n"
                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#fff\"/>\n",
            width,
            height));
    svg.append(text(LEFT / 2.0, 26, "start", title).replace("<text ", "<text font-size=\"15\" "));
    for (int view = 0; view < VIEWS; view++) {
      svg.append(text(centre(view), TOP - 16, "middle", TITLES[view]));
    }
    double[][] random = random(all);
    for (int wire = 0; wire < wires; wire++) {
      double y = TOP + wire * ROW + ROW / 2.0;
      svg.append(text(12, y + 4, "start", "wire " + wire));
      List<double[]> points = new ArrayList<>();
      for (double[][] state : bloch) {
        points.add(state[wire]);
      }
      for (int view = 0; view < VIEWS; view++) {
        svg.append(ball(view, centre(view), y));
        svg.append(dots(List.of(random), view, centre(view), y, GREY));
        svg.append(dots(points, view, centre(view), y, CIRCUIT));
      }
    }
    double legend = height - 18.0;
    svg.append(dot(LEFT, legend, CIRCUIT)).append(text(LEFT + 10, legend + 4, "start", "circuit"));
    svg.append(dot(LEFT + 90, legend, GREY))
        .append(
            text(
                LEFT + 100,
                legend + 4,
                "start",
                "random states of "
                    + all
                    + (all == 1 ? " wire" : " wires")
                    + "; a circle is of radius 1, the pure states"
                    + (wires < all ? "; wires from " + wires + " on are left out" : "")));
    return svg.append("</svg>\n").toString();
  }

  private static double centre(int view) {
    return LEFT + view * COLUMN + COLUMN / 2.0;
  }

  /** Circle and axes. */
  private static String ball(int view, double x, double y) {
    StringBuilder svg =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"none\" stroke=\"#333\"/>\n",
                x,
                y,
                RADIUS));
    if (view < VIEWS - 1) {
      svg.append(line(x - RADIUS, y, x + RADIUS, y)).append(line(x, y - RADIUS, x, y + RADIUS));
      svg.append(text(x + RADIUS + 5, y + 4, "start", RIGHT[view]));
      svg.append(text(x, y - RADIUS - 4, "middle", UP[view]));
      return svg.toString();
    }
    String[] names = {"x", "y", "z"};
    for (int axis = 0; axis < names.length; axis++) {
      double[] end = SIDE[axis];
      svg.append(
          line(x - RADIUS * end[0], y + RADIUS * end[1], x + RADIUS * end[0], y - RADIUS * end[1]));
      svg.append(
          text(x + 1.18 * RADIUS * end[0], y - 1.18 * RADIUS * end[1] + 4, "middle", names[axis]));
    }
    return svg.toString();
  }

  private static String dots(List<double[]> points, int view, double x, double y, String colour) {
    StringBuilder svg = new StringBuilder("<path d=\"");
    for (double[] p : points) {
      double right =
          switch (view) {
            case 0, 1 -> p[0];
            case 2 -> p[1];
            default -> p[0] * SIDE[0][0] + p[1] * SIDE[1][0] + p[2] * SIDE[2][0];
          };
      double up =
          switch (view) {
            case 0 -> p[1];
            case 1, 2 -> p[2];
            default -> p[0] * SIDE[0][1] + p[1] * SIDE[1][1] + p[2] * SIDE[2][1];
          };
      svg.append(String.format(Locale.ROOT, "M%.1f %.1fh0", x + RADIUS * right, y - RADIUS * up));
    }
    return svg.append("\" stroke=\"")
        .append(colour)
        .append("\" stroke-opacity=\"0.5\" stroke-width=\"3\" stroke-linecap=\"round\"/>\n")
        .toString();
  }

  /** Bloch vectors of a wire of random states: normally distributed amplitudes, normalised. */
  private static double[][] random(int wires) {
    SplitMix64 random = new SplitMix64(RANDOM_SEED);
    double[][] points = new double[RANDOM][];
    for (int i = 0; i < RANDOM; i++) {
      double[] amplitudes = new double[2 << wires];
      double squares = 0;
      for (int k = 0; k < amplitudes.length; k++) {
        amplitudes[k] = random.nextGaussian();
        squares += amplitudes[k] * amplitudes[k];
      }
      points[i] = new PureState(amplitudes, 0, wires).bloch(0);
      for (int axis = 0; axis < points[i].length; axis++) {
        points[i][axis] /= squares;
      }
    }
    return points;
  }

  private static String dot(double x, double y, String colour) {
    return String.format(
        Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x, y, colour);
  }

  private static String line(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#e4e4e4\"/>\n", x1, y1, x2, y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
        x,
        y,
        anchor,
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }
}
