package org.ketloom.api.circuit;

import java.util.Objects;

/**
 * Where a gate's angle, or a channel's strength, comes from: {@code scale * source[index] +
 * offset}. Angles are in radians.
 *
 * @param source the array that is read
 * @param index position in that array; 0 for a constant
 * @param scale factor; 0 for a constant
 * @param offset constant term
 */
public record Angle(Source source, int index, double scale, double offset) {

  /** The arrays that an angle can read. */
  public enum Source {
    /** Nothing: the angle is its offset. */
    CONSTANT,
    /** Input feature, one value per sample; differentiated per sample. */
    FEATURE,
    /** Trainable weight, shared by the batch; its gradient is summed over the batch. */
    WEIGHT,
    /** Angle that is given per sample, by a network or a table; differentiated per sample. */
    SAMPLE
  }

  /** Checks that the numbers are finite and the index is not negative. */
  public Angle {
    Objects.requireNonNull(source, "source");
    if (index < 0) {
      throw new IllegalArgumentException("angle index " + index + " is negative");
    }
    if (!Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "angle scale " + scale + " and offset " + offset + " must be finite");
    }
  }

  /** A fixed angle in radians. */
  public static Angle constant(double radians) {
    return new Angle(Source.CONSTANT, 0, 0, radians);
  }

  /** This angle multiplied by a factor. */
  public Angle times(double factor) {
    return new Angle(source, index, scale * factor, offset * factor);
  }

  /** This angle plus a number of radians. */
  public Angle plus(double radians) {
    return new Angle(source, index, scale, offset + radians);
  }

  @Override
  public String toString() {
    if (source == Source.CONSTANT) {
      return Double.toString(offset);
    }
    String name =
        switch (source) {
          case FEATURE -> "x";
          case WEIGHT -> "w";
          default -> "s";
        };
    String factor = scale == 1 ? "" : scale == -1 ? "-" : scale + "*";
    String term = offset == 0 ? "" : offset > 0 ? "+" + offset : Double.toString(offset);
    return factor + name + "[" + index + "]" + term;
  }
}
