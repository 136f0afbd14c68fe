package org.ketloom.nn;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;

/**
 * Range of the eigenvalues of all trainable Hermitians of a circuit: their expectation values can't
 * leave it, so that a range that runs away shows a training that does.
 *
 * @param least smallest eigenvalue
 * @param greatest largest eigenvalue
 */
public record Spectrum(double least, double greatest) {

  /**
   * The spectrum for given entries.
   *
   * @param circuit has at least one Hermitian
   * @param entries laid out as {@link Observable.Hermitian} says
   */
  static Spectrum of(Circuit circuit, double[] entries) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Hermitian hermitian) {
        double[] values = new EigenDecomposition(realForm(hermitian, entries)).getRealEigenvalues();
        for (double value : values) {
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
      }
    }
    return new Spectrum(least, greatest);
  }

  /** {@code [[A, -B], [B, A]]} of {@code A + iB}: symmetric, with every eigenvalue twice. */
  private static RealMatrix realForm(Observable.Hermitian hermitian, double[] entries) {
    int n = hermitian.dimension();
    RealMatrix matrix = new Array2DRowRealMatrix(2 * n, 2 * n);
    int diagonal = hermitian.firstEntry();
    int re = diagonal + n;
    int im = re + n * (n - 1) / 2;
    for (int i = 0; i < n; i++) {
      matrix.setEntry(i, i, entries[diagonal + i]);
      matrix.setEntry(n + i, n + i, entries[diagonal + i]);
      for (int j = i + 1; j < n; j++, re++, im++) {
        symmetric(matrix, i, j, entries[re]);
        symmetric(matrix, n + i, n + j, entries[re]);
        symmetric(matrix, i, n + j, -entries[im]);
        symmetric(matrix, j, n + i, entries[im]);
      }
    }
    return matrix;
  }

  private static void symmetric(RealMatrix matrix, int row, int column, double value) {
    matrix.setEntry(row, column, value);
    matrix.setEntry(column, row, value);
  }
}
