package org.ketloom.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Precision and recall by k nearest neighbours (Kynkäänniemi et al., "Improved precision and recall
 * metric for assessing generative models", NeurIPS 2019, section 2). A set's manifold is the union
 * of balls around its samples, each reaching to the sample's k-th nearest neighbour in the set.
 *
 * @param precision share of the generated samples that lie in the manifold of the real ones: how
 *     good they are; 1 is best
 * @param recall share of the real samples that lie in the manifold of the generated ones: how much
 *     of the variety is there; 1 is best
 */
public record PrecisionRecall(double precision, double recall) {
  /** The paper's number of neighbours. */
  public static final int NEIGHBOURS = 3;

  /** Samples per set without which there is no k-th neighbour: k + 1. */
  public static int samplesNeeded(int neighbours) {
    return neighbours + 1;
  }

  /**
   * Precision and recall of two sets of features.
   *
   * @param generated {@code [samples][dimension]}
   * @param real {@code [samples][dimension]}
   * @param neighbours k, at least 1
   * @throws IllegalArgumentException if a set has fewer than {@link #samplesNeeded}
   */
  public static PrecisionRecall of(float[][] generated, float[][] real, int neighbours) {
    if (neighbours < 1) {
      throw new IllegalArgumentException("at least 1 neighbour is expected, found " + neighbours);
    }
    String metric = "precision and recall by " + neighbours + " neighbours";
    Samples.require(metric, "generated", generated.length, samplesNeeded(neighbours));
    Samples.require(metric, "real", real.length, samplesNeeded(neighbours));
    Samples.dimension(metric, generated, real);
    return new PrecisionRecall(
        covered(generated, real, radii(real, neighbours)),
        covered(real, generated, radii(generated, neighbours)));
  }

  /** Share of the samples that lie in one of the balls. */
  private static double covered(float[][] samples, float[][] centres, double[] radii) {
    long inside =
        Arrays.stream(samples)
            .parallel()
            .filter(
                s -> {
                  for (int j = 0; j < centres.length; j++) {
                    if (Samples.squaredDistance(s, centres[j]) <= radii[j]) {
                      return true;
                    }
                  }
                  return false;
                })
            .count();
    return (double) inside / samples.length;
  }

  /** Squared distance of each sample to its k-th nearest other one. */
  private static double[] radii(float[][] samples, int k) {
    return IntStream.range(0, samples.length)
        .parallel()
        .mapToDouble(
            i -> {
              double[] nearest = new double[k];
              Arrays.fill(nearest, Double.POSITIVE_INFINITY);
              for (int j = 0; j < samples.length; j++) {
                if (j != i) {
                  insert(nearest, Samples.squaredDistance(samples[i], samples[j]));
                }
              }
              return nearest[k - 1];
            })
        .toArray();
  }

  /** Keeps the smallest, in order. */
  private static void insert(double[] smallest, double value) {
    int at = smallest.length - 1;
    if (value >= smallest[at]) {
      return;
    }
    while (at > 0 && smallest[at - 1] > value) {
      smallest[at] = smallest[at - 1];
      at--;
    }
    smallest[at] = value;
  }
}
