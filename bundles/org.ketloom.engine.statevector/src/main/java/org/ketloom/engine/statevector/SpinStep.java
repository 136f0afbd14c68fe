package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Angle;

/**
 * A fused gate with angles: a matrix of two rows on the positions of a plan, the product of
 * factors. The derivation of its backward sweep is in ADJOINT.md.
 *
 * @param masks masks of the two basis states, scaled by {@link Kernels#STRIDE}
 * @param factors the first acts first
 * @param shared number of the step among those whose matrix the batch shares; -1 if it differs
 *     between samples
 */
record SpinStep(Kernels kernels, IndexPlan plan, int[] masks, List<Factor> factors, int shared)
    implements Step {

  /** Numbers that a step gathers. */
  static final int GATHERED = 4 * Kernels.LANES;

  /** Numbers of its matrix. */
  static final int MATRIX = 4 * Kernels.STRIDE;

  SpinStep {
    factors = List.copyOf(factors);
  }

  /** Computes the matrix that the batch shares, once per call. */
  void prepare(Prepared prepared) {
    Spin.product(kernels, factors, prepared.trig, prepared.spin, prepared.matrices[shared]);
  }

  @Override
  public void forward(Workspace work) {
    kernels.apply(work.state.psi, plan, masks, matrix(work));
  }

  private double[] matrix(Workspace work) {
    if (shared >= 0) {
      return work.prepared.matrices[shared];
    }
    Spin.product(kernels, factors, work.state.trig, work.spin, work.matrix);
    return work.matrix;
  }

  @Override
  public void backward(Workspace work) {
    double[] psi = work.state.psi;
    if (shared >= 0) {
      kernels.takeBack(
          psi, work.lambda, plan, masks[1], matrix(work), work.partial.gather, shared * GATHERED);
      return;
    }
    double[] gather = work.gather;
    Arrays.fill(gather, 0);
    kernels.takeBack(psi, work.lambda, plan, masks[1], matrix(work), gather, 0);
    Spin.differentiate(kernels, factors, work.state.trig, gather, 0, work.spin, work);
  }

  /**
   * Adds the gradients of the weights.
   *
   * @param gather what all samples gathered, summed
   */
  void differentiateShared(Prepared prepared, double[] gather, double[] weights) {
    double[] sums = prepared.sums;
    Arrays.fill(sums, 0);
    for (int i = 0; i < GATHERED; i++) {
      sums[i - i % Kernels.LANES] += gather[shared * GATHERED + i];
    }
    Spin.differentiate(
        kernels,
        factors,
        prepared.trig,
        sums,
        0,
        prepared.spin,
        (factor, values, start, scale) -> {
          for (Angle angle : factor.angles()) {
            if (angle.source() == Angle.Source.WEIGHT) {
              weights[angle.index()] += angle.scale() * scale * values[start];
            }
          }
        });
  }

  @Override
  public String describe() {
    return "2x2 of "
        + factors.size()
        + " factors on "
        + plan.size()
        + " pairs, "
        + (shared < 0 ? "per sample" : "shared");
  }
}
