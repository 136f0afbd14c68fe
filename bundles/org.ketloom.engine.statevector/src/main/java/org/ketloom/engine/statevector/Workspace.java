package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** What one thread works with: the block at hand and buffers that are used again and again. */
final class Workspace implements Spin.Sink {
  /** The adjoint of the final state under the weighted observables, laid out as psi. */
  final double[] lambda;

  /** Room for the matrix of a per-sample step. */
  final double[] matrix = new double[SpinStep.MATRIX];

  /** Room for that matrix as lanes need it. */
  final double[] arranged = new double[SpinStep.MATRIX];

  /** Room for {@link Spin}. */
  final double[] spin = new double[Spin.SIZE];

  /** Room for what a per-sample step gathers. */
  final double[] gather = new double[SpinStep.GATHERED];

  /** Room for what one set of pairs gathers. */
  final double[] found = new double[SpinStep.GATHERED];

  /** Whether a block is one sample. */
  final boolean lanesAreAmplitudes;

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

  Workspace(Layout layout, int angles, int outputs, int hermitianEntries) {
    this.lambda = new double[layout.vectors() * Kernels.STRIDE];
    this.lanesAreAmplitudes = layout.laneBits() > 0;
    this.lanes = new double[outputs * Kernels.LANES];
    this.density = new double[hermitianEntries * Kernels.LANES];
    this.weighted = new double[hermitianEntries * Kernels.LANES];
    this.own = new BlockState(layout.vectors(), angles);
  }

  @Override
  public void accept(Factor factor, double[] values, int start, double scale) {
    for (Angle angle : factor.angles()) {
      double f = scale * angle.scale();
      switch (angle.source()) {
        case CONSTANT -> {}
        case WEIGHT -> {
          for (int l = 0; l < count; l++) {
            partial.weights[angle.index()] += f * values[start + l];
          }
        }
        case FEATURE -> addRows(gradients.features(), angle.index(), values, start, f);
        case SAMPLE -> addRows(gradients.sampleAngles(), angle.index(), values, start, f);
      }
    }
  }

  private void addRows(double[] rows, int index, double[] values, int start, double f) {
    int width = rows.length / inputs.batch();
    int to = first * width + index;
    for (int l = 0; l < count; l++, to += width) {
      rows[to] += f * values[start + l];
    }
  }
}
