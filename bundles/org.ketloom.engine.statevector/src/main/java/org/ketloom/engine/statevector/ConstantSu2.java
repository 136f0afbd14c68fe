package org.ketloom.engine.statevector;

/**
 * A fixed unitary of two rows, as what it does to the numbers of {@link Su2Product}.
 *
 * @param left matrix of the multiplication from the left, of a quaternion's four numbers
 * @param turn matrix of the rotation of the Bloch vector behind the trace
 * @param cos real part of its phase
 * @param sin imaginary part of its phase
 */
record ConstantSu2(double[] left, double[] turn, double cos, double sin) {

  /** From a matrix, real and imaginary parts in turn, row-major. */
  static ConstantSu2 of(double[] m) {
    double detRe = m[0] * m[6] - m[1] * m[7] - m[2] * m[4] + m[3] * m[5];
    double detIm = m[0] * m[7] + m[1] * m[6] - m[2] * m[5] - m[3] * m[4];
    double phase = Math.atan2(detIm, detRe) / 2;
    double c = Math.cos(phase);
    double s = Math.sin(phase);
    double w = c * m[0] + s * m[1];
    double z = -(c * m[1] - s * m[0]);
    double y = c * m[4] + s * m[5];
    double x = -(c * m[5] - s * m[4]);
    return new ConstantSu2(
        new double[] {
          w, -x, -y, -z, //
          x, w, -z, y, //
          y, z, w, -x, //
          z, -y, x, w
        },
        new double[] {
          1,
          0,
          0,
          0, //
          0,
          1 - 2 * (y * y + z * z),
          2 * (x * y - w * z),
          2 * (x * z + w * y), //
          0,
          2 * (x * y + w * z),
          1 - 2 * (x * x + z * z),
          2 * (y * z - w * x), //
          0,
          2 * (x * z - w * y),
          2 * (y * z + w * x),
          1 - 2 * (x * x + y * y)
        },
        c,
        s);
  }
}
