package org.ketloom.bench;

/**
 * A mean over samples.
 *
 * @param mean their mean
 * @param deviation their standard deviation; NaN for a single sample
 * @param count how many they are
 */
public record Summary(double mean, double deviation, int count) {
  /** Of these samples, at least one. */
  public static Summary of(double[] samples) {
    double sum = 0;
    for (double sample : samples) {
      sum += sample;
    }
    double mean = sum / samples.length;
    double squares = 0;
    for (double sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    return new Summary(mean, Math.sqrt(squares / (samples.length - 1)), samples.length);
  }

  /** The standard error of the mean. */
  public double error() {
    return deviation / Math.sqrt(count);
  }
}
