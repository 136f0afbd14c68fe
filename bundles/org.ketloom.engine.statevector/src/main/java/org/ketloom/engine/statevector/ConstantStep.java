package org.ketloom.engine.statevector;

import java.util.List;

/**
 * A fixed matrix of two rows: it gathers nothing on the way back.
 *
 * @param sets all the pairs
 * @param matrix in the form of {@link Kernels}
 * @param adjoint its adjoint
 */
record ConstantStep(Kernels kernels, List<PairSet> sets, double[] matrix, double[] adjoint)
    implements Step {

  /** From what {@link Spin#product} makes. */
  static ConstantStep of(Kernels kernels, List<PairSet> sets, double[] matrix) {
    double[] adjoint = new double[matrix.length];
    for (int e = 0; e < 4; e++) {
      int across = (e == 1 ? 2 : e == 2 ? 1 : e) * Kernels.STRIDE;
      for (int l = 0; l < Kernels.LANES; l++) {
        adjoint[across + l] = matrix[e * Kernels.STRIDE + l];
        adjoint[across + Kernels.LANES + l] = -matrix[e * Kernels.STRIDE + Kernels.LANES + l];
      }
    }
    return new ConstantStep(kernels, List.copyOf(sets), matrix, adjoint);
  }

  @Override
  public void forward(Workspace work) {
    apply(work, work.state.psi, matrix);
  }

  @Override
  public void backward(Workspace work) {
    apply(work, work.state.psi, adjoint);
    apply(work, work.lambda, adjoint);
  }

  private void apply(Workspace work, double[] state, double[] m) {
    for (int s = 0; s < sets.size(); s++) {
      PairSet set = sets.get(s);
      kernels.applyPairs(state, set, work.part, set.arranged(m, work.arranged));
    }
  }

  @Override
  public double multiplyAdds() {
    return 16.0 * Kernels.LANES * sets.stream().mapToInt(s -> s.plan().size()).sum();
  }

  @Override
  public String describe() {
    return "2x2 constant"
        + (sets.stream().anyMatch(s -> s.maskLane() != 0) ? ", across lanes" : "");
  }
}
