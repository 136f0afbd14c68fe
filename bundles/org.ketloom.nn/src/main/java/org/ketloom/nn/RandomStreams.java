package org.ketloom.nn;

import static org.ketloom.api.random.SplitMix64.GOLDEN_GAMMA;
import static org.ketloom.api.random.SplitMix64.mix;

import org.ketloom.api.random.SplitMix64;

/**
 * Random numbers without global state: a stream is derived from a seed, a purpose and numbers such
 * as the step and the sample, and from nothing else.
 */
public final class RandomStreams {
  private RandomStreams() {}

  /**
   * A stream.
   *
   * @param seed of the run
   * @param purpose what it is for: different purposes have unrelated streams
   * @param numbers step, sample, ...
   */
  public static SplitMix64 of(long seed, String purpose, long... numbers) {
    long state = mix(seed + GOLDEN_GAMMA);
    for (int i = 0; i < purpose.length(); i++) {
      state = mix(state ^ purpose.charAt(i));
    }
    state = mix(state + GOLDEN_GAMMA);
    for (long number : numbers) {
      state = mix((state ^ number) + GOLDEN_GAMMA);
    }
    return new SplitMix64(state);
  }
}
