package org.ketloom.metrics;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.ml.clustering.DoublePoint;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.ml.distance.EuclideanDistance;
import org.apache.commons.math3.random.JDKRandomGenerator;

/**
 * Bins around the centres that k-means finds in real samples, and two comparisons of how samples
 * fall into them (Richardson and Weiss, "On GANs and GMMs", NeurIPS 2018, section 3.2).
 */
public final class Bins {
  /** The paper's number of bins. */
  public static final int DEFAULT_COUNT = 100;

  /** Expected samples per bin from which the normal approximation of the test holds. */
  private static final int PER_BIN = 5;

  private static final double SIGNIFICANCE = 0.05;
  private static final int ITERATIONS = 30;

  private final float[][] centres;
  private final double[] real;
  private final int realCount;

  /**
   * How samples differ from the real ones.
   *
   * @param different number of statistically different bins over the number of bins: those whose
   *     two shares differ at a significance of 0.05 in a two-proportion z-test with pooled
   *     variance. 0 is best; samples of the real distribution itself give about 0.05
   * @param divergence Jensen-Shannon divergence of the shares in nats: the mean of KL(p || m) and
   *     KL(q || m) with m = (p + q) / 2. From 0, which is best, to ln 2
   */
  public record Comparison(double different, double divergence) {}

  private Bins(float[][] centres, double[] real, int realCount) {
    this.centres = centres;
    this.real = real;
    this.realCount = realCount;
  }

  /** Samples per set that the test needs: 5 per bin. */
  public static int samplesNeeded(int count) {
    return PER_BIN * count;
  }

  /**
   * Bins of real samples.
   *
   * @param samples {@code [samples][dimension]}
   * @param count number of bins, at least 2
   * @param seed of k-means++
   * @throws IllegalArgumentException if there are fewer than {@link #samplesNeeded}
   */
  public static Bins of(float[][] samples, int count, long seed) {
    if (count < 2) {
      throw new IllegalArgumentException("at least 2 bins are expected, found " + count);
    }
    Samples.require("NDB with " + count + " bins", "real", samples.length, samplesNeeded(count));
    JDKRandomGenerator random = new JDKRandomGenerator();
    random.setSeed(seed);
    List<DoublePoint> points = Arrays.stream(samples).map(Bins::point).toList();
    float[][] centres =
        new KMeansPlusPlusClusterer<DoublePoint>(count, ITERATIONS, new EuclideanDistance(), random)
            .cluster(points).stream()
                .map(c -> floats(c.getCenter().getPoint()))
                .toArray(float[][]::new);
    return new Bins(centres, shares(samples, centres), samples.length);
  }

  /** The real samples' share in each bin. */
  public double[] shares() {
    return real.clone();
  }

  /** The number of the bin that a sample falls into: that of the nearest centre. */
  public int bin(float[] sample) {
    return nearest(sample, centres);
  }

  /**
   * Compares samples with the real ones.
   *
   * @param samples {@code [samples][dimension]}
   * @throws IllegalArgumentException if there are fewer than {@link #samplesNeeded}
   */
  public Comparison compare(float[][] samples) {
    int count = centres.length;
    Samples.require(
        "NDB with " + count + " bins", "generated", samples.length, samplesNeeded(count));
    return compare(real, realCount, shares(samples, centres), samples.length);
  }

  /**
   * Compares two rows of shares.
   *
   * @param p shares of the first, adding up to 1
   * @param n samples behind them
   * @param q shares of the second
   * @param m samples behind them
   */
  static Comparison compare(double[] p, int n, double[] q, int m) {
    double threshold = new NormalDistribution().inverseCumulativeProbability(1 - SIGNIFICANCE / 2);
    int different = 0;
    double divergence = 0;
    for (int i = 0; i < p.length; i++) {
      double pooled = (n * p[i] + m * q[i]) / (n + m);
      double error = Math.sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / m));
      if (Math.abs(p[i] - q[i]) > threshold * error) {
        different++;
      }
      double mean = (p[i] + q[i]) / 2;
      divergence += (relative(p[i], mean) + relative(q[i], mean)) / 2;
    }
    return new Comparison((double) different / p.length, divergence);
  }

  private static double relative(double p, double m) {
    return p == 0 ? 0 : p * Math.log(p / m);
  }

  private static double[] shares(float[][] samples, float[][] centres) {
    int[] bins = Arrays.stream(samples).parallel().mapToInt(s -> nearest(s, centres)).toArray();
    double[] shares = new double[centres.length];
    for (int bin : bins) {
      shares[bin] += 1.0 / samples.length;
    }
    return shares;
  }

  private static int nearest(float[] sample, float[][] centres) {
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < centres.length; i++) {
      double distance = Samples.squaredDistance(sample, centres[i]);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  private static DoublePoint point(float[] row) {
    double[] values = new double[row.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = row[i];
    }
    return new DoublePoint(values);
  }

  private static float[] floats(double[] row) {
    float[] values = new float[row.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) row[i];
    }
    return values;
  }
}
