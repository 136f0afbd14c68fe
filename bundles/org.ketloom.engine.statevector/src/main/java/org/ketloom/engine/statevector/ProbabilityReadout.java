package org.ketloom.engine.statevector;

/**
 * Reads the probabilities of the basis states of some wires.
 *
 * @param masks masks of those basis states, scaled by {@link Kernels#STRIDE}
 * @param output the first output
 */
record ProbabilityReadout(Kernels kernels, IndexPlan plan, int[] masks, int output)
    implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    kernels.addProbabilities(work.state.psi, plan, masks, sums, output * Kernels.LANES);
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    kernels.addDiagonalTimesState(
        work.state.psi, work.lambda, plan, masks, weights, output * Kernels.LANES);
  }
}
