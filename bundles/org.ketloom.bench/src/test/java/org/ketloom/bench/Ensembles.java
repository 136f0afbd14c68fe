package org.ketloom.bench;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.random.SplitMix64;

/** Circuits and states of tests. */
final class Ensembles {
  private Ensembles() {}

  /** An ansatz alone, with angles per sample. */
  static Circuit of(Ansatz ansatz, int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    int[] shape = ansatz.angleShape(wires, layers).stream().mapToInt(Integer::intValue).toArray();
    Angles angles = builder.sampleAngles(shape);
    ansatz.append(builder, layers, angles);
    return builder.build();
  }

  /** Normally distributed amplitudes, normalised: a random state. */
  static PureState haar(int wires, SplitMix64 random) {
    double[] amplitudes = random.doubles(2L << wires).map(u -> random.nextGaussian()).toArray();
    double norm = 0;
    for (double a : amplitudes) {
      norm += a * a;
    }
    for (int i = 0; i < amplitudes.length; i++) {
      amplitudes[i] /= Math.sqrt(norm);
    }
    return new PureState(amplitudes, 0, wires);
  }

  /** Fidelities of independent pairs of random states. */
  static double[] haarFidelities(int wires, int pairs, long seed) {
    HaarFidelity haar = new HaarFidelity(wires);
    SplitMix64 random = new SplitMix64(seed);
    double[] fidelities = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      fidelities[i] = haar.quantile(random.nextDouble());
    }
    return fidelities;
  }
}
