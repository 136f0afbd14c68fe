package org.ketloom.engine.densitymatrix;

/**
 * Hermitian matrices as the real numbers of {@link org.ketloom.api.circuit.Observable.Hermitian}:
 * the diagonal, then the real parts of the upper triangle row by row, then its imaginary parts.
 */
final class HermitianEntries {

  private HermitianEntries() {}

  /** Fills in the matrix. */
  static void matrix(int rows, double[] entries, int first, double[] re, double[] im) {
    int real = first + rows;
    int imaginary = real + rows * (rows - 1) / 2;
    for (int i = 0; i < rows; i++) {
      re[i * rows + i] = entries[first + i];
      im[i * rows + i] = 0;
      for (int j = i + 1; j < rows; j++, real++, imaginary++) {
        re[i * rows + j] = re[j * rows + i] = entries[real];
        im[i * rows + j] = entries[imaginary];
        im[j * rows + i] = -entries[imaginary];
      }
    }
  }

  /** The entries of a matrix. */
  static void entries(int rows, double[] re, double[] im, double[] entries) {
    int real = rows;
    int imaginary = real + rows * (rows - 1) / 2;
    for (int i = 0; i < rows; i++) {
      entries[i] = re[i * rows + i];
      for (int j = i + 1; j < rows; j++, real++, imaginary++) {
        entries[real] = re[i * rows + j];
        entries[imaginary] = im[i * rows + j];
      }
    }
  }

  /** Derivatives of {@code tr(A H)} by the entries of H. */
  static void derivatives(int rows, double[] re, double[] im, double[] derivatives) {
    entries(rows, re, im, derivatives);
    for (int e = rows; e < derivatives.length; e++) {
      derivatives[e] *= 2;
    }
  }

  /**
   * The matrix A whose {@code tr(A rho)} is the sum of the entries of rho times given weights: the
   * transpose of {@link #derivatives}.
   */
  static void weighted(int rows, double[] weights, double[] re, double[] im) {
    matrix(rows, weights, 0, re, im);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        if (i != j) {
          re[i * rows + j] /= 2;
          im[i * rows + j] /= 2;
        }
      }
    }
  }
}
