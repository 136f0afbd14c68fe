package org.ketloom.engine.densitymatrix;

/** The probability that all post-selections succeed. */
record SuccessReadout(int output) implements Readout {

  @Override
  public void values(Workspace work, double[] lanes) {
    System.arraycopy(work.probability, 0, lanes, output * Kernels.LANES, Kernels.LANES);
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    for (int l = 0; l < Kernels.LANES; l++) {
      work.probabilityDerivatives[l] += lanes[output * Kernels.LANES + l];
    }
  }

  @Override
  public double multiplyAdds() {
    return 0;
  }

  @Override
  public String what() {
    return "success probability";
  }
}
