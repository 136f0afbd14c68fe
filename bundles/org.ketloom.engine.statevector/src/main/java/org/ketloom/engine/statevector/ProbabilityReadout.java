package org.ketloom.engine.statevector;

/**
 * Reads the probabilities of the basis states of some wires.
 *
 * @param masks masks of those basis states, as places
 * @param width samples at each place
 * @param output the first output
 */
record ProbabilityReadout(Kernels kernels, IndexPlan plan, int[] masks, int width, int output)
    implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    kernels.addProbabilities(work.state.psi, plan, masks, width, sums, output * Kernels.LANES);
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    kernels.addDiagonalTimesState(
        work.state.psi, work.lambda, plan, masks, width, weights, output * Kernels.LANES);
  }
}
