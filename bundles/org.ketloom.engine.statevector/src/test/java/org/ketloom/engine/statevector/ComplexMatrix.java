package org.ketloom.engine.statevector;

/**
 * Dense complex matrices as in a textbook; a vector is a matrix of one column. The textbook
 * simulators of the engines compute with them.
 */
public record ComplexMatrix(int rows, int columns, double[] re, double[] im) {

  public static ComplexMatrix zero(int rows, int columns) {
    return new ComplexMatrix(rows, columns, new double[rows * columns], new double[rows * columns]);
  }

  /** A square matrix; entries as real and imaginary parts in turn. */
  public static ComplexMatrix of(double... entries) {
    int n = (int) Math.round(Math.sqrt(entries.length / 2.0));
    ComplexMatrix m = zero(n, n);
    for (int i = 0; i < n * n; i++) {
      m.re[i] = entries[2 * i];
      m.im[i] = entries[2 * i + 1];
    }
    return m;
  }

  public static ComplexMatrix identity(int n) {
    ComplexMatrix m = zero(n, n);
    for (int i = 0; i < n; i++) {
      m.re[i * n + i] = 1;
    }
    return m;
  }

  public ComplexMatrix times(ComplexMatrix b) {
    ComplexMatrix m = zero(rows, b.columns);
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        double ar = re[i * columns + k];
        double ai = im[i * columns + k];
        if (ar == 0 && ai == 0) {
          continue;
        }
        for (int j = 0; j < b.columns; j++) {
          double br = b.re[k * b.columns + j];
          double bi = b.im[k * b.columns + j];
          m.re[i * b.columns + j] += ar * br - ai * bi;
          m.im[i * b.columns + j] += ar * bi + ai * br;
        }
      }
    }
    return m;
  }

  public ComplexMatrix plus(ComplexMatrix b) {
    ComplexMatrix m = zero(rows, columns);
    for (int i = 0; i < re.length; i++) {
      m.re[i] = re[i] + b.re[i];
      m.im[i] = im[i] + b.im[i];
    }
    return m;
  }

  public ComplexMatrix times(double factorRe, double factorIm) {
    ComplexMatrix m = zero(rows, columns);
    for (int i = 0; i < re.length; i++) {
      m.re[i] = re[i] * factorRe - im[i] * factorIm;
      m.im[i] = re[i] * factorIm + im[i] * factorRe;
    }
    return m;
  }

  /** Kronecker product; this matrix is the more significant. */
  public ComplexMatrix kron(ComplexMatrix b) {
    ComplexMatrix m = zero(rows * b.rows, columns * b.columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double ar = re[i * columns + j];
        double ai = im[i * columns + j];
        if (ar == 0 && ai == 0) {
          continue;
        }
        for (int k = 0; k < b.rows; k++) {
          for (int l = 0; l < b.columns; l++) {
            int to = (i * b.rows + k) * m.columns + j * b.columns + l;
            double br = b.re[k * b.columns + l];
            double bi = b.im[k * b.columns + l];
            m.re[to] = ar * br - ai * bi;
            m.im[to] = ar * bi + ai * br;
          }
        }
      }
    }
    return m;
  }

  /** Real part of {@code <this|b>}, for vectors. */
  public double realInner(ComplexMatrix b) {
    double sum = 0;
    for (int i = 0; i < re.length; i++) {
      sum += re[i] * b.re[i] + im[i] * b.im[i];
    }
    return sum;
  }

  /** The conjugate transpose. */
  public ComplexMatrix adjoint() {
    ComplexMatrix m = zero(columns, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        m.re[j * rows + i] = re[i * columns + j];
        m.im[j * rows + i] = -im[i * columns + j];
      }
    }
    return m;
  }

  /** This matrix times the root of a number. */
  public ComplexMatrix root(double squared) {
    return times(Math.sqrt(squared), 0);
  }
}
