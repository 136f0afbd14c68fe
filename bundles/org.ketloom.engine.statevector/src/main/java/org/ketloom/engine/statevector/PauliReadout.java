package org.ketloom.engine.statevector;

import java.util.List;

/** Reads Pauli strings one by one. */
record PauliReadout(Kernels kernels, Layout layout, List<PauliString> strings) implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    int vectors = layout.vectors();
    for (int s = 0; s < strings.size(); s++) {
      kernels.addPauliValue(
          work.state.psi,
          layout,
          strings.get(s),
          work.first(vectors),
          work.end(vectors),
          work.found,
          sums);
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    int vectors = layout.vectors();
    for (int s = 0; s < strings.size(); s++) {
      kernels.addPauliTimesState(
          work.state.psi,
          work.lambda,
          layout,
          strings.get(s),
          work.first(vectors),
          work.end(vectors),
          work.found,
          weights);
    }
  }

  @Override
  public String describe() {
    return strings.size() + " Pauli strings one by one";
  }
}
