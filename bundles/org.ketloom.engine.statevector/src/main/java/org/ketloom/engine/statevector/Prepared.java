package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;

/** What a call computes once for its whole batch. */
final class Prepared implements Su2Product.Sink {
  static final double[] NO_WEIGHTS = {};

  /** Cosines and sines of the shared angles, the same in all lanes. */
  final double[] trig;

  /** Matrices of the steps that the batch shares. */
  final double[][] matrices;

  /** Room for {@link Su2Product}. */
  final double[] product = new double[Su2Product.SIZE];

  /** Room for what one step gathered. */
  final double[] sums = new double[FusedGateStep.GATHERED];

  /** Where derivatives by weights are added, while they are. */
  double[] weights = NO_WEIGHTS;

  Prepared(int angles, int steps) {
    this.trig = new double[angles * Kernels.STRIDE];
    this.matrices = new double[steps][FusedGateStep.MATRIX];
  }

  /** Of values that are sums over the batch, in the first lane. */
  @Override
  public void accept(Factor factor, double[] values, int start, double scale) {
    for (int a = 0; a < factor.angles().size(); a++) {
      Angle angle = factor.angles().get(a);
      if (angle.source() == Angle.Source.WEIGHT) {
        weights[angle.index()] += angle.scale() * scale * values[start];
      }
    }
  }
}
