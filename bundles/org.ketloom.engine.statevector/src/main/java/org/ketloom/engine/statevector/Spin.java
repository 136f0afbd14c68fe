package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Products of factors, and what is gathered in the backward sweep carried through them, for all
 * lanes at once. A product is kept as a phase and a unit quaternion, {@code exp(i phi) (w - i (x X
 * + y Y + z Z))}; the Hermitian matrix Q as its traces with 1, X, Y and Z. On both, a rotation
 * about an axis turns two numbers at a time.
 */
final class Spin {
  /** Numbers per lane that {@link #product} needs. */
  static final int SIZE = 6 * Kernels.LANES;

  private static final int W = 0;
  private static final int X = Kernels.LANES;
  private static final int Y = 2 * Kernels.LANES;
  private static final int Z = 3 * Kernels.LANES;
  private static final int RE = 4 * Kernels.LANES;
  private static final int IM = 5 * Kernels.LANES;

  private Spin() {}

  /**
   * The product of factors, the first acting first.
   *
   * @param spin room for {@link #SIZE} numbers
   */
  static void product(
      Kernels kernels, List<Factor> factors, double[] trig, double[] spin, double[] matrix) {
    Arrays.fill(spin, 0, SIZE, 0);
    Arrays.fill(spin, W, W + Kernels.LANES, 1);
    Arrays.fill(spin, RE, RE + Kernels.LANES, 1);
    for (Factor factor : factors) {
      int at = factor.slot() * Kernels.STRIDE;
      switch (factor.kind()) {
        case ROTATION -> {
          switch (factor.axis()) {
            case X -> {
              kernels.turn(spin, W, X, trig, at);
              kernels.turn(spin, Y, Z, trig, at);
            }
            case Y -> {
              kernels.turn(spin, W, Y, trig, at);
              kernels.turn(spin, Z, X, trig, at);
            }
            case Z -> {
              kernels.turn(spin, W, Z, trig, at);
              kernels.turn(spin, X, Y, trig, at);
            }
          }
        }
        case GLOBAL -> {
          if (factor.sign() > 0) {
            kernels.turn(spin, RE, IM, trig, at);
          } else {
            kernels.turn(spin, IM, RE, trig, at);
          }
        }
        case CONSTANT -> {
          ConstantSpin constant = factor.constant();
          kernels.mix(spin, constant.left());
          for (int l = 0; l < Kernels.LANES; l++) {
            double re = spin[RE + l];
            double im = spin[IM + l];
            spin[RE + l] = constant.cos() * re - constant.sin() * im;
            spin[IM + l] = constant.cos() * im + constant.sin() * re;
          }
        }
      }
    }
    kernels.spinMatrix(spin, matrix);
  }

  /** Receives derivatives. */
  interface Sink {
    /**
     * Takes the derivatives by a factor's angle.
     *
     * @param start where the lanes begin in {@code values}
     */
    void accept(Factor factor, double[] values, int start, double scale);
  }

  /**
   * Derivatives by all angles of a product.
   *
   * @param gather what {@link Kernels#takeBack} gathered
   * @param q room for 4 numbers per lane
   */
  static void differentiate(
      Kernels kernels,
      List<Factor> factors,
      double[] trig,
      double[] gather,
      int start,
      double[] q,
      Sink sink) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double first = gather[start + l];
      double second = gather[start + Kernels.LANES + l];
      q[W + l] = first + second;
      q[X + l] = gather[start + 2 * Kernels.LANES + l];
      q[Y + l] = -gather[start + 3 * Kernels.LANES + l];
      q[Z + l] = first - second;
    }
    for (Factor factor : factors) {
      int at = factor.slot() * Kernels.STRIDE;
      switch (factor.kind()) {
        case ROTATION -> {
          switch (factor.axis()) {
            case X -> {
              sink.accept(factor, q, X, 1);
              kernels.turnTwice(q, Y, Z, trig, at);
            }
            case Y -> {
              sink.accept(factor, q, Y, 1);
              kernels.turnTwice(q, Z, X, trig, at);
            }
            case Z -> {
              sink.accept(factor, q, Z, 1);
              kernels.turnTwice(q, X, Y, trig, at);
            }
          }
        }
        case GLOBAL -> sink.accept(factor, q, W, -2 * factor.sign());
        case CONSTANT -> kernels.mix(q, factor.constant().turn());
      }
    }
  }
}
