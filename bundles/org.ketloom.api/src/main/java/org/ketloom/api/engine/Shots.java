package org.ketloom.api.engine;

import org.ketloom.api.random.SplitMix64;

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
    long state = SplitMix64.mix(seed + SplitMix64.GOLDEN_GAMMA);
    for (long number : numbers) {
      state = SplitMix64.mix((state ^ number) + SplitMix64.GOLDEN_GAMMA);
    }
    return new Shots(count, state);
  }
}
