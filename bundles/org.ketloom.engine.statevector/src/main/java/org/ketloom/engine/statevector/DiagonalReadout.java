package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Reads all strings of Z at once: their expectation values are entries of the Walsh transform of
 * the probabilities, whichever strings they are. Comes before other readouts, because its backward
 * pass sets lambda where others add to it; its forward pass uses lambda's memory.
 */
record DiagonalReadout(Kernels kernels, Layout layout, List<PauliString> strings)
    implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    double[] transform = work.lambda;
    kernels.moduli(work.state.psi, layout.vectors(), transform);
    kernels.walsh(transform, 0, layout.vectors());
    for (PauliString string : strings) {
      int from = layout.high(string.signs()) * Kernels.LANES;
      for (int l = 0; l < Kernels.LANES; l++) {
        sums[string.output() * Kernels.LANES + l] +=
            string.laneFactor(layout, l) * transform[from + l];
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    int start = layout.vectors() * Kernels.LANES;
    Arrays.fill(work.lambda, start, 2 * start, 0);
    for (PauliString string : strings) {
      int to = start + layout.high(string.signs()) * Kernels.LANES;
      for (int l = 0; l < Kernels.LANES; l++) {
        work.lambda[to + l] +=
            string.laneFactor(layout, l) * weights[string.output() * Kernels.LANES + l];
      }
    }
    kernels.walsh(work.lambda, start, layout.vectors());
    kernels.diagonalTimesState(work.state.psi, work.lambda, layout.vectors());
  }
}
