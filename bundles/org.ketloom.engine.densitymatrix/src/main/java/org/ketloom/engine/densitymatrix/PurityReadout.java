package org.ketloom.engine.densitymatrix;

/** The purity of k wires: the sum of their coefficients' squares, divided by {@code 2^k}. */
record PurityReadout(int output, int[] places, int wires, String what) implements Readout {

  @Override
  public void values(Workspace work, double[] lanes) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double sum = 0;
      for (int place : places) {
        double value = work.read[place * Kernels.LANES + l];
        sum += value * value;
      }
      lanes[output * Kernels.LANES + l] = sum / (1 << wires);
    }
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    for (int place : places) {
      for (int l = 0; l < Kernels.LANES; l++) {
        int at = place * Kernels.LANES + l;
        work.readDerivatives[at] +=
            2 * work.read[at] * lanes[output * Kernels.LANES + l] / (1 << wires);
      }
    }
  }

  @Override
  public double multiplyAdds() {
    return (double) places.length * Kernels.LANES;
  }
}
