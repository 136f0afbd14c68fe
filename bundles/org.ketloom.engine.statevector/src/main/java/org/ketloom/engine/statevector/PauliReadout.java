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
  public double multiplyAdds() {
    return 3.0 * Kernels.LANES * layout.vectors() * strings.size();
  }

  @Override
  public String what() {
    return strings.size() + (strings.size() == 1 ? " Pauli string" : " Pauli strings");
  }

  @Override
  public String describe() {
    return "one by one";
  }
}
