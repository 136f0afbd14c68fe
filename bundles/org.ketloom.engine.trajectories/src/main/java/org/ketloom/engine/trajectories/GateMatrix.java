package org.ketloom.engine.trajectories;

import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.UnitaryMatrix;

/** Matrices of gates without their controls: real and imaginary parts in turn, row-major. */
final class GateMatrix {
  private static final double ROOT = Math.sqrt(0.5);

  private GateMatrix() {}

  /** A gate's matrix, of two rows or four. */
  static double[] of(Operation operation, double[] t) {
    return switch (operation.gate()) {
      case H -> new double[] {ROOT, 0, ROOT, 0, ROOT, 0, -ROOT, 0};
      case X -> new double[] {0, 0, 1, 0, 1, 0, 0, 0};
      case Y -> new double[] {0, 0, 0, -1, 0, 1, 0, 0};
      case Z -> phase(Math.PI);
      case S -> phase(Math.PI / 2);
      case T -> phase(Math.PI / 4);
      case PHASE -> phase(t[0]);
      case RX -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        yield new double[] {c, 0, 0, -s, 0, -s, c, 0};
      }
      case RY -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        yield new double[] {c, 0, -s, 0, s, 0, c, 0};
      }
      case RZ -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        yield new double[] {c, -s, 0, 0, 0, 0, c, s};
      }
      case U3 -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        yield new double[] {
          c,
          0,
          -s * Math.cos(t[2]),
          -s * Math.sin(t[2]),
          s * Math.cos(t[1]),
          s * Math.sin(t[1]),
          c * Math.cos(t[1] + t[2]),
          c * Math.sin(t[1] + t[2])
        };
      }
      case SWAP -> {
        double[] m = new double[32];
        m[0] = 1;
        m[2 * (4 + 2)] = 1;
        m[2 * (8 + 1)] = 1;
        m[2 * 15] = 1;
        yield m;
      }
      case RXX -> canonical(-t[0] / 2, 0, 0);
      case RYY -> canonical(0, -t[0] / 2, 0);
      case RZZ -> canonical(0, 0, -t[0] / 2);
      case CANONICAL -> canonical(t[0], t[1], t[2]);
      case UNITARY1, UNITARY2 -> {
        UnitaryMatrix given = operation.matrix().orElseThrow();
        int rows = given.size();
        double[] m = new double[2 * rows * rows];
        for (int i = 0; i < rows * rows; i++) {
          m[2 * i] = given.re(i / rows, i % rows);
          m[2 * i + 1] = given.im(i / rows, i % rows);
        }
        yield m;
      }
    };
  }

  private static double[] phase(double t) {
    return new double[] {1, 0, 0, 0, 0, 0, Math.cos(t), Math.sin(t)};
  }

  /** {@code exp(i (a XX + b YY + c ZZ))} on the spans of 00, 11 and of 01, 10. */
  private static double[] canonical(double a, double b, double c) {
    double[] m = new double[32];
    // YY is -XX between 00 and 11, and XX between 01 and 10.
    mix(m, 0, 3, a - b, c);
    mix(m, 1, 2, a + b, -c);
    return m;
  }

  /** {@code exp(i z) (cos x + i sin x X)} between two basis states. */
  private static void mix(double[] m, int i, int j, double x, double z) {
    double re = Math.cos(x) * Math.cos(z);
    double im = Math.cos(x) * Math.sin(z);
    double crossRe = -Math.sin(x) * Math.sin(z);
    double crossIm = Math.sin(x) * Math.cos(z);
    for (int k : new int[] {i, j}) {
      m[2 * (4 * k + k)] = re;
      m[2 * (4 * k + k) + 1] = im;
      m[2 * (4 * k + i + j - k)] = crossRe;
      m[2 * (4 * k + i + j - k) + 1] = crossIm;
    }
  }

  /**
   * The derivative of a gate's matrix by one of its angles, from matrices at shifted angles:
   * entries are sums of {@code cos(f t)} and {@code sin(f t)} with one frequency f, and of
   * constants where a phase is the angle.
   */
  static double[] derivative(Operation operation, double[] angles, int number) {
    Gate gate = operation.gate();
    if (gate == Gate.CANONICAL) {
      return shifted(operation, angles, number, Math.PI / 2);
    }
    if (gate == Gate.PHASE || gate == Gate.U3 && number > 0) {
      double[] plus = shifted(operation, angles, number, Math.PI / 2);
      double[] minus = shifted(operation, angles, number, -Math.PI / 2);
      for (int i = 0; i < plus.length; i++) {
        plus[i] = (plus[i] - minus[i]) / 2;
      }
      return plus;
    }
    double[] half = shifted(operation, angles, number, Math.PI);
    for (int i = 0; i < half.length; i++) {
      half[i] /= 2;
    }
    return half;
  }

  private static double[] shifted(Operation operation, double[] angles, int number, double shift) {
    double[] all = angles.clone();
    all[number] += shift;
    return of(operation, all);
  }
}
