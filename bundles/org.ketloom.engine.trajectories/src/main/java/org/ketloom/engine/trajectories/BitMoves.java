package org.ketloom.engine.trajectories;

/**
 * Sums modulo 2 of rows of bits, a column for each trajectory, so that 64 of them are worked on at
 * once.
 *
 * @param rows number of rows
 * @param moves for each sum the row that is added to, and the row that is added
 */
record BitMoves(int rows, int[] moves) {

  /** Rows of zeros, for so many columns. */
  long[][] zeros(int columns) {
    return new long[rows][(columns + Long.SIZE - 1) / Long.SIZE];
  }

  /** Carries out all sums in their order. */
  void apply(long[][] bits) {
    for (int m = 0; m < moves.length; m += 2) {
      long[] to = bits[moves[m]];
      long[] from = bits[moves[m + 1]];
      for (int i = 0; i < to.length; i++) {
        to[i] ^= from[i];
      }
    }
  }

  static void set(long[] row, int column) {
    row[column / Long.SIZE] |= 1L << column % Long.SIZE;
  }

  static boolean get(long[] row, int column) {
    return (row[column / Long.SIZE] >> column % Long.SIZE & 1) == 1;
  }
}
