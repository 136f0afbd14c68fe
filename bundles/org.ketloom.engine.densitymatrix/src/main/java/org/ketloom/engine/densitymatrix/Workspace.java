package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Gradients;

/** What one thread works with: the block at hand and buffers that are used again and again. */
final class Workspace implements Sink {
  /** Coefficients of the block. */
  double[] r;

  /** Derivatives of the outputs' weighted sum by them. */
  final double[] lambda;

  /** What is read: r, or r divided by the probability of its post-selections. */
  double[] read;

  private final double[] normalised;

  /** Derivatives by {@link #read}. */
  final double[] readDerivatives;

  /** Probability of the post-selections. */
  final double[] probability = new double[Kernels.LANES];

  /** Derivatives by it. */
  final double[] probabilityDerivatives = new double[Kernels.LANES];

  /** Coefficients of the steps that differ between samples. */
  final double[][] coefficients;

  /** Room for what one of them gathers. */
  final double[] gather = new double[2 * Kernels.MATRIX];

  /** Takes what nobody needs. */
  final double[] unused = new double[2 * Kernels.LANES];

  /** Room for a group of a dense step. */
  final double[] group;

  /** Values or weights of the circuit's outputs, {@code [output][lane]}. */
  final double[] lanes;

  /** Blocks before steps that can't be undone, and where segments of the sweep begin. */
  double[][] tape = {};

  double[][] boundaries = {};

  // What belongs to a call: whoever takes a workspace sets what the call needs before work begins.

  @SuppressWarnings("NullAway.Init")
  Reader reader;

  @SuppressWarnings("NullAway.Init")
  Partial partial;

  @SuppressWarnings("NullAway.Init")
  Gradients gradients;

  Workspace(Compiler.Plan plan) {
    int size = plan.size() * Kernels.LANES;
    this.r = new double[size];
    this.read = r;
    this.lambda = new double[size];
    this.normalised = new double[plan.postSelects() ? size : 0];
    this.readDerivatives = plan.postSelects() ? new double[size] : lambda;
    this.coefficients = new double[plan.steps().size()][];
    this.lanes = new double[plan.circuit().outputs() * Kernels.LANES];
    this.group = new double[plan.largestGroup() * Kernels.LANES];
    for (int s = 0; s < coefficients.length; s++) {
      Step step = plan.steps().get(s);
      coefficients[s] = new double[step.perSample() ? step.coefficientSize() : 0];
    }
  }

  /** Lets go of what belongs to a call, so that a workspace at rest keeps none of it in memory. */
  @SuppressWarnings("NullAway")
  void release() {
    reader = null;
    partial = null;
    gradients = null;
  }

  /** Makes what is read of the block. */
  void normalise() {
    if (normalised.length == 0) {
      read = r;
      java.util.Arrays.fill(probability, 1);
      return;
    }
    System.arraycopy(r, 0, probability, 0, Kernels.LANES);
    for (int l = 0; l < reader.count(); l++) {
      // Rounding leaves some that are impossible a little above or below 0.
      if (!(probability[l] > 1e-14)) {
        throw new IllegalArgumentException(
            "sample "
                + reader.sample(l)
                + ": the post-selections succeed with probability 0, so there is nothing left to"
                + " read");
      }
    }
    for (int i = 0; i < normalised.length; i++) {
      normalised[i] = r[i] / probability[i % Kernels.LANES];
    }
    read = normalised;
  }

  /** Makes lambda of the derivatives by what is read. */
  void denormalise() {
    if (normalised.length == 0) {
      return;
    }
    double[] along = probabilityDerivatives.clone();
    for (int i = 0; i < normalised.length; i++) {
      int l = i % Kernels.LANES;
      lambda[i] = readDerivatives[i] / probability[l];
      along[l] -= readDerivatives[i] * normalised[i] / probability[l];
    }
    for (int l = 0; l < Kernels.LANES; l++) {
      lambda[l] += along[l];
    }
  }

  @Override
  public void add(Angle angle, int lane, double derivative) {
    double value = angle.scale() * derivative;
    switch (angle.source()) {
      case CONSTANT -> {}
      case WEIGHT -> partial.weights[angle.index()] += value;
      case FEATURE -> addRow(gradients.features(), lane, angle.index(), value);
      case SAMPLE -> addRow(gradients.sampleAngles(), lane, angle.index(), value);
    }
  }

  private void addRow(double[] rows, int lane, int index, double value) {
    int width = rows.length / reader.inputs().batch();
    rows[reader.sample(lane) * width + index] += value;
  }
}
