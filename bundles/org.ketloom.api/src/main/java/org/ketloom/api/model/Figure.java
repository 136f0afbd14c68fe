package org.ketloom.api.model;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A measured figure: what a model tells of itself on a data set, or how the images that it draws
 * compare with real ones.
 *
 * @param name words with dashes, for instance {@code reconstruction-mse}
 * @param value of all images together
 * @param deviation standard deviation over parts of the images, where it was measured
 * @param real the same figure of real images, which a perfect model would reach; where there is one
 * @param images number of images that were measured
 * @param reference number of images that they were compared with, where they were
 * @param better which values are better
 */
public record Figure(
    String name,
    double value,
    OptionalDouble deviation,
    OptionalDouble real,
    int images,
    OptionalInt reference,
    Better better) {

  /** Which values of a figure are better. */
  public enum Better {
    /** Lower ones. */
    LOWER,
    /** Higher ones. */
    HIGHER,
    /** Those near the value of real images. */
    AS_REAL;

    /** As people write it: {@code lower}, {@code higher}, {@code as real}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** A figure of some images by themselves, not compared with others. */
  public static Figure of(String name, double value, int images, Better better) {
    return new Figure(
        name,
        value,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        images,
        OptionalInt.empty(),
        better);
  }
}
