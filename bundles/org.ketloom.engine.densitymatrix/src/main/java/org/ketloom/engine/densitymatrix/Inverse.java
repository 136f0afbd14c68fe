package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.Optional;

/**
 * The inverse of a constant map of Pauli coefficients.
 *
 * @param matrix row-major
 * @param amplification an upper bound of its spectral norm: how much longer rounding errors can be
 *     after it than before
 */
record Inverse(double[] matrix, double amplification) {
  /** Times that a matrix is squared, so that the bound of its norm is close. */
  private static final int SQUARINGS = 3;

  /**
   * Inverts a matrix, by Gauss and Jordan with pivots.
   *
   * @return empty if it is singular
   */
  static Optional<Inverse> of(double[] matrix, int size) {
    double[] left = matrix.clone();
    double[] right = new double[size * size];
    for (int i = 0; i < size; i++) {
      right[i * size + i] = 1;
    }
    for (int k = 0; k < size; k++) {
      int pivot = k;
      for (int i = k + 1; i < size; i++) {
        if (Math.abs(left[i * size + k]) > Math.abs(left[pivot * size + k])) {
          pivot = i;
        }
      }
      double value = left[pivot * size + k];
      if (value == 0) {
        return Optional.empty();
      }
      exchange(left, size, k, pivot);
      exchange(right, size, k, pivot);
      for (int j = 0; j < size; j++) {
        left[k * size + j] /= value;
        right[k * size + j] /= value;
      }
      for (int i = 0; i < size; i++) {
        double factor = left[i * size + k];
        if (i != k && factor != 0) {
          for (int j = 0; j < size; j++) {
            left[i * size + j] -= factor * left[k * size + j];
            right[i * size + j] -= factor * right[k * size + j];
          }
        }
      }
    }
    double norm = norm(right, size);
    return norm < Double.POSITIVE_INFINITY
        ? Optional.of(new Inverse(right, norm))
        : Optional.empty();
  }

  private static void exchange(double[] rows, int size, int a, int b) {
    for (int j = 0; j < size; j++) {
      double old = rows[a * size + j];
      rows[a * size + j] = rows[b * size + j];
      rows[b * size + j] = old;
    }
  }

  /**
   * With {@code B = A^T A}, {@code |A|^2} is the largest eigenvalue of B, and its power k that of
   * {@code B^k}, which no row's sum of magnitudes is below.
   */
  private static double norm(double[] a, int size) {
    double[] b = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          b[i * size + j] += a[k * size + i] * a[k * size + j];
        }
      }
    }
    double power = 2;
    for (int s = 0; s < SQUARINGS; s++) {
      double[] square = new double[size * size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          for (int k = 0; k < size; k++) {
            square[i * size + j] += b[i * size + k] * b[k * size + j];
          }
        }
      }
      b = square;
      power *= 2;
    }
    double largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, Arrays.stream(b, i * size, (i + 1) * size).map(Math::abs).sum());
    }
    double norm = Math.pow(largest, 1 / power);
    return Double.isNaN(norm) ? Double.POSITIVE_INFINITY : norm;
  }
}
