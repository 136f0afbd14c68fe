package org.ketloom.engine.densitymatrix;

/** The entries of some wires' density matrix. */
record DensityReadout(int output, PauliBasis basis, int[] places, String what) implements Readout {

  @Override
  public void values(Workspace work, double[] lanes) {
    double[] pauli = new double[basis.size()];
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int s = 0; s < pauli.length; s++) {
        pauli[s] = work.read[places[s] * Kernels.LANES + l] / basis.rows();
      }
      basis.sum(pauli, re, im);
      HermitianEntries.entries(basis.rows(), re, im, pauli);
      for (int e = 0; e < pauli.length; e++) {
        lanes[(output + e) * Kernels.LANES + l] = pauli[e];
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    double[] pauli = new double[basis.size()];
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int e = 0; e < pauli.length; e++) {
        pauli[e] = lanes[(output + e) * Kernels.LANES + l];
      }
      HermitianEntries.weighted(basis.rows(), pauli, re, im);
      basis.traces(re, im, pauli);
      for (int s = 0; s < pauli.length; s++) {
        work.readDerivatives[places[s] * Kernels.LANES + l] += pauli[s] / basis.rows();
      }
    }
  }

  @Override
  public double multiplyAdds() {
    return 2.0 * basis.wires() * basis.size() * Kernels.LANES;
  }
}
