package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Products of factors for several samples side by side. An entry of a matrix is {@code lanes} real
 * parts, then {@code lanes} imaginary parts.
 */
final class SmallMatrices {

  private SmallMatrices() {}

  /** The product of factors, the first acting first. */
  static void product(
      List<Factor> factors, int dim, double[] trig, int lanes, double[] matrix, double[] scratch) {
    Arrays.fill(matrix, 0, 2 * dim * dim * lanes, 0);
    for (int r = 0; r < dim; r++) {
      int e = 2 * lanes * (r * dim + r);
      Arrays.fill(matrix, e, e + lanes, 1);
    }
    for (Factor factor : factors) {
      multiply(factor, dim, trig, lanes, matrix, scratch);
    }
  }

  /** Replaces a matrix by factor times matrix. */
  static void multiply(
      Factor factor, int dim, double[] trig, int lanes, double[] matrix, double[] scratch) {
    int row = 2 * lanes * dim;
    System.arraycopy(matrix, 0, scratch, 0, dim * row);
    int cos = 2 * lanes * factor.slot();
    int sin = cos + lanes;
    for (int r = 0; r < dim; r++) {
      for (int k = 0; k < dim; k++) {
        int to = r * row + 2 * lanes * k;
        switch (factor.kind()) {
          case CONSTANT -> {
            Arrays.fill(matrix, to, to + 2 * lanes, 0);
            for (int c = 0; c < dim; c++) {
              double re = factor.matrix()[2 * (r * dim + c)];
              double im = factor.matrix()[2 * (r * dim + c) + 1];
              if (re == 0 && im == 0) {
                continue;
              }
              int from = c * row + 2 * lanes * k;
              for (int l = 0; l < lanes; l++) {
                matrix[to + l] += re * scratch[from + l] - im * scratch[from + lanes + l];
                matrix[to + lanes + l] += re * scratch[from + lanes + l] + im * scratch[from + l];
              }
            }
          }
          case ROTATION -> {
            double re = -factor.im()[r];
            double im = factor.re()[r];
            if (re == 0 && im == 0) {
              continue;
            }
            int from = factor.column()[r] * row + 2 * lanes * k;
            for (int l = 0; l < lanes; l++) {
              double c = trig[cos + l];
              double s = trig[sin + l];
              double or = scratch[from + l];
              double oi = scratch[from + lanes + l];
              matrix[to + l] = c * scratch[to + l] + s * (re * or - im * oi);
              matrix[to + lanes + l] = c * scratch[to + lanes + l] + s * (re * oi + im * or);
            }
          }
          case PHASE -> {
            if (factor.re()[r] == 0) {
              continue;
            }
            for (int l = 0; l < lanes; l++) {
              double c = trig[cos + l];
              double s = trig[sin + l];
              double or = scratch[to + l];
              double oi = scratch[to + lanes + l];
              matrix[to + l] = c * or - s * oi;
              matrix[to + lanes + l] = c * oi + s * or;
            }
          }
        }
      }
    }
  }

  /** The Hermitian matrix Q from what {@link Kernels#takeBack} gathered. */
  static void hermitian(double[] gather, int start, int dim, int lanes, double[] q) {
    int next = start + dim * lanes;
    for (int r = 0; r < dim; r++) {
      int diagonal = 2 * lanes * (r * dim + r);
      for (int l = 0; l < lanes; l++) {
        q[diagonal + l] = gather[start + r * lanes + l];
        q[diagonal + lanes + l] = 0;
      }
      for (int c = r + 1; c < dim; c++) {
        int upper = 2 * lanes * (r * dim + c);
        int lower = 2 * lanes * (c * dim + r);
        for (int l = 0; l < lanes; l++) {
          q[upper + l] = q[lower + l] = gather[next + l] / 2;
          q[upper + lanes + l] = gather[next + lanes + l] / 2;
          q[lower + lanes + l] = -gather[next + lanes + l] / 2;
        }
        next += 2 * lanes;
      }
    }
  }

  /** Replaces Q by {@code F Q F^†}, which is {@code F (F Q)^†} for a Hermitian Q. */
  static void conjugate(
      Factor factor, int dim, double[] trig, int lanes, double[] q, double[] scratch) {
    multiply(factor, dim, trig, lanes, q, scratch);
    for (int r = 0; r < dim; r++) {
      for (int c = r; c < dim; c++) {
        int upper = 2 * lanes * (r * dim + c);
        int lower = 2 * lanes * (c * dim + r);
        for (int l = 0; l < lanes; l++) {
          double re = q[upper + l];
          double im = q[upper + lanes + l];
          q[upper + l] = q[lower + l];
          q[upper + lanes + l] = -q[lower + lanes + l];
          q[lower + l] = re;
          q[lower + lanes + l] = -im;
        }
      }
    }
    multiply(factor, dim, trig, lanes, q, scratch);
  }

  /** Derivative by the factor's angle: {@code -2 tr(K Q)}, for one lane. */
  static double derivative(Factor factor, int dim, int lanes, double[] q, int lane) {
    double sum = 0;
    for (int r = 0; r < dim; r++) {
      int e = 2 * lanes * (factor.column()[r] * dim + r) + lane;
      sum += factor.re()[r] * q[e] - factor.im()[r] * q[e + lanes];
    }
    // A rotation carries 2K.
    return factor.kind() == Factor.Kind.ROTATION ? -sum : -2 * sum;
  }
}
