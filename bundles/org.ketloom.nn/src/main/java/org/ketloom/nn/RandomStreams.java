package org.ketloom.nn;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers without global state: a stream is derived from a seed, a purpose and numbers such
 * as the step and the sample, and from nothing else.
 */
public final class RandomStreams {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private RandomStreams() {}

  /**
   * A stream.
   *
   * @param seed of the run
   * @param purpose what it is for: different purposes have unrelated streams
   * @param numbers step, sample, ...
   */
  public static RandomGenerator of(long seed, String purpose, long... numbers) {
    long state = mix(seed + GOLDEN);
    for (int i = 0; i < purpose.length(); i++) {
      state = mix(state ^ purpose.charAt(i));
    }
    state = mix(state + GOLDEN);
    for (long number : numbers) {
      state = mix((state ^ number) + GOLDEN);
    }
    return new SplittableRandom(state);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 16). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
