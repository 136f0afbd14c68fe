package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Reads all strings of Z at once: their expectation values are entries of the Walsh transform of
 * the probabilities, whichever strings they are. Comes before other readouts, because its backward
 * pass sets lambda where others add to it; its forward pass uses lambda's memory.
 */
record DiagonalReadout(Kernels kernels, int positions, List<PauliString> strings)
    implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    double[] transform = work.lambda;
    kernels.moduli(work.state.psi, positions, transform);
    kernels.walsh(transform, 0, positions);
    for (PauliString string : strings) {
      double factor = factor(string);
      for (int l = 0; l < Kernels.LANES; l++) {
        sums[string.output() * Kernels.LANES + l] +=
            factor * transform[string.signs() * Kernels.LANES + l];
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    int start = positions * Kernels.LANES;
    Arrays.fill(work.lambda, start, 2 * start, 0);
    for (PauliString string : strings) {
      double factor = factor(string);
      for (int l = 0; l < Kernels.LANES; l++) {
        work.lambda[start + string.signs() * Kernels.LANES + l] +=
            factor * weights[string.output() * Kernels.LANES + l];
      }
    }
    kernels.walsh(work.lambda, start, positions);
    kernels.diagonalTimesState(work.state.psi, work.lambda, positions);
  }

  private static double factor(PauliString string) {
    return string.signOffset() == 0 ? string.coefficient() : -string.coefficient();
  }
}
