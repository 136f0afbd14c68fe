package org.ketloom.engine.statevector;

import java.util.List;

/**
 * A fixed matrix of two rows: it gathers nothing on the way back.
 *
 * @param sets all the pairs
 * @param matrices for each of them the matrix as kernels take it
 * @param adjoints for each of them its adjoint
 */
record ConstantStep(
    Kernels<Object> kernels, List<PairSet> sets, List<Object> matrices, List<Object> adjoints)
    implements Step {

  /** From what {@link Su2Product#product} makes. */
  static ConstantStep of(Arithmetic arithmetic, List<PairSet> sets, double[] matrix) {
    double[] adjoint = new double[matrix.length];
    for (int e = 0; e < 4; e++) {
      int across = (e == 1 ? 2 : e == 2 ? 1 : e) * Kernels.STRIDE;
      for (int l = 0; l < Kernels.LANES; l++) {
        adjoint[across + l] = matrix[e * Kernels.STRIDE + l];
        adjoint[across + Kernels.LANES + l] = -matrix[e * Kernels.STRIDE + Kernels.LANES + l];
      }
    }
    return new ConstantStep(
        arithmetic.kernels(),
        List.copyOf(sets),
        sets.stream().map(s -> stored(arithmetic, s, matrix)).toList(),
        sets.stream().map(s -> stored(arithmetic, s, adjoint)).toList());
  }

  private static Object stored(Arithmetic arithmetic, PairSet set, double[] matrix) {
    return arithmetic
        .storage()
        .stored(
            set.arranged(matrix, new double[FusedGateStep.MATRIX]),
            FusedGateStep.MATRIX,
            arithmetic.storage().array(FusedGateStep.MATRIX));
  }

  @Override
  public void forward(Workspace work) {
    apply(work, work.state.psi, matrices);
  }

  @Override
  public void backward(Workspace work) {
    apply(work, work.state.psi, adjoints);
    apply(work, work.lambda, adjoints);
  }

  private void apply(Workspace work, Object state, List<Object> m) {
    for (int s = 0; s < sets.size(); s++) {
      kernels.applyPairs(state, sets.get(s), work.part, m.get(s));
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
