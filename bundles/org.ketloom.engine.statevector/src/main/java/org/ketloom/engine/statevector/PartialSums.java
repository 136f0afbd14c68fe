package org.ketloom.engine.statevector;

import java.util.Arrays;

/** Sums over the samples of one group of blocks; groups are added up in their order. */
final class PartialSums {
  /** What the gates that the batch shares gathered. */
  final double[] gather;

  /** What the gates that differ between samples gathered, if a block is one sample: of that one. */
  final double[] sampleGather;

  /** Gradients of weights that stand in a per-sample step. */
  final double[] weights;

  /** Gradients of the Hermitians' entries. */
  final double[] hermitianEntries;

  PartialSums(int gather, int sampleGather, int weights, int hermitianEntries) {
    this.gather = new double[gather];
    this.sampleGather = new double[sampleGather];
    this.weights = new double[weights];
    this.hermitianEntries = new double[hermitianEntries];
  }

  void clear() {
    Arrays.fill(gather, 0);
    Arrays.fill(weights, 0);
    Arrays.fill(hermitianEntries, 0);
  }

  void add(PartialSums other) {
    add(other.gather, gather);
    add(other.weights, weights);
    add(other.hermitianEntries, hermitianEntries);
  }

  static void add(double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }
}
