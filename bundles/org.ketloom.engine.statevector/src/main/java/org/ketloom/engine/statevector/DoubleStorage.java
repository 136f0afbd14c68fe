package org.ketloom.engine.statevector;

import java.util.Arrays;

/** Arrays of double precision. */
final class DoubleStorage implements Storage<double[]> {

  @Override
  public double[] array(int size) {
    return new double[size];
  }

  @Override
  public int bytes() {
    return Double.BYTES;
  }

  @Override
  public double get(double[] array, int at) {
    return array[at];
  }

  @Override
  public void set(double[] array, int at, double value) {
    array[at] = value;
  }

  @Override
  public void fill(double[] array, int from, int to, double value) {
    Arrays.fill(array, from, to, value);
  }

  @Override
  public double[] stored(double[] numbers, int count, double[] room) {
    return numbers;
  }

  @Override
  public double[] numbers(double[] stored, int count, double[] room) {
    return stored;
  }

  @Override
  public void carry(double[] sums, int count, double[] totals) {
    // They are where they have to be.
  }

  @Override
  public double[] totals(double[] sums, double[] totals) {
    return sums;
  }
}
