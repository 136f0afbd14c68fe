package org.ketloom.api.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tables are what McFarland's construction gives, and the numbers have the distributions. */
class ZigguratTest {
  /** Layers of a density: its right edges and values, and how the alias table draws them. */
  private record Table(double[] x, double[] y, double[] probability) {
    static Table read(String name) throws IOException {
      try (InputStream in = Ziggurat.class.getResourceAsStream(name)) {
        String[][] lines =
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .toArray(String[][]::new);
        double[] probability = new double[256];
        for (int i = 0; i < 256; i++) {
          double stays = Long.parseLong(lines[i][2]) * 0x1p-64 + 0.5;
          probability[i] += stays / 256;
          probability[Integer.parseInt(lines[i][3])] += (1 - stays) / 256;
        }
        return new Table(column(lines, 0), column(lines, 1), probability);
      }
    }

    private static double[] column(String[][] lines, int column) {
      return IntStream.range(0, 256)
          .mapToDouble(i -> Double.parseDouble(lines[i][column]))
          .toArray();
    }
  }

  private static void check(String name, int boxes, double area, DoubleUnaryOperator density)
      throws IOException {
    Table table = Table.read(name);
    assertEquals(256, table.x.length);
    assertEquals(area / 256, table.x[0] * table.y[0], 1e-16);
    double beside = 0;
    double[] overhang = new double[256];
    for (int i = 0; i <= boxes; i++) {
      assertEquals(density.applyAsDouble(table.x[i]), table.y[i], 1e-15, "y of layer " + i);
      if (i > 0) {
        double box = table.x[i] * (table.y[i] - table.y[i - 1]);
        assertEquals(i < boxes ? area / 256 : 0, box, 4e-16, "box of layer " + i);
        overhang[i] =
            integral(density, table.x[i], table.x[i - 1])
                - table.y[i - 1] * (table.x[i - 1] - table.x[i]);
      }
      beside += overhang[i];
    }
    overhang[0] = area - boxes * area / 256 - beside;
    for (int i = 0; i < 256; i++) {
      double expected = overhang[i] / (area - boxes * area / 256);
      assertEquals(expected, table.probability[i], 1e-11, "overhang of layer " + i);
    }
  }

  /** By Simpson's rule. */
  private static double integral(DoubleUnaryOperator f, double from, double to) {
    int parts = 200;
    double step = (to - from) / parts;
    double sum = f.applyAsDouble(from) + f.applyAsDouble(to);
    for (int i = 1; i < parts; i++) {
      sum += (i % 2 == 0 ? 2 : 4) * f.applyAsDouble(from + i * step);
    }
    return sum * step / 3;
  }

  @Test
  void tables() throws IOException {
    check("normal.txt", 253, Math.sqrt(Math.PI / 2), x -> Math.exp(-x * x / 2));
    check("exponential.txt", 252, 1, x -> Math.exp(-x));
  }

  /** Shares in bins of width 1/4, also in the tails, against the distribution functions. */
  @Test
  void distributions() {
    SplitMix64 random = new SplitMix64(5);
    int count = 4_000_000;
    int[] normal = new int[48];
    int[] exponential = new int[48];
    double[] moments = new double[4];
    for (int i = 0; i < count; i++) {
      double z = random.nextGaussian();
      normal[Math.min(Math.max((int) Math.floor(z * 4) + 24, 0), 47)]++;
      exponential[Math.min((int) (random.nextExponential() * 4), 47)]++;
      for (int k = 0; k < 4; k++) {
        moments[k] += Math.pow(z, k + 1) / count;
      }
    }
    double[] expected = {0, 1, 0, 3};
    double[] deviation = {1, Math.sqrt(2), Math.sqrt(15), Math.sqrt(96)};
    for (int k = 0; k < 4; k++) {
      assertEquals(expected[k], moments[k], 4.5 * deviation[k] / Math.sqrt(count), "moment " + k);
    }
    for (int b = 0; b < 48; b++) {
      double from = (b - 24) / 4.0;
      double share =
          integral(x -> Math.exp(-x * x / 2), from, from + 0.25) / Math.sqrt(2 * Math.PI);
      close("normal from " + from, share, normal[b], count);
      double above = b < 47 ? Math.exp(-(b + 1) / 4.0) : 0;
      close("exponential from " + b / 4.0, Math.exp(-b / 4.0) - above, exponential[b], count);
    }
  }

  private static void close(String what, double share, int found, int count) {
    double deviation = Math.sqrt(count * share) + 1;
    assertTrue(
        Math.abs(found - count * share) < 4.5 * deviation,
        () -> what + ": " + found + " of " + count + ", expected " + count * share);
  }
}
