package org.ketloom.metrics;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.ketloom.api.random.SplitMix64;

/**
 * Kernel distance: the squared maximum mean discrepancy with the kernel k(x, y) = (x.y / d + 1)^3
 * (Bińkowski et al., "Demystifying MMD GANs", ICLR 2018, section 4.2), in its unbiased estimate
 * (Gretton et al., "A kernel two-sample test", JMLR 2012, equation 3):
 *
 * <pre>sum_{i != j} k(x_i, x_j) / (m (m - 1)) + sum_{i != j} k(y_i, y_j) / (n (n - 1))
 *   - 2 sum_{i, j} k(x_i, y_j) / (m n)</pre>
 *
 * <p>0 is best; being unbiased it can be negative. It doesn't depend on the number of samples but
 * for its spread.
 */
public final class KernelDistance {
  /** Samples per set without which there is no pair. */
  public static final int SAMPLES_NEEDED = 2;

  private static final int BLOCK = 1000;
  private static final int BLOCKS = 20;

  /**
   * An estimate.
   *
   * @param mean mean over blocks of samples
   * @param deviation standard deviation over the blocks; empty if all samples were one block
   */
  public record Estimate(double mean, OptionalDouble deviation) {}

  private KernelDistance() {}

  /**
   * Distance of two sets of features: of all where there are at most 1000 in the smaller one, else
   * the mean over 20 blocks of 1000, drawn without replacement.
   *
   * @param first {@code [samples][dimension]}
   * @param second {@code [samples][dimension]}
   * @param seed of the blocks
   * @throws IllegalArgumentException if one has fewer than {@link #SAMPLES_NEEDED}
   */
  public static Estimate estimate(float[][] first, float[][] second, long seed) {
    int smaller = Math.min(first.length, second.length);
    Samples.require("kernel distance", "", smaller, SAMPLES_NEEDED);
    if (smaller <= BLOCK) {
      return new Estimate(of(first, second), OptionalDouble.empty());
    }
    SplitMix64 random = new SplitMix64(seed);
    double[] values = new double[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
      values[b] = of(draw(first, random), draw(second, random));
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Estimate(mean, OptionalDouble.of(Math.sqrt(squares / (BLOCKS - 1))));
  }

  /**
   * Distance of two sets of features, of all their pairs.
   *
   * @param first {@code [samples][dimension]}
   * @param second {@code [samples][dimension]}
   * @throws IllegalArgumentException if one has fewer than {@link #SAMPLES_NEEDED}
   */
  public static double of(float[][] first, float[][] second) {
    Samples.require("kernel distance", "", Math.min(first.length, second.length), SAMPLES_NEEDED);
    Samples.dimension("kernel distance", first, second);
    return within(first) + within(second) - 2 * across(first, second);
  }

  private static double within(float[][] x) {
    double n = x.length;
    return 2 * sum(IntStream.range(0, x.length), i -> row(x[i], x, i + 1)) / (n * (n - 1));
  }

  private static double across(float[][] x, float[][] y) {
    return sum(IntStream.range(0, x.length), i -> row(x[i], y, 0)) / ((double) x.length * y.length);
  }

  /** Rows in parallel, their sums added in order: the same on any number of threads. */
  private static double sum(IntStream rows, java.util.function.IntToDoubleFunction row) {
    double sum = 0;
    for (double value : rows.parallel().mapToDouble(row).toArray()) {
      sum += value;
    }
    return sum;
  }

  private static double row(float[] x, float[][] y, int from) {
    double sum = 0;
    for (int j = from; j < y.length; j++) {
      double base = Samples.dot(x, y[j]) / x.length + 1;
      sum += base * base * base;
    }
    return sum;
  }

  private static float[][] draw(float[][] from, SplitMix64 random) {
    float[][] pool = from.clone();
    float[][] drawn = new float[BLOCK][];
    for (int i = 0; i < BLOCK; i++) {
      int j = random.nextInt(i, pool.length);
      drawn[i] = pool[j];
      pool[j] = pool[i];
    }
    return drawn;
  }
}
