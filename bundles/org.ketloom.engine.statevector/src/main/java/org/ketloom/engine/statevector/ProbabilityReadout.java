package org.ketloom.engine.statevector;

import java.util.Arrays;

/** Reads the probabilities of the basis states of some wires. */
final class ProbabilityReadout implements Readout {
  private final Storage<Object> storage;
  private final Groups groups;
  private final int start;
  private final Groups.Work values;
  private final Groups.Work backward;

  /**
   * Makes it.
   *
   * @param groups of those wires, in parts
   * @param output the first output
   */
  ProbabilityReadout(Arithmetic arithmetic, Groups groups, int output) {
    int[] masks = groups.tileMasks();
    Kernels<Object> kernels = arithmetic.kernels();
    this.storage = arithmetic.storage();
    this.groups = groups;
    this.start = output * Kernels.LANES;
    this.values =
        (work, psi, lambda, plan, part) -> {
          kernels.addProbabilities(psi, plan, part, masks, work.density);
          storage.carry(work.density, size(), work.densityNumbers);
        };
    this.backward =
        (work, psi, lambda, plan, part) ->
            kernels.addDiagonalTimesState(psi, lambda, plan, part, masks, work.weighted);
  }

  /** Numbers that {@link Workspace#density} needs. */
  int size() {
    return groups.masks().length * Kernels.LANES;
  }

  @Override
  public void values(Workspace work, double[] sums) {
    storage.fill(work.density, 0, size(), 0);
    Arrays.fill(work.densityNumbers, 0, size(), 0);
    for (work.part = work.first(groups.parts());
        work.part < work.end(groups.parts());
        work.part++) {
      groups.run(work.state.psi, work, Groups.Changed.NONE, values);
    }
    double[] found = storage.totals(work.density, work.densityNumbers);
    for (int i = 0; i < size(); i++) {
      sums[start + i] += found[i];
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    for (int i = 0; i < size(); i++) {
      storage.set(work.weighted, i, weights[start + i]);
    }
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
