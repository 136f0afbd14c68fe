package org.ketloom.engine.densitymatrix;

/**
 * The expectation value of a trainable Hermitian H: the sum of its coefficients {@code tr(H P) /
 * 2^k} times those of the state.
 */
record HermitianReadout(int output, PauliBasis basis, int[] places, int firstEntry, String what)
    implements Readout {

  private double[] coefficients(Workspace work) {
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    double[] pauli = new double[basis.size()];
    HermitianEntries.matrix(
        basis.rows(), work.reader.inputs().hermitianEntries(), firstEntry, re, im);
    basis.traces(re, im, pauli);
    for (int s = 0; s < pauli.length; s++) {
      pauli[s] /= basis.rows();
    }
    return pauli;
  }

  @Override
  public void values(Workspace work, double[] lanes) {
    new LinearReadout(output, places, coefficients(work), what).values(work, lanes);
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    new LinearReadout(output, places, coefficients(work), what).backward(work, lanes);
    double[] pauli = new double[basis.size()];
    for (int s = 0; s < pauli.length; s++) {
      for (int l = 0; l < Kernels.LANES; l++) {
        pauli[s] +=
            lanes[output * Kernels.LANES + l]
                * work.read[places[s] * Kernels.LANES + l]
                / basis.rows();
      }
    }
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    basis.sum(pauli, re, im);
    HermitianEntries.derivatives(basis.rows(), re, im, pauli);
    for (int e = 0; e < pauli.length; e++) {
      work.partial.hermitianEntries[firstEntry + e] += pauli[e];
    }
  }

  @Override
  public double multiplyAdds() {
    return (double) basis.size() * Kernels.LANES;
  }
}
