package org.ketloom.bench;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Figures of one pure state among those of a batch, as an engine gives them: 2^n real parts, then
 * as many imaginary ones; wire 0 is the most significant bit.
 *
 * @param amplitudes of the whole batch
 * @param offset where this state's begin
 * @param wires n
 */
record PureState(double[] amplitudes, int offset, int wires) {

  private int dimension() {
    return 1 << wires;
  }

  private double re(int i) {
    return amplitudes[offset + i];
  }

  private double im(int i) {
    return amplitudes[offset + dimension() + i];
  }

  /** {@code |<a|b>|^2}. */
  double fidelity(PureState other) {
    double re = 0;
    double im = 0;
    for (int i = 0; i < dimension(); i++) {
      re += re(i) * other.re(i) + im(i) * other.im(i);
      im += re(i) * other.im(i) - im(i) * other.re(i);
    }
    return re * re + im * im;
  }

  /** The Bloch vector of a wire's reduced state: expectation values of X, Y and Z. */
  double[] bloch(int wire) {
    int bit = dimension() >> (wire + 1);
    double x = 0;
    double y = 0;
    double z = 0;
    for (int i = 0; i < dimension(); i++) {
      if ((i & bit) == 0) {
        int j = i | bit;
        x += re(i) * re(j) + im(i) * im(j);
        y += re(i) * im(j) - im(i) * re(j);
        z += re(i) * re(i) + im(i) * im(i) - re(j) * re(j) - im(j) * im(j);
      }
    }
    return new double[] {2 * x, 2 * y, z};
  }

  /** {@code 2 (1 - mean over wires of Tr rho_k^2)}, which is 1 less the mean squared radius. */
  double meyerWallach() {
    double squares = 0;
    for (int wire = 0; wire < wires; wire++) {
      double[] r = bloch(wire);
      squares += r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    }
    return Math.max(0, 1 - squares / wires);
  }

  /** The entropy of entanglement, in bits, between the first wires and the others. */
  double entropy(int first) {
    boolean fewer = 2 * first <= wires;
    int kept = 1 << (fewer ? first : wires - first);
    int traced = dimension() / kept;
    // A Hermitian matrix a + ib has the eigenvalues of the symmetric [a, -b; b, a], each twice, and
    // these aren't negative, so that they are its singular values.
    double[][] rho = new double[2 * kept][2 * kept];
    for (int row = 0; row < kept; row++) {
      for (int column = 0; column < kept; column++) {
        double re = 0;
        double im = 0;
        for (int t = 0; t < traced; t++) {
          int i = fewer ? row * traced + t : t * kept + row;
          int j = fewer ? column * traced + t : t * kept + column;
          re += re(i) * re(j) + im(i) * im(j);
          im += im(i) * re(j) - re(i) * im(j);
        }
        rho[row][column] = re;
        rho[row + kept][column + kept] = re;
        rho[row][column + kept] = -im;
        rho[row + kept][column] = im;
      }
    }
    double entropy = 0;
    for (double value :
        new SingularValueDecomposition(new Array2DRowRealMatrix(rho, false)).getSingularValues()) {
      entropy -= value > 0 ? value * Math.log(value) / Math.log(2) / 2 : 0;
    }
    return entropy;
  }
}
