package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Pauli;

/**
 * How a product of factors and its derivatives move when its angles do, for all lanes at once; the
 * second-order companion of {@link Su2Product}. The derivation is in ADJOINT.md. Hermitian matrices
 * of two rows are kept as four numbers a lane, the coefficients of 1, X, Y and Z.
 */
final class Su2Tangent {
  /** Numbers per lane of a Hermitian matrix. */
  static final int SIZE = 4 * Kernels.LANES;

  private static final int X = Kernels.LANES;
  private static final int Y = 2 * Kernels.LANES;
  private static final int Z = 3 * Kernels.LANES;

  private final List<Factor> factors;

  /**
   * Makes it.
   *
   * @param factors the first acts first; their angles are in a table
   */
  Su2Tangent(List<Factor> factors) {
    this.factors = List.copyOf(factors);
  }

  /** Number of factors. */
  int size() {
    return factors.size();
  }

  Factor factor(int number) {
    return factors.get(number);
  }

  /**
   * The Hermitian A in {@code dU = i A U}.
   *
   * @param rates of the factors' angles, {@code [factor][lane]}
   */
  void generator(Su2Kernels kernels, double[] trig, double[] rates, double[] a) {
    Arrays.fill(a, 0, SIZE, 0);
    for (int f = 0; f < factors.size(); f++) {
      Factor factor = factors.get(f);
      carry(kernels, factor, trig, a);
      // K is -P/2 for a rotation, the sign for a phase.
      int to = factor.kind() == Factor.Kind.ROTATION ? axis(factor.axis()) : 0;
      double scale =
          switch (factor.kind()) {
            case ROTATION -> -0.5;
            case GLOBAL -> factor.sign();
            case CONSTANT -> 0;
          };
      for (int l = 0; l < Kernels.LANES; l++) {
        a[to + l] += scale * rates[f * Kernels.LANES + l];
      }
    }
  }

  /** The matrix {@code 1 + sign i A}. */
  static void shear(double[] a, double sign, double[] matrix) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double w = sign * a[l];
      double x = sign * a[X + l];
      double y = sign * a[Y + l];
      double z = sign * a[Z + l];
      matrix[l] = 1;
      matrix[8 + l] = w + z;
      matrix[16 + l] = y;
      matrix[24 + l] = x;
      matrix[32 + l] = -y;
      matrix[40 + l] = x;
      matrix[48 + l] = 1;
      matrix[56 + l] = w - z;
    }
  }

  /**
   * Derivatives of the gradients by all angles of the product.
   *
   * @param gather what {@link Kernels#applyAdjoint} gathers; is used up
   * @param gatherTangent how that moves; is used up
   */
  void differentiate(
      Su2Kernels kernels,
      double[] trig,
      double[] rates,
      double[] gather,
      double[] gatherTangent,
      Su2Product.Sink sink) {
    traces(gather);
    traces(gatherTangent);
    for (int f = 0; f < factors.size(); f++) {
      Factor factor = factors.get(f);
      switch (factor.kind()) {
        case ROTATION -> sink.accept(factor, gatherTangent, axis(factor.axis()), 1);
        case GLOBAL -> sink.accept(factor, gatherTangent, 0, -2 * factor.sign());
        case CONSTANT -> {}
      }
      carry(kernels, factor, trig, gather);
      carry(kernels, factor, trig, gatherTangent);
      if (factor.kind() == Factor.Kind.ROTATION) {
        int next = next(factor.axis());
        int last = last(factor.axis());
        for (int l = 0; l < Kernels.LANES; l++) {
          double rate = rates[f * Kernels.LANES + l];
          gatherTangent[next + l] -= rate * gather[last + l];
          gatherTangent[last + l] += rate * gather[next + l];
        }
      }
    }
  }

  /** From what is gathered to traces with 1, X, Y and Z, in place. */
  private static void traces(double[] gather) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double first = gather[l];
      double second = gather[X + l];
      gather[l] = first + second;
      gather[X + l] = gather[Y + l];
      gather[Y + l] = -gather[Z + l];
      gather[Z + l] = first - second;
    }
  }

  /** {@code H <- F H F^†}. */
  private static void carry(Su2Kernels kernels, Factor factor, double[] trig, double[] numbers) {
    switch (factor.kind()) {
      case ROTATION ->
          kernels.turnTwice(
              numbers,
              next(factor.axis()),
              last(factor.axis()),
              trig,
              factor.slot() * Kernels.STRIDE);
      case CONSTANT -> kernels.mix(numbers, factor.constant().turn());
      case GLOBAL -> {}
    }
  }

  private static int axis(Pauli pauli) {
    return switch (pauli) {
      case X -> X;
      case Y -> Y;
      case Z -> Z;
    };
  }

  /** The axis after a given one in cyclic order. */
  private static int next(Pauli pauli) {
    return pauli == Pauli.Z ? X : axis(pauli) + Kernels.LANES;
  }

  private static int last(Pauli pauli) {
    return pauli == Pauli.X ? Z : axis(pauli) - Kernels.LANES;
  }
}
