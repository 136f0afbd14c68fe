package org.ketloom.shell.internal;

import java.util.Arrays;
import java.util.List;

/**
 * Mean and standard deviation of some values.
 *
 * @param count number of values
 * @param mean their mean; NaN of none
 * @param deviation standard deviation of the sample, divided by count - 1; NaN of fewer than two
 */
record Statistics(int count, double mean, double deviation) {

  /** Of the values that are finite. */
  static Statistics of(List<Double> values) {
    double[] finite =
        values.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).toArray();
    double mean = Arrays.stream(finite).average().orElse(Double.NaN);
    double squares = Arrays.stream(finite).map(v -> (v - mean) * (v - mean)).sum();
    return new Statistics(
        finite.length,
        mean,
        finite.length < 2 ? Double.NaN : Math.sqrt(squares / (finite.length - 1)));
  }

  /** For people: {@code 1.234 ± 0.012}. */
  @Override
  public String toString() {
    return Evaluation.number(mean)
        + (Double.isNaN(deviation) ? "" : " ± " + Evaluation.number(deviation));
  }
}
