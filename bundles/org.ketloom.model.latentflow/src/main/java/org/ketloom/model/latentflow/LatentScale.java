package org.ketloom.model.latentflow;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Tensor;

/**
 * Brings latents to mean 0 and variance 1 and back: {@code z = mean + L x} with a lower triangular
 * L, of the moments of the latents that were shown to it.
 */
final class LatentScale {
  private static final String MOMENTS = "latents.moments";

  /** Share of the mean variance that is added to all, so that L can be inverted. */
  private static final double RIDGE = 1e-6;

  private final int width;
  private final boolean whiten;

  /** Number of latents, their sums, the sums of their products, row-major. */
  private double[] moments;

  private double[] mean = {};
  private double[] factor = {};

  /**
   * @param width number of latents of an image
   * @param whiten whether latents are made uncorrelated
   */
  LatentScale(int width, boolean whiten) {
    this.width = width;
    this.whiten = whiten;
    moments = new double[1 + width + width * width];
  }

  /**
   * Takes latents into the moments.
   *
   * @param latents row-major {@code [n][width]}
   */
  void take(float[] latents) {
    for (int from = 0; from < latents.length; from += width) {
      moments[0]++;
      for (int k = 0; k < width; k++) {
        moments[1 + k] += latents[from + k];
        for (int l = 0; l < width; l++) {
          moments[1 + width + k * width + l] += (double) latents[from + k] * latents[from + l];
        }
      }
    }
    mean = new double[0];
  }

  /** Number of latents that were taken. */
  long count() {
    return (long) moments[0];
  }

  /** Deviation of each latent. */
  double[] deviations() {
    double[] found = new double[width];
    for (int k = 0; k < width; k++) {
      found[k] = Math.sqrt(Math.max(0, covariance(k, k)));
    }
    return found;
  }

  private double covariance(int k, int l) {
    double n = moments[0];
    return moments[1 + width + k * width + l] / n - moments[1 + k] / n * (moments[1 + l] / n);
  }

  private void solve() {
    if (mean.length > 0) {
      return;
    }
    if (count() == 0) {
      throw new IllegalStateException(
          "the model has seen no latents yet: its field's training has not begun");
    }
    double[] l = new double[width * width];
    double ridge = 0;
    for (int k = 0; k < width; k++) {
      ridge += RIDGE / width * covariance(k, k);
    }
    for (int i = 0; i < width; i++) {
      for (int j = whiten ? 0 : i; j <= i; j++) {
        double sum = covariance(i, j) + (i == j ? ridge : 0);
        for (int k = 0; k < j; k++) {
          sum -= l[i * width + k] * l[j * width + k];
        }
        l[i * width + j] = i == j ? Math.sqrt(Math.max(sum, ridge)) : sum / l[j * width + j];
      }
    }
    factor = l;
    double[] centre = new double[width];
    for (int k = 0; k < width; k++) {
      centre[k] = moments[1 + k] / moments[0];
    }
    mean = centre;
  }

  /** Latents of mean 0 and variance 1, row-major {@code [n][width]}. */
  double[] standard(float[] latents) {
    solve();
    double[] x = new double[latents.length];
    for (int from = 0; from < x.length; from += width) {
      for (int i = 0; i < width; i++) {
        double sum = latents[from + i] - mean[i];
        for (int k = 0; k < i; k++) {
          sum -= factor[i * width + k] * x[from + k];
        }
        x[from + i] = sum / factor[i * width + i];
      }
    }
    return x;
  }

  /** The inverse of {@link #standard}. */
  float[] latents(double[] standard) {
    solve();
    float[] z = new float[standard.length];
    for (int from = 0; from < z.length; from += width) {
      for (int i = 0; i < width; i++) {
        double sum = mean[i];
        for (int k = 0; k <= i; k++) {
          sum += factor[i * width + k] * standard[from + k];
        }
        z[from + i] = (float) sum;
      }
    }
    return z;
  }

  Map<String, Tensor> state() {
    return Map.of(MOMENTS, Tensor.of(moments.clone()));
  }

  /**
   * Puts a state back; other names are left alone.
   *
   * @throws IllegalArgumentException if the moments are missing or of another number of latents
   */
  void restore(Map<String, Tensor> state) {
    Tensor tensor = state.get(MOMENTS);
    if (tensor == null || !tensor.shape().equals(List.of(moments.length))) {
      throw new IllegalArgumentException(
          "tensor " + MOMENTS + " is missing or not of shape [" + moments.length + "]");
    }
    moments = Arrays.copyOf(tensor.doubles(), moments.length);
    mean = new double[0];
  }
}
