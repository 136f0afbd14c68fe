package org.ketloom.engine.statevector;

/**
 * A fixed matrix of 2 or 4 rows.
 *
 * @param masks masks of its basis states, as places
 * @param width samples at each place
 * @param matrix in the form of {@link Kernels}
 * @param adjoint its adjoint
 */
record ConstantStep(
    Kernels kernels, IndexPlan plan, int[] masks, int width, double[] matrix, double[] adjoint)
    implements Step {

  /** From a matrix, real and imaginary parts in turn, row-major. */
  static ConstantStep of(
      Kernels kernels, IndexPlan plan, int[] masks, int width, double[] entries) {
    int dim = masks.length;
    double[] matrix = new double[dim * dim * Kernels.STRIDE];
    double[] adjoint = new double[matrix.length];
    for (int r = 0; r < dim; r++) {
      for (int c = 0; c < dim; c++) {
        int e = 2 * (r * dim + c);
        for (int l = 0; l < Kernels.LANES; l++) {
          int at = (r * dim + c) * Kernels.STRIDE + l;
          int across = (c * dim + r) * Kernels.STRIDE + l;
          matrix[at] = entries[e];
          matrix[at + Kernels.LANES] = entries[e + 1];
          adjoint[across] = entries[e];
          adjoint[across + Kernels.LANES] = -entries[e + 1];
        }
      }
    }
    return new ConstantStep(kernels, plan, masks, width, matrix, adjoint);
  }

  @Override
  public void forward(Workspace work) {
    kernels.apply(work.state.psi, plan, masks, width, matrix);
  }

  @Override
  public void backward(Workspace work) {
    kernels.apply(work.state.psi, plan, masks, width, adjoint);
    kernels.apply(work.lambda, plan, masks, width, adjoint);
  }

  @Override
  public String describe() {
    return "constant " + masks.length + "x" + masks.length + " on " + plan.size() + " groups";
  }
}
