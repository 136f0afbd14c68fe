package org.ketloom.metrics;

/** What the metrics ask of their samples. */
final class Samples {
  private Samples() {}

  /** Refuses fewer samples than a metric needs. */
  static void require(String metric, String which, int found, int needed) {
    if (found < needed) {
      throw new IllegalArgumentException(
          metric
              + " needs at least "
              + needed
              + (which.isEmpty() ? "" : " " + which)
              + " samples, found "
              + found);
    }
  }

  /** Refuses rows of different lengths; the length of all. */
  static int dimension(String metric, float[][]... sets) {
    int dimension = sets[0][0].length;
    for (float[][] set : sets) {
      for (float[] row : set) {
        if (row.length != dimension) {
          throw new IllegalArgumentException(
              metric + ": features of " + dimension + " and of " + row.length + " values");
        }
      }
    }
    return dimension;
  }

  /** Squared Euclidean distance. */
  static double squaredDistance(float[] a, float[] b) {
    double even = 0;
    double odd = 0;
    int i = 0;
    // Two sums: each addition would otherwise wait for the one before.
    for (; i + 1 < a.length; i += 2) {
      double d = a[i] - b[i];
      double e = a[i + 1] - b[i + 1];
      even += d * d;
      odd += e * e;
    }
    if (i < a.length) {
      double d = a[i] - b[i];
      even += d * d;
    }
    return even + odd;
  }

  /** Inner product. */
  static double dot(float[] a, float[] b) {
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 1 < a.length; i += 2) {
      even += (double) a[i] * b[i];
      odd += (double) a[i + 1] * b[i + 1];
    }
    return i < a.length ? even + odd + (double) a[i] * b[i] : even + odd;
  }
}
