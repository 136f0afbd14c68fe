package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of SU(2) factors and phases, for all lanes at once; what the backward sweep gathers is
 * carried through the same factors. A product is kept as a phase and a unit quaternion, {@code
 * exp(i phi) (w - i (x X + y Y + z Z))}; the Hermitian matrix Q as its traces with 1, X, Y and Z.
 * On both, a rotation about an axis turns two numbers at a time.
 */
final class Su2Product {
  /** Numbers per lane that {@link #product} needs. */
  static final int SIZE = 6 * Kernels.LANES;

  private static final int W = 0;
  private static final int X = Kernels.LANES;
  private static final int Y = 2 * Kernels.LANES;
  private static final int Z = 3 * Kernels.LANES;
  private static final int RE = 4 * Kernels.LANES;
  private static final int IM = 5 * Kernels.LANES;

  /**
   * Turns numbers a and b by the angle at a place of the table; a constant where there is one.
   *
   * @param trig -1 for a constant
   */
  private record Turn(int a, int b, int trig, @Nullable ConstantSu2 constant) {}

  /** What is read for a factor's derivative, and the turn of the Bloch vector after it. */
  private record Derivative(Factor factor, int from, double scale, @Nullable Turn turn) {}

  private final List<Factor> factors;
  private final Turn[] turns;
  private final Derivative[] derivatives;

  /**
   * Makes it.
   *
   * @param factors the first acts first; their angles are in a table
   */
  Su2Product(List<Factor> factors) {
    this.factors = List.copyOf(factors);
    List<Turn> turning = new ArrayList<>();
    List<Derivative> differentiating = new ArrayList<>();
    for (Factor factor : factors) {
      int trig = factor.slot() * Kernels.STRIDE;
      switch (factor.kind()) {
        case ROTATION -> {
          int axis =
              switch (factor.axis()) {
                case X -> X;
                case Y -> Y;
                case Z -> Z;
              };
          // The next two axes in cyclic order.
          int next = axis == Z ? X : axis + Kernels.LANES;
          int last = next == Z ? X : next + Kernels.LANES;
          turning.add(new Turn(W, axis, trig, null));
          turning.add(new Turn(next, last, trig, null));
          differentiating.add(new Derivative(factor, axis, 1, new Turn(next, last, trig, null)));
        }
        case GLOBAL -> {
          boolean forward = factor.sign() > 0;
          turning.add(new Turn(forward ? RE : IM, forward ? IM : RE, trig, null));
          differentiating.add(new Derivative(factor, W, -2 * factor.sign(), null));
        }
        case CONSTANT -> {
          Turn turn = new Turn(0, 0, -1, factor.constant());
          turning.add(turn);
          differentiating.add(new Derivative(factor, W, 0, turn));
        }
      }
    }
    this.turns = turning.toArray(new Turn[0]);
    this.derivatives = differentiating.toArray(new Derivative[0]);
  }

  /** The factors; the first acts first. */
  List<Factor> factors() {
    return factors;
  }

  /**
   * The product of the factors.
   *
   * @param product room for {@link #SIZE} numbers
   */
  void product(Su2Kernels kernels, double[] trig, double[] product, double[] matrix) {
    Arrays.fill(product, 0, SIZE, 0);
    Arrays.fill(product, W, W + Kernels.LANES, 1);
    Arrays.fill(product, RE, RE + Kernels.LANES, 1);
    for (Turn turn : turns) {
      if (turn.constant == null) {
        kernels.turn(product, turn.a, turn.b, trig, turn.trig);
      } else {
        multiply(kernels, turn.constant, product);
      }
    }
    kernels.productMatrix(product, matrix);
  }

  private static void multiply(Su2Kernels kernels, ConstantSu2 constant, double[] product) {
    kernels.mix(product, constant.left());
    for (int l = 0; l < Kernels.LANES; l++) {
      double re = product[RE + l];
      double im = product[IM + l];
      product[RE + l] = constant.cos() * re - constant.sin() * im;
      product[IM + l] = constant.cos() * im + constant.sin() * re;
    }
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
   * Derivatives by all angles of the product.
   *
   * @param gather what {@link Kernels#applyAdjoint} gathered
   * @param q room for 4 numbers per lane
   */
  void differentiate(Su2Kernels kernels, double[] trig, double[] gather, double[] q, Sink sink) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double first = gather[l];
      double second = gather[Kernels.LANES + l];
      q[W + l] = first + second;
      q[X + l] = gather[2 * Kernels.LANES + l];
      q[Y + l] = -gather[3 * Kernels.LANES + l];
      q[Z + l] = first - second;
    }
    for (Derivative derivative : derivatives) {
      if (derivative.scale != 0) {
        sink.accept(derivative.factor, q, derivative.from, derivative.scale);
      }
      Turn turn = derivative.turn;
      if (turn == null) {
        continue;
      }
      if (turn.constant == null) {
        kernels.turnTwice(q, turn.a, turn.b, trig, turn.trig);
      } else {
        kernels.mix(q, turn.constant.turn());
      }
    }
  }
}
