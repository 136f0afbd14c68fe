package org.ketloom.data.internal;

/**
 * Random numbers that are the same on every JVM: the SplitMix64 generator (Steele, Lea, Flood,
 * OOPSLA 2014), whose stream is chosen by a path of numbers such as seed, purpose and image.
 */
final class SplitMix64 {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  SplitMix64(long... path) {
    for (long step : path) {
      state = mix(state + GOLDEN ^ mix(step + GOLDEN));
    }
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in 0 to bound - 1. */
  int nextInt(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** Uniform in [from, to). */
  double between(double from, double to) {
    return from + (to - from) * ((nextLong() >>> 11) * 0x1p-53);
  }

  /**
   * Bell-shaped with mean 0, deviation 1 and no value beyond 3.5: the sum of four uniform numbers,
   * which needs no function whose last bit depends on the JVM.
   */
  double bell() {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += between(-1, 1);
    }
    return sum * 0.8660254037844386;
  }

  /** The numbers 0 to n - 1 in random order. */
  int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
