package org.ketloom.api.random;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * Normal and exponential numbers by McFarland's modified ziggurat ("A modified ziggurat algorithm
 * for generating exponentially and normally distributed pseudorandom numbers", Journal of
 * Statistical Computation and Simulation 86, 2016, arXiv 1403.6870).
 *
 * <p>A density is filled with boxes of equal area, one on the other, that lie wholly below it. Of
 * 256 draws about 253 fall into a box and cost one product; the others fall into the overhang
 * between a box and the density or into the tail, chosen by an alias table. Bits are drawn in the
 * order in which JDK 17 draws them, so that the numbers are the same.
 */
final class Ziggurat {
  /**
   * x and y of the tables are fractions of this, which whole numbers of 63 bits are multiplied by.
   */
  private static final double UNIT = 0x1p63;

  private static final int NORMAL_BOXES = 253;
  private static final int EXPONENTIAL_BOXES = 252;

  /** The layer in which the normal density turns from convex (below) to concave (above). */
  private static final int INFLECTION = 204;

  /**
   * How far a convex density sags below the diagonal of an overhang at most, of all overhangs, in
   * units of an overhang's height times 2^-63. What is lower than that needs no exponential.
   */
  private static final long NORMAL_SAG = 760463704284035183L;

  private static final long EXPONENTIAL_SAG = 853965788476313645L;

  /** How far the normal density bulges above the diagonal at most, where it is concave. */
  private static final long NORMAL_BULGE = 2269182951627976012L;

  private static final Ziggurat NORMAL = read("normal.txt", x -> StrictMath.exp(-0.5 * x * x));
  private static final Ziggurat EXPONENTIAL = read("exponential.txt", x -> StrictMath.exp(-x));

  private final DoubleUnaryOperator density;
  private final double[] x;
  private final double[] y;
  private final long[] threshold;
  private final int[] alias;

  private Ziggurat(List<String[]> layers, DoubleUnaryOperator density) {
    this.density = density;
    x = layers.stream().mapToDouble(layer -> Double.parseDouble(layer[0]) / UNIT).toArray();
    y = layers.stream().mapToDouble(layer -> Double.parseDouble(layer[1]) / UNIT).toArray();
    threshold = layers.stream().mapToLong(layer -> Long.parseLong(layer[2])).toArray();
    alias = layers.stream().mapToInt(layer -> Integer.parseInt(layer[3])).toArray();
  }

  private static Ziggurat read(String name, DoubleUnaryOperator density) {
    try (InputStream in = Objects.requireNonNull(Ziggurat.class.getResourceAsStream(name), name);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return new Ziggurat(
          reader
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" ", -1))
              .toList(),
          density);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Normal with mean 0 and deviation 1. */
  static double normal(SplitMix64 random) {
    long bits = random.nextLong();
    int box = (int) (bits & 0xff);
    return box < NORMAL_BOXES ? NORMAL.x[box] * bits : normalBesideBoxes(bits, random);
  }

  private static double normalBesideBoxes(long bits, SplitMix64 random) {
    double sign = bits < 0 ? -1 : 1;
    long across = bits & Long.MAX_VALUE;
    int layer = NORMAL.layer(random);
    if (layer == 0) {
      return sign * normalTail(random);
    }
    if (layer < INFLECTION) {
      return sign * NORMAL.belowConvex(layer, across, NORMAL_SAG, random);
    }
    long sag = layer == INFLECTION ? NORMAL_SAG : 0;
    return sign * NORMAL.below(layer, across, sag, NORMAL_BULGE, random);
  }

  /** Marsaglia's: exponential numbers, of which those are kept that the normal density covers. */
  private static double normalTail(SplitMix64 random) {
    double start = NORMAL.x[0] * UNIT;
    double beyond;
    do {
      beyond = 1 / start * exponential(random);
    } while (exponential(random) < 0.5 * beyond * beyond);
    return start + beyond;
  }

  /** Exponential with mean 1. */
  static double exponential(SplitMix64 random) {
    double start = 0;
    while (true) {
      long bits = random.nextLong();
      int box = (int) (bits & 0xff);
      if (box < EXPONENTIAL_BOXES) {
        return start + EXPONENTIAL.x[box] * (bits >>> 1);
      }
      int layer = EXPONENTIAL.layer(random);
      if (layer > 0) {
        return start + EXPONENTIAL.belowConvex(layer, bits >>> 1, EXPONENTIAL_SAG, random);
      }
      // The tail is the density itself once more, further to the right.
      start += EXPONENTIAL.x[0] * UNIT;
    }
  }

  /** A layer, drawn by the area of its overhang; 0 is the tail. */
  private int layer(SplitMix64 random) {
    long bits = random.nextLong();
    int layer = (int) (bits & 0xff);
    return bits < threshold[layer] ? layer : alias[layer];
  }

  /**
   * A number below a convex part of the density: points above the diagonal are mirrored to below
   * it, where most are accepted.
   */
  private double belowConvex(int layer, long across, long sag, SplitMix64 random) {
    while (true) {
      long down = random.nextLong() >>> 1;
      long near = Math.min(across, down);
      long far = Math.max(across, down);
      if (far - near >= sag || covers(layer, near, far)) {
        return across(layer, near);
      }
      across = random.nextLong() >>> 1;
    }
  }

  /** A number below the density in a layer's overhang, by rejection. */
  private double below(int layer, long across, long sag, long bulge, SplitMix64 random) {
    while (true) {
      long down = random.nextLong() >>> 1;
      long distance = down - across;
      if (distance >= sag || distance > -bulge && covers(layer, across, down)) {
        return across(layer, across);
      }
      across = random.nextLong() >>> 1;
    }
  }

  private boolean covers(int layer, long across, long down) {
    double height = y[layer] * UNIT + (y[layer - 1] - y[layer]) * down;
    return height <= density.applyAsDouble(across(layer, across));
  }

  /** A point of the overhang: 0 is its left edge, 2^63 its right one. */
  private double across(int layer, long across) {
    return x[layer] * UNIT + (x[layer - 1] - x[layer]) * across;
  }
}
