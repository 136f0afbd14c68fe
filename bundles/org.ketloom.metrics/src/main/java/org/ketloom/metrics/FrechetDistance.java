package org.ketloom.metrics;

import java.util.Arrays;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Fréchet distance between Gaussians that are fitted to two sets of features (Heusel et al., "GANs
 * trained by a two time-scale update rule", NeurIPS 2017, equation 6; the closed form is Dowson and
 * Landau, 1982, equation 16):
 *
 * <pre>|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))</pre>
 *
 * <p>It is the squared 2-Wasserstein distance of the Gaussians; 0 is best. With n samples of d
 * features it is biased upwards by about d^2 / n times the scale of the features: values of
 * different n can't be compared.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /** Samples per set without which the covariance of d features is singular: d + 1. */
  public static int samplesNeeded(int dimension) {
    return dimension + 1;
  }

  /**
   * Distance of two sets of features.
   *
   * @param first {@code [samples][dimension]}
   * @param second {@code [samples][dimension]}
   * @throws IllegalArgumentException if one has fewer than {@link #samplesNeeded}
   */
  public static double of(float[][] first, float[][] second) {
    Samples.require("Fréchet distance", "", Math.min(first.length, second.length), 2);
    int d = Samples.dimension("Fréchet distance", first, second);
    Samples.require("Fréchet distance on " + d + " features", "", first.length, d + 1);
    Samples.require("Fréchet distance on " + d + " features", "", second.length, d + 1);
    double[] mean1 = mean(first);
    double[] mean2 = mean(second);
    return between(mean1, covariance(first, mean1), mean2, covariance(second, mean2));
  }

  /**
   * Distance of two Gaussians; a covariance may be of any rank.
   *
   * @param mean1 {@code [dimension]}
   * @param covariance1 symmetric {@code [dimension][dimension]}
   * @param mean2 {@code [dimension]}
   * @param covariance2 symmetric {@code [dimension][dimension]}
   */
  public static double between(
      double[] mean1, double[][] covariance1, double[] mean2, double[][] covariance2) {
    double distance = 0;
    for (int i = 0; i < mean1.length; i++) {
      double d = mean1[i] - mean2[i];
      distance += d * d + covariance1[i][i] + covariance2[i][i];
    }
    // (C1 C2)^(1/2) has the trace of the root of R C2 R with R = C1^(1/2), which is symmetric.
    RealMatrix root = root(covariance1);
    RealMatrix product = root.multiply(new BlockRealMatrix(covariance2)).multiply(root);
    double trace = 0;
    for (double value : new EigenDecomposition(symmetric(product)).getRealEigenvalues()) {
      trace += Math.sqrt(Math.max(0, value));
    }
    // Rounding may leave a little less than nothing where both are equal.
    return Math.max(0, distance - 2 * trace);
  }

  /** The positive root of a positive semi-definite matrix. */
  private static RealMatrix root(double[][] matrix) {
    EigenDecomposition eigen = new EigenDecomposition(new BlockRealMatrix(matrix));
    RealMatrix vectors = new BlockRealMatrix(eigen.getV().getData());
    RealMatrix scaled = vectors.copy();
    double[] values = eigen.getRealEigenvalues();
    for (int column = 0; column < values.length; column++) {
      double root = Math.sqrt(Math.max(0, values[column]));
      for (int row = 0; row < values.length; row++) {
        scaled.multiplyEntry(row, column, root);
      }
    }
    return symmetric(scaled.multiply(vectors.transpose()));
  }

  /** Without the rounding errors by which it isn't. */
  private static RealMatrix symmetric(RealMatrix matrix) {
    return matrix.add(matrix.transpose()).scalarMultiply(0.5);
  }

  private static double[] mean(float[][] rows) {
    double[] mean = new double[rows[0].length];
    for (float[] row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i];
      }
    }
    return Arrays.stream(mean).map(m -> m / rows.length).toArray();
  }

  /** The unbiased estimate, divided by n - 1. */
  private static double[][] covariance(float[][] rows, double[] mean) {
    int d = mean.length;
    double[][] covariance = new double[d][d];
    double[] centred = new double[d];
    for (float[] row : rows) {
      for (int i = 0; i < d; i++) {
        centred[i] = row[i] - mean[i];
      }
      for (int i = 0; i < d; i++) {
        double c = centred[i];
        double[] to = covariance[i];
        for (int j = i; j < d; j++) {
          to[j] += c * centred[j];
        }
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        covariance[i][j] /= rows.length - 1;
        covariance[j][i] = covariance[i][j];
      }
    }
    return covariance;
  }
}
