package org.ketloom.api.circuit;

import java.util.Arrays;

/**
 * An immutable set of Kraus operators {@code K_i} on one or two wires, of a channel that takes rho
 * to {@code sum K_i rho K_i^†}.
 */
public final class KrausSet {
  private static final double TOLERANCE = 1e-10;

  private final int rows;
  private final double[][] re;
  private final double[][] im;

  /**
   * Copies and checks the operators.
   *
   * @param re real parts of each operator, row-major, 4 or 16 values
   * @param im imaginary parts, shaped alike
   * @throws IllegalArgumentException if the sizes are wrong or {@code sum K_i^† K_i} differs from
   *     the identity by more than 1e-10 in an entry
   */
  public KrausSet(double[][] re, double[][] im) {
    if (re.length == 0 || re.length != im.length) {
      throw new IllegalArgumentException(
          "a Kraus set has at least one operator, with real and imaginary parts; found "
              + re.length
              + " and "
              + im.length);
    }
    int entries = re[0].length;
    for (int k = 0; k < re.length; k++) {
      if ((entries != 4 && entries != 16) || re[k].length != entries || im[k].length != entries) {
        throw new IllegalArgumentException(
            "Kraus operator "
                + k
                + " has "
                + re[k].length
                + " real and "
                + im[k].length
                + " imaginary parts; all operators have 4 entries (one wire) or 16 (two wires)");
      }
    }
    this.rows = entries == 4 ? 2 : 4;
    this.re = Arrays.stream(re).map(double[]::clone).toArray(double[][]::new);
    this.im = Arrays.stream(im).map(double[]::clone).toArray(double[][]::new);
    requireComplete();
  }

  private void requireComplete() {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        double sumRe = i == j ? -1 : 0;
        double sumIm = 0;
        for (int k = 0; k < re.length; k++) {
          for (int m = 0; m < rows; m++) {
            sumRe += re(k, m, i) * re(k, m, j) + im(k, m, i) * im(k, m, j);
            sumIm += re(k, m, i) * im(k, m, j) - im(k, m, i) * re(k, m, j);
          }
        }
        double off = Math.hypot(sumRe, sumIm);
        // Negated, so that a NaN is refused too.
        if (!(off <= TOLERANCE)) {
          throw new IllegalArgumentException(
              "the Kraus operators don't add up: the sum of K^† K differs from the identity by "
                  + off
                  + " in row "
                  + i
                  + ", column "
                  + j);
        }
      }
    }
  }

  /** Number of operators. */
  public int count() {
    return re.length;
  }

  /** Number of wires: 1 or 2. */
  public int wires() {
    return rows / 2;
  }

  /** Number of rows of each operator: 2 or 4. */
  public int rows() {
    return rows;
  }

  /** Real part of an entry of an operator. */
  public double re(int operator, int row, int column) {
    return re[operator][row * rows + column];
  }

  /** Imaginary part of an entry of an operator. */
  public double im(int operator, int row, int column) {
    return im[operator][row * rows + column];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KrausSet k
        && Arrays.deepEquals(re, k.re)
        && Arrays.deepEquals(im, k.im);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(re) + Arrays.deepHashCode(im);
  }

  @Override
  public String toString() {
    return count() + " Kraus operators of " + rows + " rows";
  }
}
