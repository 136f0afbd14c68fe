package org.ketloom.engine.statevector;

/**
 * Reads the probabilities of the basis states of some wires.
 *
 * @param masks masks of those basis states, scaled by {@link Kernels#STRIDE}
 */
record ProbabilityReadout(Kernels kernels, IndexPlan plan, int[] masks) implements Readout {

  @Override
  public int outputs() {
    return masks.length;
  }

  @Override
  public void values(Workspace work, double[] sums) {
    kernels.addProbabilities(work.state.psi, plan, masks, sums);
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    kernels.addDiagonalTimesState(work.state.psi, work.lambda, plan, masks, weights);
  }
}
