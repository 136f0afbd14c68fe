package org.ketloom.api.circuit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A block of angles of one source with a shape, as an ansatz or encoding receives it. It doesn't
 * show whether the angles are shared weights, input features or given per sample, so that a part
 * works with all of them.
 *
 * @param source what the block reads
 * @param first index of the block's first value in that source
 * @param shape sizes of the block's axes, row-major; each at least 0
 */
public record Angles(Angle.Source source, int first, List<Integer> shape) {

  /** Copies the shape and checks it. */
  public Angles {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException("shape " + shape + " has a negative size");
    }
  }

  /**
   * Number of values in the block.
   *
   * @throws IllegalArgumentException if they are more than 2^31 - 1
   */
  public int size() {
    try {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "shape " + text() + " has more than " + Integer.MAX_VALUE + " angles", e);
    }
  }

  /**
   * The angle at a position.
   *
   * @param position one index per axis of the shape
   * @throws IllegalArgumentException if the position lies outside of the shape
   */
  public Angle at(int... position) {
    if (position.length != shape.size()) {
      throw outside(position);
    }
    int index = 0;
    for (int axis = 0; axis < position.length; axis++) {
      if (position[axis] < 0 || position[axis] >= shape.get(axis)) {
        throw outside(position);
      }
      index = index * shape.get(axis) + position[axis];
    }
    return new Angle(source, first + index, 1, 0);
  }

  private IllegalArgumentException outside(int[] position) {
    return new IllegalArgumentException(
        "no angle at "
            + Arrays.toString(position)
            + ": the block of "
            + source.name().toLowerCase(java.util.Locale.ROOT)
            + " angles has shape "
            + text());
  }

  private String text() {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
