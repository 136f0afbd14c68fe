package org.ketloom.engine.statevector;

import java.util.List;
import org.ketloom.api.circuit.Angle;

/**
 * A fused gate: a matrix of 2 or 4 rows on the positions of a plan, the product of factors. The
 * derivation of its backward sweep is in ADJOINT.md.
 *
 * @param masks masks of the basis states, scaled by {@link Kernels#STRIDE}
 * @param factors the first acts first
 * @param shared number of the step among those whose matrix the batch shares; -1 if it differs
 *     between samples
 * @param gatherStart where the step gathers in {@link Partial#gather}; -1 if nothing is to be
 *     gathered there
 */
record MatrixStep(
    Kernels kernels, IndexPlan plan, int[] masks, List<Factor> factors, int shared, int gatherStart)
    implements Step {

  MatrixStep {
    factors = List.copyOf(factors);
  }

  /** Whether nothing in it is ever differentiated. */
  static boolean isConstant(List<Factor> factors) {
    return factors.stream()
        .allMatch(f -> !f.hasAngle() || f.angle().source() == Angle.Source.CONSTANT);
  }

  int dim() {
    return masks.length;
  }

  /** Numbers that the step gathers per lane. */
  static int gatherSize(int dim) {
    return dim * dim * Kernels.LANES;
  }

  /** Computes the matrix that the batch shares, once per call. */
  void prepare(Prepared prepared) {
    int dim = dim();
    double[] narrow = new double[2 * dim * dim];
    SmallMatrices.product(factors, dim, prepared.trig, 1, narrow, new double[2 * dim * dim]);
    double[] wide = prepared.matrices[shared];
    for (int i = 0; i < narrow.length; i++) {
      java.util.Arrays.fill(wide, i * Kernels.LANES, (i + 1) * Kernels.LANES, narrow[i]);
    }
    if (gatherStart < 0) {
      double[] adjoint = prepared.adjoints[shared];
      for (int r = 0; r < dim; r++) {
        for (int c = 0; c < dim; c++) {
          for (int l = 0; l < Kernels.LANES; l++) {
            int to = (r * dim + c) * Kernels.STRIDE + l;
            int from = (c * dim + r) * Kernels.STRIDE + l;
            adjoint[to] = wide[from];
            adjoint[to + Kernels.LANES] = -wide[from + Kernels.LANES];
          }
        }
      }
    }
  }

  @Override
  public void forward(Workspace work) {
    kernels.apply(work.state.psi, plan, masks, matrix(work));
  }

  private double[] matrix(Workspace work) {
    if (shared >= 0) {
      return work.prepared.matrices[shared];
    }
    SmallMatrices.product(
        factors, dim(), work.state.trig, Kernels.LANES, work.matrix, work.scratch);
    return work.matrix;
  }

  @Override
  public void backward(Workspace work) {
    double[] psi = work.state.psi;
    if (shared >= 0 && gatherStart < 0) {
      kernels.apply(psi, plan, masks, work.prepared.adjoints[shared]);
      kernels.apply(work.lambda, plan, masks, work.prepared.adjoints[shared]);
    } else if (shared >= 0) {
      kernels.takeBack(
          psi, work.lambda, plan, masks, matrix(work), work.partial.gather, gatherStart);
    } else {
      java.util.Arrays.fill(work.gather, 0, gatherSize(dim()), 0);
      kernels.takeBack(psi, work.lambda, plan, masks, matrix(work), work.gather, 0);
      differentiatePerSample(work);
    }
  }

  private void differentiatePerSample(Workspace work) {
    int dim = dim();
    SmallMatrices.hermitian(work.gather, 0, dim, Kernels.LANES, work.matrix);
    for (Factor factor : factors) {
      SmallMatrices.conjugate(
          factor, dim, work.state.trig, Kernels.LANES, work.matrix, work.scratch);
      if (factor.hasAngle()) {
        for (int l = 0; l < work.count; l++) {
          work.addAngleGradient(
              factor.angle(),
              l,
              SmallMatrices.derivative(factor, dim, Kernels.LANES, work.matrix, l));
        }
      }
    }
  }

  /**
   * Adds the gradients of the weights.
   *
   * @param gather what all samples gathered, summed
   */
  void differentiateShared(Prepared prepared, double[] gather, double[] weights) {
    if (gatherStart < 0) {
      return;
    }
    int dim = dim();
    double[] sums = new double[dim * dim];
    for (int i = 0; i < sums.length; i++) {
      for (int l = 0; l < Kernels.LANES; l++) {
        sums[i] += gather[gatherStart + i * Kernels.LANES + l];
      }
    }
    double[] q = new double[2 * dim * dim];
    double[] scratch = new double[2 * dim * dim];
    SmallMatrices.hermitian(sums, 0, dim, 1, q);
    for (Factor factor : factors) {
      SmallMatrices.conjugate(factor, dim, prepared.trig, 1, q, scratch);
      if (factor.hasAngle() && factor.angle().source() == Angle.Source.WEIGHT) {
        weights[factor.angle().index()] +=
            factor.angle().scale() * SmallMatrices.derivative(factor, dim, 1, q, 0);
      }
    }
  }

  @Override
  public String describe() {
    return dim()
        + "x"
        + dim()
        + " of "
        + factors.size()
        + " gates on "
        + plan.size()
        + " groups, "
        + (shared < 0 ? "per sample" : gatherStart < 0 ? "constant" : "shared");
  }
}
