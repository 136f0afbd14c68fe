package org.ketloom.nn;

import java.util.Arrays;

/** Arithmetic on shapes. */
final class Shapes {
  private Shapes() {}

  /** Number of values; {@link Long#MAX_VALUE} if they are more. */
  static long length(long... shape) {
    long length = 1;
    for (long d : shape) {
      length = Math.multiplyHigh(length, d) == 0 && length * d >= 0 ? length * d : Long.MAX_VALUE;
    }
    return length;
  }

  static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  static String text(long... shape) {
    return Arrays.toString(shape);
  }

  /** The common shape of two arrays, sizes of one being stretched, aligned at the last axis. */
  static long[] broadcast(String operation, long[] a, long[] b) {
    if (Arrays.equals(a, b)) {
      return a;
    }
    int rank = Math.max(a.length, b.length);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      long da = size(a, rank, i);
      long db = size(b, rank, i);
      if (da != db && da != 1 && db != 1) {
        throw new IllegalArgumentException(
            operation
                + ": shapes "
                + text(a)
                + " and "
                + text(b)
                + " don't fit: axes, counted from the last, must be equal or 1");
      }
      shape[i] = da == 1 ? db : da;
    }
    return shape;
  }

  /** Size of axis {@code i} of a shape that is aligned at the last of {@code rank} axes. */
  static long size(long[] shape, int rank, int i) {
    int own = i - (rank - shape.length);
    return own < 0 ? 1 : shape[own];
  }

  static int axis(String operation, int axis, int rank) {
    int a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank) {
      throw new IllegalArgumentException(
          operation + ": axis " + axis + " of an array with " + rank + " axes");
    }
    return a;
  }

  /** The shape with the given axes of size 1; all axes if none is given. */
  static long[] reduced(String operation, long[] shape, int... axes) {
    long[] reduced = shape.clone();
    if (axes.length == 0) {
      Arrays.fill(reduced, 1);
    }
    for (int axis : axes) {
      reduced[axis(operation, axis, shape.length)] = 1;
    }
    return reduced;
  }

  static void require(String operation, String what, long[] found, long... expected) {
    boolean fits = found.length == expected.length;
    for (int i = 0; fits && i < found.length; i++) {
      fits = expected[i] == found[i] || expected[i] < 0;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + what
              + " has shape "
              + text(found)
              + ", expected "
              + text(expected).replace("-1", "*"));
    }
  }
}
