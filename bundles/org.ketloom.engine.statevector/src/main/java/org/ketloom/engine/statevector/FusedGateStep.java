package org.ketloom.engine.statevector;

import java.util.List;

/**
 * A fused gate: a matrix of two rows on some pairs of amplitudes. The derivation of its backward
 * sweep is in ADJOINT.md.
 *
 * @param sets all the pairs
 * @param gate the matrix
 */
record FusedGateStep(Arithmetic arithmetic, List<PairSet> sets, FusedGate gate) implements Step {

  /** Numbers that a step gathers. */
  static final int GATHERED = 4 * Kernels.LANES;

  /** Numbers of its matrix. */
  static final int MATRIX = 4 * Kernels.STRIDE;

  FusedGateStep {
    sets = List.copyOf(sets);
  }

  @Override
  public void forward(Workspace work) {
    double[] matrix = gate.matrix(arithmetic.su2(), work);
    for (int s = 0; s < sets.size(); s++) {
      PairSet set = sets.get(s);
      arithmetic
          .kernels()
          .applyPairs(
              work.state.psi, set, work.part, work.stored(set.arranged(matrix, work.arranged)));
    }
  }

  @Override
  public void backward(Workspace work) {
    double[] matrix = gate.matrix(arithmetic.su2(), work);
    double[] gather = gate.gather(work);
    int start = gate.gatherStart(work);
    for (int s = 0; s < sets.size(); s++) {
      PairSet set = sets.get(s);
      arithmetic.storage().fill(work.found, 0, GATHERED, 0);
      arithmetic
          .kernels()
          .applyAdjoint(
              work.state.psi,
              work.lambda,
              set,
              work.part,
              work.stored(set.arranged(matrix, work.arranged)),
              work.found);
      set.addGathered(
          arithmetic.storage().numbers(work.found, GATHERED, work.foundNumbers), gather, start);
    }
    gate.gathered(arithmetic.su2(), work);
  }

  @Override
  public double multiplyAdds() {
    return 16.0 * Kernels.LANES * sets.stream().mapToInt(s -> s.plan().size()).sum();
  }

  @Override
  public String describe() {
    return "2x2 "
        + (gate.perSample() ? "per sample" : "shared")
        + (sets.stream().anyMatch(s -> s.maskLane() != 0) ? ", across lanes" : "");
  }
}
