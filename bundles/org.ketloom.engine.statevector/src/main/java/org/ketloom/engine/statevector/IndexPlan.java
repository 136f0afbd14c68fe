package org.ketloom.engine.statevector;

import java.util.Arrays;

/**
 * The positions that a kernel visits: {@code high[i] ^ low[j]} for all i and j, in that order, as
 * offsets into a block of the state. Two short tables give any affine set, with one exclusive or a
 * position.
 *
 * @param high outer table
 * @param low inner table
 */
record IndexPlan(int[] high, int[] low) {
  private static final int LOW_BITS = 7;

  /**
   * All sums over GF(2) of a start and some linearly independent positions, in about ascending
   * order.
   */
  static IndexPlan affine(int start, int[] generators) {
    int[] basis = reduce(generators);
    int lowBits = Math.min(basis.length, LOW_BITS);
    int[] low = span(0, Arrays.copyOf(basis, lowBits));
    int[] high = span(start, Arrays.copyOfRange(basis, lowBits, basis.length));
    return new IndexPlan(high, low);
  }

  /** The given positions, in their order. */
  static IndexPlan listed(int[] positions) {
    return new IndexPlan(new int[1], scaled(positions));
  }

  /** Number of positions. */
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
    return scaled(positions);
  }

  private static int[] scaled(int[] positions) {
    return Arrays.stream(positions).map(p -> p * Kernels.STRIDE).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexPlan p && Arrays.equals(high, p.high) && Arrays.equals(low, p.low);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(high) + Arrays.hashCode(low);
  }
}
