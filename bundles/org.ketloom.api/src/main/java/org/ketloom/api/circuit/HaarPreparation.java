package org.ketloom.api.circuit;

import java.util.List;
import org.ketloom.api.random.SplitMix64;

/**
 * A random pure state for each sample, uniform over all states (Haar's measure). It depends on the
 * seed and the number of the sample alone.
 *
 * @param wires the k wires, most significant first
 * @param seed of the states
 */
public record HaarPreparation(List<Integer> wires, long seed) implements Preparation {
  /** The largest number of wires. */
  public static final int MAX_WIRES = 20;

  /** Copies the wires. */
  public HaarPreparation {
    wires = List.copyOf(wires);
  }

  /**
   * The state of a sample: {@code 2^k} real parts, then the imaginary parts. Independent Gaussians
   * (Box and Muller, Ann. Math. Statist. 29, 610, 1958), normalised.
   */
  public double[] amplitudes(int sample) {
    // Mixed: seeds a constant apart would give each sample the numbers of the one before, moved on.
    long mixed = SplitMix64.mix(seed + SplitMix64.GOLDEN_GAMMA) ^ sample;
    SplitMix64 random = new SplitMix64(SplitMix64.mix(mixed + SplitMix64.GOLDEN_GAMMA));
    int size = 1 << wires.size();
    double[] amplitudes = new double[2 * size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      double angle = 2 * Math.PI * random.nextDouble();
      amplitudes[i] = radius * StrictMath.cos(angle);
      amplitudes[size + i] = radius * StrictMath.sin(angle);
      sum += radius * radius;
    }
    double norm = Math.sqrt(sum);
    for (int i = 0; i < amplitudes.length; i++) {
      amplitudes[i] /= norm;
    }
    return amplitudes;
  }
}
