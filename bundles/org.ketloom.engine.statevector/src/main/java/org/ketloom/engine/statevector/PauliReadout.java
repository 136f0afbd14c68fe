package org.ketloom.engine.statevector;

import java.util.List;

/** Reads Pauli strings one by one. */
record PauliReadout(Kernels kernels, int positions, List<PauliString> strings) implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    for (PauliString string : strings) {
      kernels.addPauliValue(work.state.psi, positions, string, sums);
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    for (PauliString string : strings) {
      kernels.addPauliTimesState(work.state.psi, work.lambda, positions, string, weights);
    }
  }
}
