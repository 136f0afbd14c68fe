package org.ketloom.engine.statevector;

import java.util.List;

/** Reads Pauli strings one by one. */
record PauliReadout(Kernels kernels, Layout layout, List<PauliString> strings) implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    for (PauliString string : strings) {
      kernels.addPauliValue(work.state.psi, layout, string, sums);
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    for (PauliString string : strings) {
      kernels.addPauliTimesState(work.state.psi, work.lambda, layout, string, weights);
    }
  }
}
