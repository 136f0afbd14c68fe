package org.ketloom.engine.statevector;

/** What a call computes once for its whole batch. */
final class Prepared {
  /** Cosines and sines of the shared angles, the same in all lanes. */
  final double[] trig;

  /** Matrices of the steps that the batch shares. */
  final double[][] matrices;

  /** Room for {@link Spin}. */
  final double[] spin = new double[Spin.SIZE];

  /** Room for what one step gathered. */
  final double[] sums = new double[SpinStep.GATHERED];

  Prepared(int angles, int steps) {
    this.trig = new double[angles * Kernels.STRIDE];
    this.matrices = new double[steps][SpinStep.MATRIX];
  }
}
