package org.ketloom.api.engine;

/**
 * How often a circuit is measured, and the seed of the outcomes.
 *
 * @param count measurements of each sample in each basis that the observables need; 0 stands for
 *     the limit of ever more of them, in which estimates are exact
 * @param seed of the outcomes
 */
public record Shots(int count, long seed) {
  /** The limit of ever more measurements. */
  public static final Shots EXACT = new Shots(0, 0);

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Refuses a negative number. */
  public Shots {
    if (count < 0) {
      throw new IllegalArgumentException(
          "shots must not be negative, found " + count + "; 0 is for exact values");
    }
  }

  /** Whether values are exact. */
  public boolean exact() {
    return count == 0;
  }

  /**
   * As many measurements with a seed of their own, which depends on this seed and the numbers
   * alone: for a step, a sample, ...
   */
  public Shots at(long... numbers) {
    long state = mix(seed + GOLDEN);
    for (long number : numbers) {
      state = mix((state ^ number) + GOLDEN);
    }
    return new Shots(count, state);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 16). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
