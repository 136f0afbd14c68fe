package org.ketloom.engine.trajectories;

import java.util.List;

/** Matrices of one or two wires on states: real parts, then imaginary parts. */
final class Jumps {

  private Jumps() {}

  /**
   * Applies a matrix, or its adjoint.
   *
   * @param matrix real and imaginary parts in turn, row-major
   * @param on its wires, most significant first
   * @param at where the state begins
   */
  static void apply(
      double[] matrix,
      List<Integer> on,
      int wires,
      double[] from,
      double[] to,
      int at,
      boolean adjoint) {
    int size = 1 << wires;
    int rows = 1 << on.size();
    int[] masks = new int[rows];
    for (int x = 0; x < rows; x++) {
      for (int i = 0; i < on.size(); i++) {
        masks[x] |= (x >> (on.size() - 1 - i) & 1) << (wires - 1 - on.get(i));
      }
    }
    for (int base = 0; base < size; base++) {
      if ((base & masks[rows - 1]) != 0) {
        continue;
      }
      for (int row = 0; row < rows; row++) {
        double re = 0;
        double im = 0;
        for (int column = 0; column < rows; column++) {
          int entry = 2 * (adjoint ? column * rows + row : row * rows + column);
          double a = matrix[entry];
          double b = adjoint ? -matrix[entry + 1] : matrix[entry + 1];
          double x = from[at + base + masks[column]];
          double y = from[at + size + base + masks[column]];
          re += a * x - b * y;
          im += a * y + b * x;
        }
        to[at + base + masks[row]] = re;
        to[at + size + base + masks[row]] = im;
      }
    }
  }
}
