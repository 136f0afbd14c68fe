package org.ketloom.engine.densitymatrix;

/**
 * The loops over a block of density matrices. A block is {@link #LANES} samples side by side: the
 * coefficient of Pauli string P of lane l lies at {@code P * LANES + l}. Small matrices have the
 * same form, so that one kernel serves matrices that the batch shares and those that differ between
 * samples. All are real.
 */
interface Kernels {
  /** Samples in a block. */
  int LANES = 8;

  /** Numbers of a matrix of four rows. */
  int MATRIX = 16 * LANES;

  /** What they are, for people. */
  String describe();

  /**
   * Multiplies the four coefficients of a wire by a matrix.
   *
   * @param r the block
   * @param outer number of settings of the wires before
   * @param inner number of settings of the wires behind
   * @param shape what is known of the matrix; its other rows and columns don't count
   */
  void apply(double[] r, int outer, int inner, double[] matrix, Shape shape);

  /**
   * Takes {@link #apply} back: multiplies r by the matrix's inverse, adds the sums of {@code
   * lambda_i r_j} over all settings of the other wires, and multiplies lambda by the transpose.
   *
   * @param matrix its inverse stands behind it, where r is undone
   * @param undo whether r is the block after the matrix; if not, it is the one before, and stays
   * @param gathers whether the sums are wanted
   * @param gather takes them, row-major, and has room for as many numbers behind
   */
  void takeBack(
      double[] r,
      double[] lambda,
      int outer,
      int inner,
      double[] matrix,
      Shape shape,
      boolean undo,
      boolean gathers,
      double[] gather);

  /**
   * Rotates pairs: {@code (a, b) <- (cos a - sin b, sin a + cos b)}.
   *
   * @param pairs places of a and b in turn
   * @param trig cosines, then sines, of all lanes
   */
  void rotate(double[] r, int[] pairs, double[] trig);

  /**
   * Rotates pairs of r and of lambda back, and adds the derivatives by the angle to {@code gather},
   * which has room for as many numbers behind.
   */
  void rotateBack(double[] r, double[] lambda, int[] pairs, double[] trig, double[] gather);

  /**
   * Exchanges pairs, and changes signs.
   *
   * @param pairs places of those that change places, in turn
   * @param signs 1 or -1 for each pair
   * @param flips places of those that change their sign alone
   */
  void permute(double[] r, int[] pairs, byte[] signs, int[] flips);

  /** Multiplies the coefficients at some places by a factor per lane. */
  void scale(double[] r, int[] places, double[] factors);

  /**
   * Multiplies lambda likewise, and adds the sums of lambda, as it was, times r to {@code gather}.
   */
  void scaleBack(double[] r, double[] lambda, int[] places, double[] factors, double[] gather);

  /**
   * Multiplies groups of coefficients by a matrix that all lanes share.
   *
   * @param bases places of the groups' first coefficients
   * @param offsets lead from there to all of the group
   * @param matrix row-major, one number for each entry
   * @param room for as many vectors as the group has coefficients
   */
  void applyDense(double[] r, int[] bases, int[] offsets, double[] matrix, double[] room);
}
