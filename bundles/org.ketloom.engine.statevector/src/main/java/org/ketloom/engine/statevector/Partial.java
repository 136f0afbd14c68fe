package org.ketloom.engine.statevector;

import java.util.Arrays;

/** Sums over the samples of one group of blocks; groups are added up in their order. */
final class Partial {
  /** What the shared steps gathered. */
  final double[] gather;

  /** Gradients of weights that stand in a per-sample step. */
  final double[] weights;

  /** Gradients of the Hermitians' entries. */
  final double[] hermitianEntries;

  Partial(int gather, int weights, int hermitianEntries) {
    this.gather = new double[gather];
    this.weights = new double[weights];
    this.hermitianEntries = new double[hermitianEntries];
  }

  void clear() {
    Arrays.fill(gather, 0);
    Arrays.fill(weights, 0);
    Arrays.fill(hermitianEntries, 0);
  }

  void add(Partial other) {
    add(other.gather, gather);
    add(other.weights, weights);
    add(other.hermitianEntries, hermitianEntries);
  }

  private static void add(double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }
}
