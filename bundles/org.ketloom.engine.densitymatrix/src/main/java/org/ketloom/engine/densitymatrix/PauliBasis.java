package org.ketloom.engine.densitymatrix;

import java.util.List;

/**
 * Matrices of k wires, to and from their coefficients in the basis of Pauli strings. A string is a
 * number of base 4 whose digits are 0 for the identity, 1 for X, 2 for Y and 3 for Z, the first
 * wire the most significant. With the masks m of X and Y, and z of Z and Y, it is {@code i^|m z|
 * X^m Z^z}.
 */
final class PauliBasis {
  private final int wires;
  private final int rows;

  /** Place of the string with masks m and z, at {@code m * rows + z}. */
  private final int[] strings;

  PauliBasis(int wires) {
    this.wires = wires;
    this.rows = 1 << wires;
    this.strings = new int[rows * rows];
    for (int m = 0; m < rows; m++) {
      for (int z = 0; z < rows; z++) {
        int string = 0;
        for (int bit = rows >> 1; bit > 0; bit >>= 1) {
          boolean flips = (m & bit) != 0;
          boolean signs = (z & bit) != 0;
          string = 4 * string + (flips ? (signs ? 2 : 1) : signs ? 3 : 0);
        }
        strings[m * rows + z] = string;
      }
    }
  }

  int wires() {
    return wires;
  }

  /** Number of rows of a matrix. */
  int rows() {
    return rows;
  }

  /** Number of strings. */
  int size() {
    return rows * rows;
  }

  /** The traces {@code tr(A P)} of a Hermitian matrix with all strings. */
  void traces(double[] re, double[] im, double[] pauli) {
    double[] real = new double[rows];
    double[] imaginary = new double[rows];
    for (int m = 0; m < rows; m++) {
      for (int x = 0; x < rows; x++) {
        real[x] = re[x * rows + (x ^ m)];
        imaginary[x] = im[x * rows + (x ^ m)];
      }
      walsh(real);
      walsh(imaginary);
      for (int z = 0; z < rows; z++) {
        pauli[strings[m * rows + z]] =
            switch (Integer.bitCount(m & z) & 3) {
              case 0 -> real[z];
              case 1 -> -imaginary[z];
              case 2 -> -real[z];
              default -> imaginary[z];
            };
      }
    }
  }

  /** The sum of all strings with coefficients. */
  void sum(double[] pauli, double[] re, double[] im) {
    double[] real = new double[rows];
    double[] imaginary = new double[rows];
    for (int m = 0; m < rows; m++) {
      for (int z = 0; z < rows; z++) {
        double value = pauli[strings[m * rows + z]];
        int power = Integer.bitCount(m & z) & 3;
        real[z] = power == 0 ? value : power == 2 ? -value : 0;
        imaginary[z] = power == 1 ? value : power == 3 ? -value : 0;
      }
      walsh(real);
      walsh(imaginary);
      for (int x = 0; x < rows; x++) {
        re[x * rows + (x ^ m)] = real[x ^ m];
        im[x * rows + (x ^ m)] = imaginary[x ^ m];
      }
    }
  }

  /** Entry x becomes the sum over z of entry z with the sign of the parity of {@code x & z}. */
  static void walsh(double[] values) {
    for (int half = 1; half < values.length; half *= 2) {
      for (int start = 0; start < values.length; start += 2 * half) {
        for (int i = start; i < start + half; i++) {
          double a = values[i];
          double b = values[i + half];
          values[i] = a + b;
          values[i + half] = a - b;
        }
      }
    }
  }

  /**
   * Where strings of some wires lie among the strings of all, the others carrying the identity.
   *
   * @param all number of wires of the circuit
   * @return for each string of the chosen wires
   */
  static int[] embed(List<Integer> chosen, int all) {
    int k = chosen.size();
    int[] places = new int[1 << 2 * k];
    for (int string = 0; string < places.length; string++) {
      for (int i = 0; i < k; i++) {
        int digit = string >> 2 * (k - 1 - i) & 3;
        places[string] |= digit << 2 * (all - 1 - chosen.get(i));
      }
    }
    return places;
  }

  /**
   * The matrix with which a map of states acts on the coefficients.
   *
   * @param operators the Kraus operators, each real and imaginary parts in turn, row-major
   * @return row-major
   */
  double[] transfer(List<double[]> operators) {
    int size = size();
    double[] transfer = new double[size * size];
    double[] unit = new double[size];
    double[] re = new double[size];
    double[] im = new double[size];
    double[] column = new double[size];
    for (int j = 0; j < size; j++) {
      unit[j] = 1;
      sum(unit, re, im);
      unit[j] = 0;
      double[] imageRe = new double[size];
      double[] imageIm = new double[size];
      for (double[] k : operators) {
        conjugate(k, re, im, imageRe, imageIm);
      }
      traces(imageRe, imageIm, column);
      for (int i = 0; i < size; i++) {
        transfer[i * size + j] = column[i] / rows;
      }
    }
    return transfer;
  }

  /** Adds {@code K A K^†}. */
  private void conjugate(double[] k, double[] re, double[] im, double[] toRe, double[] toIm) {
    double[] halfRe = new double[rows * rows];
    double[] halfIm = new double[rows * rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        for (int m = 0; m < rows; m++) {
          double a = k[2 * (i * rows + m)];
          double b = k[2 * (i * rows + m) + 1];
          halfRe[i * rows + j] += a * re[m * rows + j] - b * im[m * rows + j];
          halfIm[i * rows + j] += a * im[m * rows + j] + b * re[m * rows + j];
        }
      }
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        for (int m = 0; m < rows; m++) {
          double a = k[2 * (j * rows + m)];
          double b = -k[2 * (j * rows + m) + 1];
          toRe[i * rows + j] += a * halfRe[i * rows + m] - b * halfIm[i * rows + m];
          toIm[i * rows + j] += a * halfIm[i * rows + m] + b * halfRe[i * rows + m];
        }
      }
    }
  }
}
