package org.ketloom.engine.statevector;

/** A fixed unitary on two wires. */
final class UnitaryStep implements Step {
  private final Groups groups;
  private final Groups.Work forward;
  private final Groups.Work backward;

  /**
   * Makes it.
   *
   * @param entries real and imaginary parts in turn, row-major
   */
  UnitaryStep(Arithmetic arithmetic, Groups groups, double[] entries) {
    int dim = groups.masks().length;
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
    int[] masks = groups.tileMasks();
    Kernels<Object> kernels = arithmetic.kernels();
    Storage<Object> storage = arithmetic.storage();
    Object stored = storage.stored(matrix, matrix.length, storage.array(matrix.length));
    Object adjointStored = storage.stored(adjoint, matrix.length, storage.array(matrix.length));
    this.groups = groups;
    this.forward =
        (work, psi, lambda, plan, part) -> kernels.apply4(psi, plan, part, masks, stored);
    this.backward =
        (work, psi, lambda, plan, part) -> {
          kernels.apply4(psi, plan, part, masks, adjointStored);
          kernels.apply4(lambda, plan, part, masks, adjointStored);
        };
  }

  @Override
  public void forward(Workspace work) {
    groups.run(work.state.psi, work, Groups.Changed.ALL, forward);
  }

  @Override
  public void backward(Workspace work) {
    groups.run(work.state.psi, work.lambda, work, Groups.Changed.ALL, backward);
  }

  @Override
  public double multiplyAdds() {
    return 16.0 * groups.amplitudes();
  }

  @Override
  public String describe() {
    return "4x4 constant" + groups.describe();
  }
}
