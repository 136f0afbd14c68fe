package org.ketloom.engine.statevector;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Pauli;

/**
 * One elementary matrix of two rows inside of a fused gate.
 *
 * @param kind which of the three forms
 * @param axis of {@link Kind#ROTATION}
 * @param sign of {@link Kind#GLOBAL}: 1 or -1
 * @param constant of {@link Kind#CONSTANT}
 * @param angles what adds up to the angle t; empty for a constant
 * @param slot where the cosine and sine are kept, of t/2 for a rotation, of t for a phase; -1 for a
 *     constant and before {@link #in}
 * @param gates the gates that it comes from, for people
 */
record Factor(
    Kind kind,
    @Nullable Pauli axis,
    int sign,
    @Nullable ConstantSu2 constant,
    List<Angle> angles,
    int slot,
    String gates) {

  @Override
  public Pauli axis() {
    return Objects.requireNonNull(axis, "only rotations have an axis");
  }

  @Override
  public ConstantSu2 constant() {
    return Objects.requireNonNull(constant, "only constants have a matrix");
  }

  /** Forms of a factor. */
  enum Kind {
    /** A fixed matrix. */
    CONSTANT,
    /** {@code exp(-i t P / 2)}. */
    ROTATION,
    /** {@code exp(i sign t)}, which counts under a control. */
    GLOBAL
  }

  /** A fixed unitary of two rows: real and imaginary parts in turn, row-major. */
  static Factor constant(double... matrix) {
    return new Factor(Kind.CONSTANT, null, 0, ConstantSu2.of(matrix), List.of(), -1, "");
  }

  static Factor rotation(Pauli axis, Angle... angles) {
    return new Factor(Kind.ROTATION, axis, 0, null, List.of(angles), -1, "");
  }

  static Factor global(int sign, Angle angle) {
    return new Factor(Kind.GLOBAL, null, sign, null, List.of(angle), -1, "");
  }

  /** This factor as one that comes from a gate. */
  Factor from(String gate) {
    return new Factor(kind, axis, sign, constant, angles, slot, gate);
  }

  /** This factor with its angle in a table. */
  Factor in(AngleTable table) {
    return kind == Kind.CONSTANT
        ? this
        : new Factor(
            kind,
            axis,
            sign,
            constant,
            angles,
            table.slot(angles.stream().map(a -> a.times(kind == Kind.ROTATION ? 0.5 : 1)).toList()),
            gates);
  }

  /** Whether the next factor is a rotation about the same axis, so that both are one. */
  boolean joins(Factor next) {
    return kind == Kind.ROTATION && next.kind == Kind.ROTATION && axis == next.axis;
  }

  Factor join(Factor next) {
    return new Factor(
        kind,
        axis,
        sign,
        constant,
        Stream.concat(angles.stream(), next.angles.stream()).toList(),
        -1,
        gates + " " + next.gates);
  }

  /** Whether the angle differs between samples. */
  boolean perSample() {
    return angles.stream()
        .anyMatch(a -> a.source() == Angle.Source.FEATURE || a.source() == Angle.Source.SAMPLE);
  }
}
