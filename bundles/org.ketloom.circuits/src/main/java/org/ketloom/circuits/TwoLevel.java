package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.UnitaryMatrix;

/**
 * A rotation of two of the four basis states of two wires that differ in one wire.
 *
 * @param onFirst whether the first wire is rotated, under the control of the second; else the
 *     second under the first
 * @param controlValue value of the controlling wire for which it acts
 * @param matrix the 2x2 unitary, row-major, real and imaginary part in turn (8 values)
 */
record TwoLevel(boolean onFirst, boolean controlValue, double[] matrix) {

  /** Basis states so that neighbours differ in one wire. */
  private static final int[] GRAY = {0b00, 0b01, 0b11, 0b10};

  private static final double[] IDENTITY = {1, 0, 0, 0, 0, 0, 1, 0};

  /**
   * Writes a 4x4 unitary as a product of two-level rotations by eliminating the entries below its
   * diagonal.
   *
   * @return the rotations in the order in which they act
   */
  static List<TwoLevel> decompose(UnitaryMatrix unitary) {
    double[][][] m = new double[4][4][];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        m[i][j] = new double[] {unitary.re(GRAY[i], GRAY[j]), unitary.im(GRAY[i], GRAY[j])};
      }
    }
    List<TwoLevel> steps = new ArrayList<>();
    for (int column = 0; column < 3; column++) {
      for (int row = 3; row > column; row--) {
        // m = (rotation of rows row - 1 and row) * rest, so the rotation acts after the rest.
        double[] rotation =
            column == 2
                ? new double[] {
                  m[2][2][0], m[2][2][1], m[2][3][0], m[2][3][1],
                  m[3][2][0], m[3][2][1], m[3][3][0], m[3][3][1]
                }
                : rotationTo(m[row - 1][column], m[row][column]);
        if (isIdentity(rotation)) {
          continue;
        }
        applyAdjoint(rotation, m[row - 1], m[row]);
        steps.add(0, of(row, rotation));
      }
    }
    return steps;
  }

  /** A 2x2 matrix as this class holds it. */
  static double[] block(UnitaryMatrix unitary) {
    double[] values = new double[8];
    for (int k = 0; k < 4; k++) {
      values[2 * k] = unitary.re(k / 2, k % 2);
      values[2 * k + 1] = unitary.im(k / 2, k % 2);
    }
    return values;
  }

  /**
   * {@code alpha, theta, phi, lambda} so that the matrix is {@code exp(i alpha) U3(theta, phi,
   * lambda)}.
   */
  static double[] angles(double[] m) {
    double a = Math.hypot(m[0], m[1]);
    double c = Math.hypot(m[4], m[5]);
    double alpha = argument(m, 0);
    double phi = argument(m, 2) - alpha;
    // The phase of an entry that is nearly zero means nothing; one of each pair is large.
    double lambda = a >= c ? argument(m, 3) - alpha - phi : Math.atan2(-m[3], -m[2]) - alpha;
    return new double[] {alpha, 2 * Math.atan2(c, a), phi, lambda};
  }

  private static TwoLevel of(int row, double[] rotation) {
    return switch (row) {
      case 1 -> new TwoLevel(false, false, rotation);
      case 2 -> new TwoLevel(true, true, rotation);
      // Rows 2 and 3 are |11> and |10>: the second wire counts down.
      default ->
          new TwoLevel(
              false,
              true,
              new double[] {
                rotation[6], rotation[7], rotation[4], rotation[5],
                rotation[2], rotation[3], rotation[0], rotation[1]
              });
    };
  }

  /** The unitary that takes {@code (r, 0)} to {@code (x, y)}, r real. */
  private static double[] rotationTo(double[] x, double[] y) {
    double r = Math.hypot(Math.hypot(x[0], x[1]), Math.hypot(y[0], y[1]));
    return r == 0
        ? IDENTITY
        : new double[] {
          x[0] / r, x[1] / r, -y[0] / r, y[1] / r, y[0] / r, y[1] / r, x[0] / r, -x[1] / r
        };
  }

  private static void applyAdjoint(double[] g, double[][] upper, double[][] lower) {
    for (int j = 0; j < upper.length; j++) {
      double[] u = upper[j];
      double[] l = lower[j];
      upper[j] =
          new double[] {
            g[0] * u[0] + g[1] * u[1] + g[4] * l[0] + g[5] * l[1],
            g[0] * u[1] - g[1] * u[0] + g[4] * l[1] - g[5] * l[0]
          };
      lower[j] =
          new double[] {
            g[2] * u[0] + g[3] * u[1] + g[6] * l[0] + g[7] * l[1],
            g[2] * u[1] - g[3] * u[0] + g[6] * l[1] - g[7] * l[0]
          };
    }
  }

  private static boolean isIdentity(double[] rotation) {
    for (int k = 0; k < 8; k++) {
      if (rotation[k] != IDENTITY[k]) {
        return false;
      }
    }
    return true;
  }

  private static double argument(double[] m, int entry) {
    return Math.atan2(m[2 * entry + 1], m[2 * entry]);
  }
}
