package org.ketloom.engine.densitymatrix;

/**
 * A real combination of coefficients.
 *
 * @param places where they lie
 * @param weights one for each
 */
record LinearReadout(int output, int[] places, double[] weights, String what) implements Readout {

  @Override
  public void values(Workspace work, double[] lanes) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double sum = 0;
      for (int p = 0; p < places.length; p++) {
        sum += weights[p] * work.read[places[p] * Kernels.LANES + l];
      }
      lanes[output * Kernels.LANES + l] = sum;
    }
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    for (int p = 0; p < places.length; p++) {
      for (int l = 0; l < Kernels.LANES; l++) {
        work.readDerivatives[places[p] * Kernels.LANES + l] +=
            weights[p] * lanes[output * Kernels.LANES + l];
      }
    }
  }

  @Override
  public double multiplyAdds() {
    return (double) places.length * Kernels.LANES;
  }
}
