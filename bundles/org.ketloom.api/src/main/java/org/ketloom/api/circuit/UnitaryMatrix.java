package org.ketloom.api.circuit;

import java.util.Arrays;

/** An immutable complex unitary matrix of size 2x2 or 4x4, row-major. */
public final class UnitaryMatrix {
  private static final double TOLERANCE = 1e-10;

  private final int size;
  private final double[] re;
  private final double[] im;

  /**
   * Copies and checks a matrix.
   *
   * @param re real parts, row-major, 4 or 16 values
   * @param im imaginary parts, same length
   * @throws IllegalArgumentException if the sizes are wrong or {@code U U^†} differs from the
   *     identity by more than 1e-10 in an entry
   */
  public UnitaryMatrix(double[] re, double[] im) {
    if (re.length != im.length || (re.length != 4 && re.length != 16)) {
      throw new IllegalArgumentException(
          "a unitary has 4 or 16 entries, found "
              + re.length
              + " real and "
              + im.length
              + " imaginary parts");
    }
    this.size = re.length == 4 ? 2 : 4;
    this.re = re.clone();
    this.im = im.clone();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sumRe = i == j ? -1 : 0;
        double sumIm = 0;
        for (int k = 0; k < size; k++) {
          sumRe += re(i, k) * re(j, k) + im(i, k) * im(j, k);
          sumIm += im(i, k) * re(j, k) - re(i, k) * im(j, k);
        }
        // Negated, so that a NaN is refused too.
        if (!(Math.hypot(sumRe, sumIm) <= TOLERANCE)) {
          throw new IllegalArgumentException(
              "the matrix is not unitary: rows "
                  + i
                  + " and "
                  + j
                  + " miss orthonormality by "
                  + Math.hypot(sumRe, sumIm));
        }
      }
    }
  }

  /** Number of rows: 2 or 4. */
  public int size() {
    return size;
  }

  /** Real part of an entry. */
  public double re(int row, int column) {
    return re[row * size + column];
  }

  /** Imaginary part of an entry. */
  public double im(int row, int column) {
    return im[row * size + column];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnitaryMatrix m && Arrays.equals(re, m.re) && Arrays.equals(im, m.im);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(re) + Arrays.hashCode(im);
  }

  @Override
  public String toString() {
    return "re" + Arrays.toString(re) + "im" + Arrays.toString(im);
  }
}
