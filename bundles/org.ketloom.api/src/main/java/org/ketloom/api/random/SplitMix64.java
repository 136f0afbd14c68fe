package org.ketloom.api.random;

import java.util.random.RandomGenerator;

/**
 * The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014): the numbers of {@link java.util.SplittableRandom}, whose methods Java
 * may change. Not safe for use by several threads.
 *
 * <p>Whole, uniform, normal and exponential numbers are computed here, so that a seed gives the
 * same ones on every JVM. Normal and exponential ones are by McFarland's modified ziggurat ("A
 * modified ziggurat algorithm for generating exponentially and normally distributed pseudorandom
 * numbers", 2016, arXiv 1403.6870) and equal those of JDK 17 bit for bit. The JDK has changed since
 * version 19: there about one normal number in ten million differs, or takes fewer random bits.
 */
public final class SplitMix64 implements RandomGenerator {
  /** What the state grows by: 2^64 divided by the golden ratio, made odd. */
  public static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * A generator.
   *
   * @param seed its first state
   */
  public SplitMix64(long seed) {
    state = seed;
  }

  /**
   * The mixing function: a bijection in which every bit of the result depends on all bits (figure
   * 16, with Stafford's variant 13 of the constants).
   */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** 32 bits, mixed in their own way (figure 16, with Stafford's variant 4 of the constants). */
  @Override
  public int nextInt() {
    state += GOLDEN_GAMMA;
    long z = (state ^ (state >>> 33)) * 0x62A9D9ED799705F5L;
    return (int) (((z ^ (z >>> 28)) * 0xCB24D0A5C88C35B3L) >>> 32);
  }

  /**
   * Uniform in 0 to bound - 1.
   *
   * @throws IllegalArgumentException if the bound is not positive
   */
  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, found " + bound);
    }
    int drawn = nextInt();
    int most = bound - 1;
    if ((bound & most) == 0) {
      return drawn & most;
    }
    // Drawn again where the last, shorter stretch of remainders would be hit.
    int positive = drawn >>> 1;
    int remainder = positive % bound;
    while (positive + most - remainder < 0) {
      positive = nextInt() >>> 1;
      remainder = positive % bound;
    }
    return remainder;
  }

  /**
   * Uniform in origin to bound - 1.
   *
   * @throws IllegalArgumentException if the origin is not less than the bound
   */
  @Override
  public int nextInt(int origin, int bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException(
          "origin must be less than bound, found " + origin + " and " + bound);
    }
    int count = bound - origin;
    if (count > 0) {
      return origin + nextInt(count);
    }
    // More numbers than an int can count.
    if (count == Integer.MIN_VALUE) {
      return origin + (nextInt() & Integer.MAX_VALUE);
    }
    int drawn = nextInt();
    while (drawn < origin || drawn >= bound) {
      drawn = nextInt();
    }
    return drawn;
  }

  /** Uniform in [0, 1): a multiple of 2^-53. */
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /**
   * Uniform in [origin, bound).
   *
   * @throws IllegalArgumentException unless both are finite, their difference is, and the origin is
   *     less than the bound
   */
  @Override
  public double nextDouble(double origin, double bound) {
    if (!(origin < bound && bound - origin < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "origin must be less than bound by a finite number, found " + origin + " and " + bound);
    }
    // Rounding may reach the bound.
    return Math.min(nextDouble() * (bound - origin) + origin, Math.nextDown(bound));
  }

  /** Uniform in [0, 1): a multiple of 2^-24. */
  @Override
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }

  /** Normal with mean 0 and deviation 1. */
  @Override
  public double nextGaussian() {
    return Ziggurat.normal(this);
  }

  /**
   * Normal.
   *
   * @throws IllegalArgumentException if the deviation is negative
   */
  @Override
  public double nextGaussian(double mean, double deviation) {
    if (deviation < 0) {
      throw new IllegalArgumentException("deviation must be at least 0, found " + deviation);
    }
    return mean + deviation * nextGaussian();
  }

  /** Exponential with mean 1. */
  @Override
  public double nextExponential() {
    return Ziggurat.exponential(this);
  }
}
