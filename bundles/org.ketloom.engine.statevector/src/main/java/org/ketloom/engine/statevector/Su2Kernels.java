package org.ketloom.engine.statevector;

/**
 * The loops over the lanes of a few small matrices, for {@link Su2Product}. In double precision
 * whatever the state's is.
 */
interface Su2Kernels {
  /** Replaces angles, in place of cosines, by {@code [slot][cosine, sine][lane]}. */
  void cosinesAndSines(double[] trig, int slots);

  /** {@code (a, b) <- (cos a - sin b, cos b + sin a)}, lane by lane. */
  void turn(double[] numbers, int a, int b, double[] trig, int at);

  /** {@link #turn} by twice the angle. */
  void turnTwice(double[] numbers, int a, int b, double[] trig, int at);

  /** Multiplies the first four numbers of all lanes by a matrix of four rows. */
  void mix(double[] numbers, double[] matrix);

  /** The matrix of what {@link Su2Product} keeps as a quaternion and a phase. */
  void productMatrix(double[] product, double[] matrix);
}
