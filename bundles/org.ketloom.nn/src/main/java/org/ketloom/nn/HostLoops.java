package org.ketloom.nn;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Plain loops over copies in the cache, in place of calls of ND4J that take several times as long:
 * a call costs about 25 microseconds however little it does, and a product with ones is a slow sum.
 * Single precision.
 */
final class HostLoops {
  private static final int LONGEST_TILE = 512;
  private static final int SMALL = 1 << 15;

  /** Parts of a sum; the same number whatever the number of threads, for the same bits. */
  private static final int PARTS = 8;

  private HostLoops() {}

  /** Whether {@link #addTo} pays. */
  static boolean small(INDArray array) {
    return array.dataType() == DataType.FLOAT && array.length() <= SMALL;
  }

  /** Adds values to others. */
  static void addTo(ArrayPool pool, INDArray values, INDArray sum) {
    int n = Math.toIntExact(values.length());
    float[] a = pool.floats(n);
    float[] b = pool.floats(n);
    FloatPointer to = pointer(sum);
    pointer(values).get(a, 0, n);
    to.get(b, 0, n);
    NormSiluKernel.add(b, a, n);
    to.put(b, 0, n);
    pool.giveBack(a, b);
  }

  /** Sums over the rows of a matrix. */
  static void columnSums(ArrayPool pool, INDArray matrix, int rows, int columns, INDArray sums) {
    int together = Math.max(1, Math.min(rows, LONGEST_TILE / columns));
    int blocks = rows / together;
    int parts = Math.min(PARTS, blocks);
    double[][] partial = new double[parts + 1][];
    Arrays.setAll(partial, part -> pool.zeros(columns));
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              long first = (long) part * blocks / parts * together;
              long end = (part + 1L) * blocks / parts * together;
              sum(pool, pointer(matrix), first, end, together, columns, partial[part]);
            });
    long rest = (long) blocks * together;
    if (rest < rows) {
      sum(pool, pointer(matrix), rest, rows, rows - (int) rest, columns, partial[parts]);
    }
    double[] total = pool.zeros(columns);
    for (double[] part : partial) {
      for (int c = 0; c < columns; c++) {
        total[c] += part[c];
      }
    }
    Kernels.write(pool, sums, total);
    pool.giveBack(partial);
    pool.giveBack(total);
  }

  private static void sum(
      ArrayPool pool,
      FloatPointer matrix,
      long first,
      long end,
      int together,
      int columns,
      double[] to) {
    int width = together * columns;
    float[] x = pool.floats(width);
    float[] tile = pool.floats(width);
    Arrays.fill(tile, 0, width, 0);
    for (long row = first; row < end; row += together) {
      matrix.position(row * columns).get(x, 0, width);
      NormSiluKernel.add(tile, x, width);
    }
    for (int j = 0; j < width; j++) {
      to[j % columns] += tile[j];
    }
    pool.giveBack(x, tile);
  }

  private static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().addressPointer());
  }
}
