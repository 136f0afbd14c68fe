package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;

/**
 * One elementary matrix inside of a fused gate: a constant, or {@code exp(i t K)} for a Hermitian
 * generator K with at most one entry a row, embedded into the {@code dim x dim} matrix of the fused
 * gate.
 *
 * @param kind which of the three forms
 * @param dim number of rows
 * @param matrix of {@link Kind#CONSTANT}: real and imaginary parts in turn, row-major
 * @param column the column of K's entry in each row
 * @param re real part of that entry (of 2K for {@link Kind#ROTATION}); 0 in both parts for none
 * @param im imaginary part
 * @param angle where t comes from; null for a constant
 * @param slot where the cosine and sine of the angle are kept; -1 before {@link #in}
 */
record Factor(
    Kind kind,
    int dim,
    double[] matrix,
    int[] column,
    double[] re,
    double[] im,
    Angle angle,
    int slot) {

  /** Forms of a factor. */
  enum Kind {
    /** A fixed matrix. */
    CONSTANT,
    /**
     * {@code exp(i t K)} where 2K is minus a Pauli string, so that it is {@code cos(t/2) + i
     * sin(t/2) 2K} on the rows of K and the identity elsewhere.
     */
    ROTATION,
    /** {@code exp(i t K)} where K is a diagonal projector. */
    PHASE
  }

  static Factor constant(int dim, double[] matrix) {
    return new Factor(Kind.CONSTANT, dim, matrix, null, null, null, null, -1);
  }

  /** This factor with its angle in a table. */
  Factor in(AngleTable angles) {
    return angle == null
        ? this
        : new Factor(
            kind,
            dim,
            matrix,
            column,
            re,
            im,
            angle,
            angles.slot(angle, kind == Kind.ROTATION ? 0.5 : 1));
  }

  boolean hasAngle() {
    return angle != null;
  }

  /** Whether the angle differs between samples. */
  boolean perSample() {
    return angle != null
        && (angle.source() == Angle.Source.FEATURE || angle.source() == Angle.Source.SAMPLE);
  }
}
