package org.ketloom.engine.statevector;

/**
 * Reads the amplitudes of the whole state: all real parts, then all imaginary parts.
 *
 * @param places where the basis states lie
 * @param width samples at each place
 * @param output the first output
 */
record AmplitudeReadout(int[] places, int width, int output) implements Readout {

  @Override
  public void values(Workspace work, double[] sums) {
    double[] psi = work.state.psi;
    int end = work.end(places.length);
    for (int x = work.first(places.length); x < end; x++) {
      int re = (output + x) * Kernels.LANES;
      int im = re + places.length * Kernels.LANES;
      for (int l = 0; l < width; l++) {
        sums[re + l] += psi[places[x] + l];
        sums[im + l] += psi[places[x] + Kernels.LANES + l];
      }
    }
  }

  /** Of an expectation value lambda is half of the gradient by the state, so here too. */
  @Override
  public void backward(Workspace work, double[] weights) {
    double[] lambda = work.lambda;
    int end = work.end(places.length);
    for (int x = work.first(places.length); x < end; x++) {
      int re = (output + x) * Kernels.LANES;
      int im = re + places.length * Kernels.LANES;
      for (int l = 0; l < width; l++) {
        lambda[places[x] + l] += 0.5 * weights[re + l];
        lambda[places[x] + Kernels.LANES + l] += 0.5 * weights[im + l];
      }
    }
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
