package org.ketloom.study;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Mean and standard deviation of some values.
 *
 * @param count number of values
 * @param mean their mean; NaN of none
 * @param deviation standard deviation of the sample, divided by count - 1; NaN of fewer than two
 */
public record Statistics(int count, double mean, double deviation) {

  /** Of the values that are finite. */
  public static Statistics of(List<Double> values) {
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
    return number(mean) + (Double.isNaN(deviation) ? "" : " ± " + number(deviation));
  }

  /** A value for people, with four digits that count; "-" for NaN and infinity. */
  public static String number(double value) {
    return !Double.isFinite(value)
        ? "-"
        : Math.abs(value) >= 1e-3 || value == 0
            ? String.format(
                Locale.ROOT,
                "%."
                    + Math.max(0, 4 - (int) Math.floor(Math.log10(Math.max(1, Math.abs(value)))))
                    + "f",
                value)
            : String.format(Locale.ROOT, "%.2e", value);
  }
}
