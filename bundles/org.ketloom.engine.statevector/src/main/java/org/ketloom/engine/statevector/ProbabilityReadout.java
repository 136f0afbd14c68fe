package org.ketloom.engine.statevector;

/** Reads the probabilities of the basis states of some wires. */
final class ProbabilityReadout implements Readout {
  private final Groups groups;
  private final Groups.Work values;
  private final Groups.Work backward;

  /**
   * Makes it.
   *
   * @param groups of those wires, in parts
   * @param output the first output
   */
  ProbabilityReadout(Kernels kernels, Groups groups, int output) {
    int[] masks = groups.tileMasks();
    int start = output * Kernels.LANES;
    this.groups = groups;
    this.values =
        (work, psi, lambda, plan, part) ->
            kernels.addProbabilities(psi, plan, part, masks, work.lanes, start);
    this.backward =
        (work, psi, lambda, plan, part) ->
            kernels.addDiagonalTimesState(psi, lambda, plan, part, masks, work.lanes, start);
  }

  @Override
  public void values(Workspace work, double[] sums) {
    for (work.part = work.first(groups.parts());
        work.part < work.end(groups.parts());
        work.part++) {
      groups.run(work.state.psi, null, work, Groups.Changed.NONE, values);
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    for (work.part = work.first(groups.parts());
        work.part < work.end(groups.parts());
        work.part++) {
      groups.run(work.state.psi, work.lambda, work, Groups.Changed.LAMBDA, backward);
    }
  }

  @Override
  public double multiplyAdds() {
    return 2.0 * groups.amplitudes();
  }

  @Override
  public String what() {
    return groups.masks().length + " probabilities";
  }

  @Override
  public String describe() {
    return "sums of squares" + groups.describe();
  }
}
