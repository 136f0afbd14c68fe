package org.ketloom.api.circuit;

import java.util.Objects;
import java.util.Optional;

/**
 * Where a gate's angle, or a channel's strength, comes from: {@code scale * source[index] +
 * offset}. A gate's angle may also be a product of two numbers that are read, {@code scale *
 * source[index] * (factor + factor's offset) + offset}: a feature with a trainable scale. Angles
 * are in radians.
 *
 * @param source the array that is read
 * @param index position in that array; 0 for a constant
 * @param scale constant factor; 0 for a constant
 * @param offset constant term
 * @param factor what the number is multiplied by; empty for a number alone
 */
public record Angle(
    Source source, int index, double scale, double offset, Optional<Factor> factor) {

  /**
   * The second number of a product, plus a constant: {@code source[index] + offset}.
   *
   * @param source the array that is read, no constant
   * @param index position in that array
   * @param offset constant term: 1 makes a weight of 0 leave the first number as it is
   */
  public record Factor(Source source, int index, double offset) {
    /** Checks that the offset is finite and the index is not negative. */
    public Factor {
      if (source == Source.CONSTANT) {
        throw new IllegalArgumentException("a constant factor is part of the angle's scale");
      }
      requireIndex(index);
      if (!Double.isFinite(offset)) {
        throw new IllegalArgumentException("factor offset " + offset + " must be finite");
      }
    }

    @Override
    public String toString() {
      String read = Angle.name(source, index);
      return offset == 0 ? read : "(" + read + term(offset) + ")";
    }
  }

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
    Objects.requireNonNull(factor, "factor");
    requireIndex(index);
    if (!Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "angle scale " + scale + " and offset " + offset + " must be finite");
    }
    if (source == Source.CONSTANT && factor.isPresent()) {
      throw new IllegalArgumentException(
          "a constant times " + factor.get() + " is that number with a scale, not a product");
    }
  }

  /** An angle that reads one number at most. */
  public Angle(Source source, int index, double scale, double offset) {
    this(source, index, scale, offset, Optional.empty());
  }

  private static void requireIndex(int index) {
    if (index < 0) {
      throw new IllegalArgumentException("angle index " + index + " is negative");
    }
  }

  /** A fixed angle in radians. */
  public static Angle constant(double radians) {
    return new Angle(Source.CONSTANT, 0, 0, radians);
  }

  /** This angle multiplied by a factor. */
  public Angle times(double factor) {
    return new Angle(source, index, scale * factor, offset * factor, this.factor);
  }

  /**
   * This angle multiplied by another: {@code features.at(0).times(weights.at(0).plus(1))} is a
   * feature with a trainable scale, which a weight of 0 leaves at 1.
   *
   * @throws IllegalArgumentException if either is a product already, or both read a number and have
   *     an offset
   */
  public Angle times(Angle other) {
    if (other.source == Source.CONSTANT || other.scale == 0) {
      return times(other.offset);
    }
    if (source == Source.CONSTANT) {
      return other.times(offset);
    }
    if (factor.isPresent() || other.factor.isPresent() || (offset != 0 && other.offset != 0)) {
      throw new IllegalArgumentException(
          "an angle is a product of at most two numbers, of which one may have an offset; found ("
              + this
              + ") * ("
              + other
              + "); write the rest as further gates");
    }
    if (offset != 0) {
      return other.times(this);
    }
    return new Angle(
        source,
        index,
        scale * other.scale,
        0,
        Optional.of(new Factor(other.source, other.index, other.offset / other.scale)));
  }

  /** This angle plus a number of radians. */
  public Angle plus(double radians) {
    return new Angle(source, index, scale, offset + radians, factor);
  }

  @Override
  public String toString() {
    if (source == Source.CONSTANT) {
      return Double.toString(offset);
    }
    String constant = scale == 1 ? "" : scale == -1 ? "-" : scale + "*";
    String second = factor.map(f -> "*" + f).orElse("");
    return constant + name(source, index) + second + term(offset);
  }

  private static String name(Source source, int index) {
    String array =
        switch (source) {
          case FEATURE -> "x";
          case WEIGHT -> "w";
          default -> "s";
        };
    return array + "[" + index + "]";
  }

  private static String term(double offset) {
    return offset == 0 ? "" : offset > 0 ? "+" + offset : Double.toString(offset);
  }
}
