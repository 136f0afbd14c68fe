package org.ketloom.engine.statevector;

/**
 * Reads the amplitudes of the whole state: all real parts, then all imaginary parts.
 *
 * @param places where the basis states lie
 * @param width samples at each place
 * @param output the first output
 */
record AmplitudeReadout(Storage<Object> storage, int[] places, int width, int output)
    implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    Object psi = work.state.psi;
    int end = work.end(places.length);
    for (int x = work.first(places.length); x < end; x++) {
      int re = (output + x) * Kernels.LANES;
      int im = re + places.length * Kernels.LANES;
      for (int l = 0; l < width; l++) {
        sums[re + l] += storage.get(psi, places[x] + l);
        sums[im + l] += storage.get(psi, places[x] + Kernels.LANES + l);
      }
    }
  }

  /** Of an expectation value lambda is half of the gradient by the state, so here too. */
  @Override
  public void backward(Workspace work, double[] weights) {
    Object lambda = work.lambda;
    int end = work.end(places.length);
    for (int x = work.first(places.length); x < end; x++) {
      int re = (output + x) * Kernels.LANES;
      int im = re + places.length * Kernels.LANES;
      for (int l = 0; l < width; l++) {
        add(lambda, places[x] + l, 0.5 * weights[re + l]);
        add(lambda, places[x] + Kernels.LANES + l, 0.5 * weights[im + l]);
      }
    }
  }

  private void add(Object to, int at, double value) {
    storage.set(to, at, storage.get(to, at) + value);
  }

  @Override
  public double multiplyAdds() {
    return 2.0 * places.length;
  }

  @Override
  public String what() {
    return places.length + " amplitudes";
  }

  @Override
  public String describe() {
    return "copies";
  }
}
