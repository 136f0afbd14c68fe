package org.ketloom.engine.statevector;

/**
 * The places that a kernel visits, part by part: in part i {@code high[h] ^ low[k]} for {@code
 * first[i] <= h < first[i + 1]} and all k, in that order, as offsets into a block of the state. Two
 * short tables give any affine set, with one exclusive or a place.
 *
 * @param high outer table
 * @param low inner table
 * @param first where the parts begin in the outer table, and its end
 */
record IndexPlan(int[] high, int[] low, int[] first) {

  /** A plan in one part. */
  IndexPlan(int[] high, int[] low) {
    this(high, low, new int[] {0, high.length});
  }

  int from(int part) {
    return first[part];
  }

  int to(int part) {
    return first[part + 1];
  }

  /** Number of places. */
  int size() {
    return high.length * low.length;
  }
}
