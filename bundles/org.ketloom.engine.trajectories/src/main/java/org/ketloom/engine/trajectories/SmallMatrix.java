package org.ketloom.engine.trajectories;

import static org.ketloom.engine.trajectories.Kernels.ENTRY;
import static org.ketloom.engine.trajectories.Kernels.LANES;

/** Complex matrices of two rows: real and imaginary parts in turn, row-major. */
final class SmallMatrix {

  private SmallMatrix() {}

  /** Writes a lane of a matrix of so many entries, which begins at a place. */
  static void put(double[] matrix, double[] to, int at, int lane, int entries) {
    for (int e = 0; e < entries; e++) {
      to[at + e * ENTRY + lane] = matrix[2 * e];
      to[at + e * ENTRY + LANES + lane] = matrix[2 * e + 1];
    }
  }

  /** Reads it. */
  static void get(double[] from, int at, int lane, double[] matrix, int entries) {
    for (int e = 0; e < entries; e++) {
      matrix[2 * e] = from[at + e * ENTRY + lane];
      matrix[2 * e + 1] = from[at + e * ENTRY + LANES + lane];
    }
  }

  /** {@code a b} */
  static void multiply(double[] a, double[] b, double[] to) {
    for (int r = 0; r < 8; r += 4) {
      for (int c = 0; c < 4; c += 2) {
        to[r + c] = a[r] * b[c] - a[r + 1] * b[c + 1] + a[r + 2] * b[4 + c] - a[r + 3] * b[5 + c];
        to[r + c + 1] =
            a[r] * b[c + 1] + a[r + 1] * b[c] + a[r + 2] * b[5 + c] + a[r + 3] * b[4 + c];
      }
    }
  }

  /** {@code a b^†} */
  static void timesAdjoint(double[] a, double[] b, double[] to) {
    for (int r = 0; r < 8; r += 4) {
      for (int c = 0; c < 4; c += 2) {
        int b0 = 2 * c;
        to[r + c] =
            a[r] * b[b0] + a[r + 1] * b[b0 + 1] + a[r + 2] * b[b0 + 2] + a[r + 3] * b[b0 + 3];
        to[r + c + 1] =
            a[r + 1] * b[b0] - a[r] * b[b0 + 1] + a[r + 3] * b[b0 + 2] - a[r + 2] * b[b0 + 3];
      }
    }
  }

  /** {@code a^† b} */
  static void adjointTimes(double[] a, double[] b, double[] to) {
    for (int r = 0; r < 4; r += 2) {
      for (int c = 0; c < 4; c += 2) {
        to[2 * r + c] =
            a[r] * b[c] + a[r + 1] * b[c + 1] + a[r + 4] * b[4 + c] + a[r + 5] * b[5 + c];
        to[2 * r + c + 1] =
            a[r] * b[c + 1] - a[r + 1] * b[c] + a[r + 4] * b[5 + c] - a[r + 5] * b[4 + c];
      }
    }
  }
}
