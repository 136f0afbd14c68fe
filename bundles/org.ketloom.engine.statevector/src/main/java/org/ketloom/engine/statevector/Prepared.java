package org.ketloom.engine.statevector;

/** What a call computes once for its whole batch. */
final class Prepared {
  /** Cosines and sines of the shared angles. */
  final double[] trig;

  /** Matrices of the steps that the batch shares, in the form of {@link Kernels}. */
  final double[][] matrices;

  /** Their adjoints; null where the step gathers, which takes the adjoint itself. */
  final double[][] adjoints;

  Prepared(int angles, double[][] matrices, double[][] adjoints) {
    this.trig = new double[2 * angles];
    this.matrices = matrices;
    this.adjoints = adjoints;
  }
}
