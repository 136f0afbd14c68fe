package org.ketloom.engine.statevector;

import java.util.List;

/** Reads Pauli strings one by one. */
record PauliReadout(Arithmetic arithmetic, Layout layout, List<PauliString> strings)
    implements Readout {

  /** Vectors that are summed up in the state's precision. */
  private static final int CHUNK = 1 << 8;

  @Override
  public void values(Workspace work, double[] sums) {
    int end = work.end(layout.vectors());
    for (int s = 0; s < strings.size(); s++) {
      PauliString string = strings.get(s);
      for (int v = work.first(layout.vectors()); v < end; v += CHUNK) {
        arithmetic
            .kernels()
            .pauliValue(work.state.psi, layout, string, v, Math.min(end, v + CHUNK), work.found);
        double[] found = arithmetic.storage().numbers(work.found, Kernels.LANES, work.foundNumbers);
        for (int l = 0; l < Kernels.LANES; l++) {
          sums[string.output() * Kernels.LANES + l] += string.laneFactor(layout, l) * found[l];
        }
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    int vectors = layout.vectors();
    for (int s = 0; s < strings.size(); s++) {
      PauliString string = strings.get(s);
      int lane = layout.lane(string.flip());
      for (int l = 0; l < Kernels.LANES; l++) {
        work.arranged[l] =
            string.laneFactor(layout, l ^ lane) * weights[string.output() * Kernels.LANES + l];
      }
      arithmetic
          .kernels()
          .addPauliTimesState(
              work.state.psi,
              work.lambda,
              layout,
              string,
              work.first(vectors),
              work.end(vectors),
              work.stored(work.arranged));
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
