package org.ketloom.nn;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.DiagonalMatrix;
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
        for (double value : eigenvalues(hermitian, entries)) {
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
      }
    }
    return new Spectrum(least, greatest);
  }

  /**
   * What no eigenvalue's modulus is above, without computing them: the largest root of the sum of
   * squares of a matrix.
   *
   * @param entries laid out as {@link Observable.Hermitian} says
   * @return 0 if the circuit has no Hermitian
   */
  public static double bound(Circuit circuit, double[] entries) {
    double most = 0;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Hermitian hermitian) {
        // A NaN stays one, which Math.max sees to.
        most = Math.max(most, Math.sqrt(squares(hermitian, entries)));
      }
    }
    return most;
  }

  /** All eigenvalues of a Hermitian, each twice. */
  static double[] eigenvalues(Observable.Hermitian hermitian, double[] entries) {
    return new EigenDecomposition(realForm(hermitian, entries)).getRealEigenvalues();
  }

  /**
   * Sets eigenvalues beyond a bound to it, in place: of each Hermitian the nearest one (by the sum
   * of squared differences) whose eigenvalues lie within.
   *
   * @param bound largest modulus of an eigenvalue, positive
   * @return whether an entry changed
   */
  static boolean clip(Circuit circuit, double[] entries, double bound) {
    boolean changed = false;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Hermitian hermitian
          && squares(hermitian, entries) > bound * bound) {
        changed |= clip(hermitian, entries, bound);
      }
    }
    return changed;
  }

  private static double squares(Observable.Hermitian hermitian, double[] entries) {
    int n = hermitian.dimension();
    double sum = 0;
    for (int e = 0; e < hermitian.entries(); e++) {
      double value = entries[hermitian.firstEntry() + e];
      sum += (e < n ? 1 : 2) * value * value;
    }
    return sum;
  }

  private static boolean clip(Observable.Hermitian hermitian, double[] entries, double bound) {
    EigenDecomposition found = new EigenDecomposition(realForm(hermitian, entries));
    double[] values = found.getRealEigenvalues();
    boolean outside = false;
    for (int i = 0; i < values.length; i++) {
      outside |= Math.abs(values[i]) > bound;
      values[i] = Math.max(-bound, Math.min(bound, values[i]));
    }
    if (outside) {
      RealMatrix v = found.getV();
      RealMatrix clipped = v.multiply(new DiagonalMatrix(values)).multiply(v.transpose());
      int n = hermitian.dimension();
      int diagonal = hermitian.firstEntry();
      int re = diagonal + n;
      int im = re + n * (n - 1) / 2;
      for (int i = 0; i < n; i++) {
        entries[diagonal + i] = clipped.getEntry(i, i);
        for (int j = i + 1; j < n; j++, re++, im++) {
          entries[re] = clipped.getEntry(i, j);
          entries[im] = -clipped.getEntry(i, n + j);
        }
      }
    }
    return outside;
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
