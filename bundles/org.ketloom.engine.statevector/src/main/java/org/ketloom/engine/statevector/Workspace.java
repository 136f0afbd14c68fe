package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** What one thread works with: the block at hand and buffers that are used again and again. */
final class Workspace {
  /** The adjoint of the final state under the weighted observables, laid out as psi. */
  final double[] lambda;

  /** Room for one matrix per lane, and for a product. */
  final double[] matrix = new double[16 * Kernels.STRIDE];

  final double[] scratch = new double[16 * Kernels.STRIDE];

  /** Room for what one per-sample step gathers. */
  final double[] gather = new double[MatrixStep.gatherSize(4)];

  /** Values or weights of the circuit's outputs, {@code [output][lane]}. */
  final double[] lanes;

  /** Room for a reduced density matrix, {@code [entry][lane]}. */
  final double[] density;

  /** Room for a weighted sum of Hermitians, {@code [entry][lane]}. */
  final double[] weighted;

  /** Used where the state isn't kept. */
  final BlockState own;

  Inputs inputs;
  Prepared prepared;
  BlockState state;
  Partial partial;
  Gradients gradients;

  /** Number of the block's first sample, and of its samples. */
  int first;

  int count;

  Workspace(int positions, int angles, int outputs, int hermitianEntries) {
    this.lambda = new double[positions * Kernels.STRIDE];
    this.lanes = new double[outputs * Kernels.LANES];
    this.density = new double[hermitianEntries * Kernels.LANES];
    this.weighted = new double[hermitianEntries * Kernels.LANES];
    this.own = new BlockState(positions, angles);
  }

  /** Adds the derivative by an angle in one lane to the gradient of what the angle reads. */
  void addAngleGradient(Angle angle, int lane, double derivative) {
    double gradient = angle.scale() * derivative;
    int sample = first + lane;
    switch (angle.source()) {
      case CONSTANT -> {}
      case WEIGHT -> partial.weights[angle.index()] += gradient;
      case FEATURE ->
          gradients.features()[row(gradients.features(), sample) + angle.index()] += gradient;
      case SAMPLE ->
          gradients.sampleAngles()[row(gradients.sampleAngles(), sample) + angle.index()] +=
              gradient;
    }
  }

  private int row(double[] rows, int sample) {
    return sample * (rows.length / inputs.batch());
  }
}
