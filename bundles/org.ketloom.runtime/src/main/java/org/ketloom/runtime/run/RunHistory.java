package org.ketloom.runtime.run;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was recorded of each step of a run: loss, and whatever else its model told. */
public final class RunHistory {
  /** Name of the quantity that every model tells. */
  public static final String LOSS = "loss";

  private final long[] steps;
  private final int[] epochs;
  private final Map<String, double[]> values;

  /**
   * Copies nothing.
   *
   * @param steps number of each step, from 1, ascending
   * @param epochs the epoch of each step, from 1
   * @param values by name of the quantity, a value for each step; NaN where there is none
   */
  public RunHistory(long[] steps, int[] epochs, Map<String, double[]> values) {
    this.steps = steps;
    this.epochs = epochs;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Number of steps that were recorded. */
  public int size() {
    return steps.length;
  }

  /** Names of the quantities, in the order in which the model tells them. */
  public List<String> quantities() {
    return List.copyOf(values.keySet());
  }

  /** The mean of a quantity over the steps of each epoch that has any, by the epoch from 1. */
  public Map<Integer, Double> means(String quantity) {
    double[] of = of(quantity);
    Map<Integer, double[]> sums = new TreeMap<>();
    for (int i = 0; i < of.length; i++) {
      if (!Double.isNaN(of[i])) {
        double[] sum = sums.computeIfAbsent(epochs[i], epoch -> new double[2]);
        sum[0] += of[i];
        sum[1]++;
      }
    }
    Map<Integer, Double> means = new TreeMap<>();
    sums.forEach((epoch, sum) -> means.put(epoch, sum[0] / sum[1]));
    return means;
  }

  /**
   * A quantity over equal windows of steps: the mean step and the mean value of each, so that the
   * curve doesn't lag behind what it shows.
   *
   * @param most the most windows
   * @return step and value of each window that has a value
   */
  public List<double[]> curve(String quantity, int most) {
    double[] of = of(quantity);
    int windows = Math.min(most, of.length);
    double[][] sums = new double[windows][3];
    for (int i = 0; i < of.length; i++) {
      double[] sum = sums[(int) ((long) i * windows / of.length)];
      if (!Double.isNaN(of[i])) {
        sum[0] += steps[i];
        sum[1] += of[i];
        sum[2]++;
      }
    }
    return Arrays.stream(sums)
        .filter(sum -> sum[2] > 0)
        .map(sum -> new double[] {sum[0] / sum[2], sum[1] / sum[2]})
        .toList();
  }

  private double[] of(String quantity) {
    double[] of = values.get(quantity);
    if (of == null) {
      throw new IllegalArgumentException(
          "no quantity \"" + quantity + "\" was recorded; there is " + quantities());
    }
    return of;
  }
}
