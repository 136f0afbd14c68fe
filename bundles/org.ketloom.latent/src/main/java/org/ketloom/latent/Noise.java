package org.ketloom.latent;

import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.RandomStreams;

/** Standard normal numbers, a stream of their own for each sample. */
public final class Noise {
  private Noise() {}

  /** Of a training step, row-major {@code [n][width]}. */
  public static double[] ofStep(long seed, String purpose, long step, int n, int width) {
    double[] values = new double[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(of(width, seed, purpose, step, i), 0, values, i * width, width);
    }
    return values;
  }

  /** Of one sample. */
  public static double[] of(int width, long seed, String purpose, long... numbers) {
    SplitMix64 random = RandomStreams.of(seed, purpose, numbers);
    double[] values = new double[width];
    for (int k = 0; k < width; k++) {
      values[k] = random.nextGaussian();
    }
    return values;
  }

  /**
   * A point on the great circle between two noises: unlike a straight line it keeps to the lengths
   * that are likely.
   *
   * @param share 0 for a, 1 for b
   */
  public static double[] between(double[] a, double[] b, double share) {
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int k = 0; k < a.length; k++) {
      aa += a[k] * a[k];
      bb += b[k] * b[k];
      ab += a[k] * b[k];
    }
    double angle = Math.acos(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))));
    double sine = Math.sin(angle);
    double ofA = sine < 1e-6 ? 1 - share : Math.sin((1 - share) * angle) / sine;
    double ofB = sine < 1e-6 ? share : Math.sin(share * angle) / sine;
    double[] result = new double[a.length];
    for (int k = 0; k < a.length; k++) {
      result[k] = ofA * a[k] + ofB * b[k];
    }
    return result;
  }
}
