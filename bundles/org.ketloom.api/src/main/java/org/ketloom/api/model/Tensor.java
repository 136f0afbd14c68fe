package org.ketloom.api.model;

import java.util.Arrays;
import java.util.List;

/**
 * A named array of a checkpoint: single precision, double precision, or whole numbers, row-major.
 *
 * @param shape sizes of the axes; empty for one number
 * @param values a {@code float[]}, {@code double[]} or {@code long[]} of as many values as the
 *     shape says; not copied
 */
public record Tensor(List<Integer> shape, Object values) {

  /** Copies the shape and checks that it fits the values. */
  public Tensor {
    shape = List.copyOf(shape);
    long expected = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    int found = length(values);
    if (expected != found) {
      throw new IllegalArgumentException(
          "a tensor of shape " + shape + " has " + expected + " values, found " + found);
    }
  }

  /** One-axis tensor of single-precision values. */
  public static Tensor of(float[] values) {
    return new Tensor(List.of(values.length), values);
  }

  /** One-axis tensor of double-precision values. */
  public static Tensor of(double[] values) {
    return new Tensor(List.of(values.length), values);
  }

  /** One whole number. */
  public static Tensor of(long value) {
    return new Tensor(List.of(), new long[] {value});
  }

  /**
   * The values of a single-precision tensor.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public float[] floats() {
    return typed(float[].class);
  }

  /**
   * The values of a double-precision tensor.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public double[] doubles() {
    return typed(double[].class);
  }

  /**
   * The values of a whole-number tensor.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public long[] longs() {
    return typed(long[].class);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor t
        && shape.equals(t.shape)
        && Arrays.deepEquals(new Object[] {values}, new Object[] {t.values});
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {shape, values});
  }

  @Override
  public String toString() {
    return values.getClass().getComponentType() + shape.toString();
  }

  private <A> A typed(Class<A> type) {
    if (!type.isInstance(values)) {
      throw new IllegalArgumentException(
          "a tensor of " + type.getComponentType() + " is expected, found " + this);
    }
    return type.cast(values);
  }

  private static int length(Object values) {
    if (values instanceof float[] f) {
      return f.length;
    }
    if (values instanceof double[] d) {
      return d.length;
    }
    if (values instanceof long[] l) {
      return l.length;
    }
    throw new IllegalArgumentException("a tensor holds a float[], double[] or long[]");
  }
}
