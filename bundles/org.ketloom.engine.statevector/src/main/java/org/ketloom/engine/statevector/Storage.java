package org.ketloom.engine.statevector;

/**
 * Arrays of a precision, and their exchange with numbers in double precision.
 *
 * @param <A> {@code double[]} or {@code float[]}
 */
interface Storage<A> {

  /** An array of zeros. */
  A array(int size);

  /** Bytes of a number. */
  int bytes();

  double get(A array, int at);

  void set(A array, int at, double value);

  void fill(A array, int from, int to, double value);

  /**
   * Numbers as kernels take them: in double precision the array itself, else a copy.
   *
   * @param count how many are copied
   * @param room where to
   */
  A stored(double[] numbers, int count, A room);

  /** The reverse of {@link #stored}. */
  double[] numbers(A stored, int count, double[] room);

  /**
   * Called now and then while sums are added up: in single precision moves them to the totals, so
   * that no long sum loses digits.
   */
  void carry(A sums, int count, double[] totals);

  /** Where the sums are in the end. */
  double[] totals(A sums, double[] totals);
}
