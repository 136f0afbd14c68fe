package org.ketloom.data;

import static org.ketloom.api.random.SplitMix64.GOLDEN_GAMMA;
import static org.ketloom.api.random.SplitMix64.mix;

import org.ketloom.api.random.SplitMix64;

/**
 * Random numbers that are the same on every JVM, of a stream that is chosen by a path of numbers
 * such as seed, purpose and image.
 */
public final class PathRandom {
  private final SplitMix64 source;

  /**
   * The stream of a path.
   *
   * @param path two paths that differ give streams that have nothing to do with each other
   */
  public PathRandom(long... path) {
    long state = 0;
    for (long step : path) {
      state = mix(state + GOLDEN_GAMMA ^ mix(step + GOLDEN_GAMMA));
    }
    source = new SplitMix64(state);
  }

  /** 64 random bits. */
  public long nextLong() {
    return source.nextLong();
  }

  /** Uniform in 0 to bound - 1. */
  public int nextInt(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** Uniform in [from, to). */
  public double between(double from, double to) {
    return from + (to - from) * ((nextLong() >>> 11) * 0x1p-53);
  }

  /**
   * Bell-shaped with mean 0, deviation 1 and no value beyond 3.5: the sum of four uniform numbers,
   * which needs no function whose last bit depends on the JVM.
   */
  public double bell() {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += between(-1, 1);
    }
    return sum * 0.8660254037844386;
  }

  /** The numbers 0 to n - 1 in random order. */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
