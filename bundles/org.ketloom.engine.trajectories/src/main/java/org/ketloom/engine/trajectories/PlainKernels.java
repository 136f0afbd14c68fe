package org.ketloom.engine.trajectories;

import java.util.Arrays;

/** Kernels in plain Java. */
class PlainKernels implements Kernels {

  @Override
  public String describe() {
    return "plain kernels";
  }

  @Override
  public void applyOne(double[] states, int[] places, double[] matrix) {
    apply(states, places, 2, matrix);
  }

  @Override
  public void applyTwo(double[] states, int[] places, double[] matrix) {
    apply(states, places, 4, matrix);
  }

  private static void apply(double[] states, int[] places, int rows, double[] matrix) {
    double[] re = new double[rows];
    double[] im = new double[rows];
    for (int p = 0; p < places.length; p += rows) {
      for (int l = 0; l < LANES; l++) {
        for (int a = 0; a < rows; a++) {
          double sumRe = 0;
          double sumIm = 0;
          for (int b = 0; b < rows; b++) {
            int entry = (a * rows + b) * ENTRY + l;
            int from = places[p + b] + l;
            double x = states[from];
            double y = states[from + LANES];
            sumRe += matrix[entry] * x - matrix[entry + LANES] * y;
            sumIm += matrix[entry] * y + matrix[entry + LANES] * x;
          }
          re[a] = sumRe;
          im[a] = sumIm;
        }
        for (int a = 0; a < rows; a++) {
          states[places[p + a] + l] = re[a];
          states[places[p + a] + LANES + l] = im[a];
        }
      }
    }
  }

  @Override
  public void exchange(double[] states, int[] places) {
    for (int p = 0; p < places.length; p += 2) {
      for (int l = 0; l < ENTRY; l++) {
        double first = states[places[p] + l];
        states[places[p] + l] = states[places[p + 1] + l];
        states[places[p + 1] + l] = first;
      }
    }
  }

  @Override
  public void gather(double[] psi, double[] lambda, int[] places, int rows, double[] sums) {
    Arrays.fill(sums, 0, rows * rows * ENTRY, 0);
    for (int p = 0; p < places.length; p += rows) {
      for (int a = 0; a < rows; a++) {
        for (int b = 0; b < rows; b++) {
          int entry = (a * rows + b) * ENTRY;
          int of = places[p + a];
          int at = places[p + b];
          for (int l = 0; l < LANES; l++) {
            double u = lambda[of + l];
            double v = lambda[of + LANES + l];
            double x = psi[at + l];
            double y = psi[at + LANES + l];
            sums[entry + l] += u * x + v * y;
            sums[entry + LANES + l] += v * x - u * y;
          }
        }
      }
    }
  }
}
