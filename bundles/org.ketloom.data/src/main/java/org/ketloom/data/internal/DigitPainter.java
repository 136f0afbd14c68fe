package org.ketloom.data.internal;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.data.PathRandom;

/**
 * Writes digits like a hand does. A way to write the digit is picked (see {@link DigitShapes}), its
 * points are moved a little, each alone and all together by a smooth bend, its strokes begin and
 * end a little early or late, and the whole is made narrow or wide, slanted and turned. Then it is
 * put into the frame and inked with a round pen whose pressure varies; a pixel's ink is how far the
 * pen covers it, from its distance to the pen's path.
 *
 * <p>Only additions, multiplications, divisions, square roots and {@link StrictMath} are used: a
 * seed draws the same bits on every JVM.
 */
final class DigitPainter {
  private static final int STEPS = 6;
  private static final double MARGIN = 0.08;

  private final int size;
  private final PathRandom random;

  private DigitPainter(int size, PathRandom random) {
    this.size = size;
    this.random = random;
  }

  /**
   * Draws a digit, white on black.
   *
   * @param digit 0 to 9
   * @param size rows and columns
   * @param random where all variation comes from
   * @param pixels takes size * size values, row by row
   * @param offset where in the pixels
   */
  static void paint(int digit, int size, PathRandom random, byte[] pixels, int offset) {
    new DigitPainter(size, random).paint(digit, pixels, offset);
  }

  private void paint(int digit, byte[] pixels, int offset) {
    double[][][] ways = DigitShapes.ways(digit);
    double[][] strokes = ways[random.nextInt(ways.length)];
    List<double[]> paths = new ArrayList<>();
    double bendX = 0.035 * random.bell();
    double bendY = 0.03 * random.bell();
    double phaseX = random.between(0, 2 * StrictMath.PI);
    double phaseY = random.between(0, 2 * StrictMath.PI);
    for (double[] stroke : strokes) {
      double[] points = wobble(stroke);
      for (int i = 0; i < points.length; i += 2) {
        double x = points[i];
        double y = points[i + 1];
        points[i] = x + bendX * StrictMath.sin(4 * y + phaseX);
        points[i + 1] = y + bendY * StrictMath.sin(5 * x + phaseY);
      }
      paths.add(smooth(points));
    }
    double radius = Math.max(0.55, size * random.between(0.034, 0.060));
    place(paths, radius);
    double[] ink = new double[size * size];
    paths.forEach(path -> ink(path, radius, ink));
    for (int i = 0; i < ink.length; i++) {
      pixels[offset + i] = (byte) (int) (255 * ink[i] + 0.5);
    }
  }

  private double[] wobble(double[] stroke) {
    double[] points = stroke.clone();
    for (int i = 0; i < points.length; i += 2) {
      if (i > 0 && stroke[i] == stroke[i - 2] && stroke[i + 1] == stroke[i - 1]) {
        points[i] = points[i - 2];
        points[i + 1] = points[i - 1];
      } else {
        points[i] += 0.020 * random.bell();
        points[i + 1] += 0.020 * random.bell();
      }
    }
    int n = points.length;
    extend(points, 0, 2);
    extend(points, n - 2, n - 4);
    return points;
  }

  /** Moves the end of a stroke along its direction, outwards or inwards. */
  private void extend(double[] points, int end, int inner) {
    double by = random.between(-0.15, 0.25);
    points[end] += by * (points[end] - points[inner]);
    points[end + 1] += by * (points[end + 1] - points[inner + 1]);
  }

  /** The Catmull-Rom spline through the points, as a chain of short lines. */
  private static double[] smooth(double[] p) {
    int spans = p.length / 2 - 1;
    double[] path = new double[2 * (spans * STEPS + 1)];
    int to = 0;
    for (int s = 0; s < spans; s++) {
      int a = 2 * Math.max(0, s - 1);
      int b = 2 * s;
      int c = b + 2;
      int d = 2 * Math.min(spans, s + 2);
      for (int step = 0; step < STEPS; step++) {
        double t = (double) step / STEPS;
        for (int k = 0; k < 2; k++) {
          double m0 = (p[c + k] - p[a + k]) / 2;
          double m1 = (p[d + k] - p[b + k]) / 2;
          double rise = p[c + k] - p[b + k];
          path[to++] =
              p[b + k] + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)));
        }
      }
    }
    path[to++] = p[p.length - 2];
    path[to] = p[p.length - 1];
    return path;
  }

  /** Slants, turns and stretches the paths and fits them into the frame. */
  private void place(List<double[]> paths, double radius) {
    double slant = Math.max(-0.35, Math.min(0.5, 0.08 + 0.15 * random.bell()));
    double turn = 0.07 * random.bell();
    double wide = random.between(0.82, 1.2);
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double left = low;
    double right = high;
    for (double[] p : paths) {
      for (int i = 0; i < p.length; i += 2) {
        double x = wide * p[i] - slant * p[i + 1];
        double y = p[i + 1] + turn * x;
        x -= turn * p[i + 1];
        p[i] = x;
        p[i + 1] = y;
        left = Math.min(left, x);
        right = Math.max(right, x);
        low = Math.min(low, y);
        high = Math.max(high, y);
      }
    }
    double room = size * (1 - 2 * MARGIN) - 2 * radius;
    double scale = random.between(0.88, 1) * Math.min(room / (high - low), room / (right - left));
    double centreX = size * random.between(0.455, 0.545);
    double centreY = size * random.between(0.455, 0.545);
    double fromX = (left + right) / 2;
    double fromY = (low + high) / 2;
    for (double[] p : paths) {
      for (int i = 0; i < p.length; i += 2) {
        p[i] = centreX + scale * (p[i] - fromX);
        p[i + 1] = centreY + scale * (p[i + 1] - fromY);
      }
    }
  }

  private void ink(double[] p, double radius, double[] ink) {
    int lines = p.length / 2 - 1;
    double[] pen = new double[lines + 1];
    double start = random.between(0.75, 1.1);
    double middle = random.between(0.9, 1.15);
    double end = random.between(0.65, 1.1);
    for (int i = 0; i <= lines; i++) {
      double t = 2.0 * i / lines - 1;
      double side = t < 0 ? start : end;
      pen[i] = radius * (middle + (side - middle) * t * t);
    }
    for (int i = 0; i < lines; i++) {
      line(p, 2 * i, pen[i], pen[i + 1], ink);
    }
  }

  private void line(double[] p, int at, double fromRadius, double toRadius, double[] ink) {
    double x0 = p[at];
    double y0 = p[at + 1];
    double dx = p[at + 2] - x0;
    double dy = p[at + 3] - y0;
    double length2 = dx * dx + dy * dy;
    double reach = Math.max(fromRadius, toRadius) + 0.5;
    int top = pixel(Math.min(y0, y0 + dy) - reach);
    int bottom = pixel(Math.max(y0, y0 + dy) + reach);
    int left = pixel(Math.min(x0, x0 + dx) - reach);
    int right = pixel(Math.max(x0, x0 + dx) + reach);
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double px = column + 0.5 - x0;
        double py = row + 0.5 - y0;
        double t = length2 > 0 ? (px * dx + py * dy) / length2 : 0;
        t = Math.max(0, Math.min(1, t));
        double ex = px - t * dx;
        double ey = py - t * dy;
        double cover =
            fromRadius + t * (toRadius - fromRadius) + 0.5 - Math.sqrt(ex * ex + ey * ey);
        int i = row * size + column;
        if (cover > ink[i]) {
          ink[i] = Math.min(1, cover);
        }
      }
    }
  }

  private int pixel(double position) {
    return Math.max(0, Math.min(size - 1, (int) position));
  }
}
