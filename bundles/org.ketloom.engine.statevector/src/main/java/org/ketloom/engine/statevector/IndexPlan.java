package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The places that a kernel visits: {@code high[i] ^ low[j]} for all i and j, in that order, as
 * offsets into a block of the state. Two short tables give any affine set, with one exclusive or a
 * place.
 *
 * @param high outer table
 * @param low inner table
 */
record IndexPlan(int[] high, int[] low) {
  private static final int LOW_BITS = 7;

  /**
   * All sums over GF(2) of a start and some linearly independent positions, in about ascending
   * order.
   *
   * @param place where a position lies; linear over GF(2)
   */
  static IndexPlan affine(int start, int[] generators, IntUnaryOperator place) {
    int[] basis = reduce(generators);
    int lowBits = Math.min(basis.length, LOW_BITS);
    int[] low = span(0, Arrays.copyOf(basis, lowBits));
    int[] high = span(start, Arrays.copyOfRange(basis, lowBits, basis.length));
    return new IndexPlan(
        Arrays.stream(high).map(place).toArray(), Arrays.stream(low).map(place).toArray());
  }

  /** The given places, in their order. */
  static IndexPlan listed(int[] places) {
    return new IndexPlan(new int[1], places);
  }

  /**
   * All vectors whose positions solve some equations.
   *
   * @param bits number of bits of a position
   * @return null if there are none
   */
  static IndexPlan solutions(List<Pairs.Parity> equations, int bits) {
    int[] masks = new int[bits];
    int[] values = new int[bits];
    for (Pairs.Parity equation : equations) {
      int mask = equation.mask();
      int value = equation.value();
      for (int b = 0; b < bits; b++) {
        if (masks[b] != 0 && (mask >> b & 1) == 1) {
          mask ^= masks[b];
          value ^= values[b];
        }
      }
      if (mask == 0) {
        if (value == 1) {
          return null;
        }
        continue;
      }
      int pivot = Integer.numberOfTrailingZeros(Integer.highestOneBit(mask));
      for (int b = 0; b < bits; b++) {
        if ((masks[b] >> pivot & 1) == 1) {
          masks[b] ^= mask;
          values[b] ^= value;
        }
      }
      masks[pivot] = mask;
      values[pivot] = value;
    }
    int start = 0;
    int[] basis = new int[bits];
    int free = 0;
    for (int b = 0; b < bits; b++) {
      if (masks[b] != 0) {
        start |= values[b] << b;
        continue;
      }
      int solution = 1 << b;
      for (int pivot = 0; pivot < bits; pivot++) {
        solution |= (masks[pivot] >> b & 1) << pivot;
      }
      basis[free++] = solution;
    }
    return affine(start, Arrays.copyOf(basis, free), p -> p * Kernels.STRIDE);
  }

  /** Number of places. */
  int size() {
    return high.length * low.length;
  }

  /** Reduced echelon form by leading bits, ascending: short strides come first. */
  private static int[] reduce(int[] generators) {
    int[] basis = generators.clone();
    for (int i = 0; i < basis.length; i++) {
      int best = i;
      for (int j = i + 1; j < basis.length; j++) {
        if (Integer.compareUnsigned(basis[j], basis[best]) > 0) {
          best = j;
        }
      }
      int pivot = basis[best];
      basis[best] = basis[i];
      basis[i] = pivot;
      int bit = Integer.highestOneBit(pivot);
      for (int j = 0; j < basis.length; j++) {
        if (j != i && (basis[j] & bit) != 0) {
          basis[j] ^= pivot;
        }
      }
    }
    Arrays.sort(basis);
    return basis;
  }

  private static int[] span(int start, int[] basis) {
    int[] positions = new int[1 << basis.length];
    positions[0] = start;
    for (int i = 1; i < positions.length; i++) {
      positions[i] = positions[i & (i - 1)] ^ basis[Integer.numberOfTrailingZeros(i)];
    }
    return positions;
  }
}
