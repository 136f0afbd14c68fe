package org.ketloom.engine.statevector;

import java.util.Arrays;

/** Arrays of single precision. */
final class FloatStorage implements Storage<float[]> {

  @Override
  public float[] array(int size) {
    return new float[size];
  }

  @Override
  public int bytes() {
    return Float.BYTES;
  }

  @Override
  public double get(float[] array, int at) {
    return array[at];
  }

  @Override
  public void set(float[] array, int at, double value) {
    array[at] = (float) value;
  }

  @Override
  public void fill(float[] array, int from, int to, double value) {
    Arrays.fill(array, from, to, (float) value);
  }

  @Override
  public float[] stored(double[] numbers, int count, float[] room) {
    for (int i = 0; i < count; i++) {
      room[i] = (float) numbers[i];
    }
    return room;
  }

  @Override
  public double[] numbers(float[] stored, int count, double[] room) {
    for (int i = 0; i < count; i++) {
      room[i] = stored[i];
    }
    return room;
  }

  @Override
  public void carry(float[] sums, int count, double[] totals) {
    for (int i = 0; i < count; i++) {
      totals[i] += sums[i];
      sums[i] = 0;
    }
  }

  @Override
  public double[] totals(float[] sums, double[] totals) {
    return totals;
  }
}
