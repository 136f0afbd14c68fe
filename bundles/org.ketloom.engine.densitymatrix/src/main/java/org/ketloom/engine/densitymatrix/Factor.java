package org.ketloom.engine.densitymatrix;

import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;

/**
 * A gate or channel of one wire: an affine map of its Bloch vector, as a matrix of four rows on the
 * coefficients of the identity, X, Y and Z. Immutable.
 */
interface Factor {

  /** The numbers that it depends on; empty for a constant. */
  List<Angle> angles();

  /** Whether it is unitary, so that its transpose takes it back. */
  boolean unitary();

  /**
   * The inverse of a constant that isn't unitary; empty if it has none, or depends on what is read.
   */
  Optional<Inverse> inverse();

  /** What is known of its matrix. */
  Shape shape();

  /** The gate or channel that it comes from, for people. */
  String name();

  /**
   * Sets the matrix.
   *
   * @param read the numbers
   * @param matrix 16 numbers, row-major
   * @throws IllegalArgumentException if a strength is out of its range
   */
  void matrix(double[] read, double[] matrix);

  /**
   * Adds the derivatives by the numbers.
   *
   * @param read the numbers
   * @param gather derivatives by the matrix's entries, row-major
   * @param derivatives one for each number
   */
  void derivatives(double[] read, double[] gather, double[] derivatives);
}
