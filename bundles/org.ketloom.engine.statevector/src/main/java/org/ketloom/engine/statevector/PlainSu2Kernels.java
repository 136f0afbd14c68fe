package org.ketloom.engine.statevector;

/** In plain Java. */
class PlainSu2Kernels implements Su2Kernels {

  @Override
  public void cosinesAndSines(double[] trig, int slots) {
    for (int at = 0; at < slots * Kernels.STRIDE; at += Kernels.STRIDE) {
      for (int l = at; l < at + Kernels.LANES; l++) {
        double t = trig[l];
        trig[l] = Math.cos(t);
        trig[l + Kernels.LANES] = Math.sin(t);
      }
    }
  }

  @Override
  public void turn(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double c = trig[at + l];
      double s = trig[at + Kernels.LANES + l];
      double first = numbers[a + l];
      double second = numbers[b + l];
      numbers[a + l] = c * first - s * second;
      numbers[b + l] = c * second + s * first;
    }
  }

  @Override
  public void turnTwice(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double c =
          trig[at + l] * trig[at + l] - trig[at + Kernels.LANES + l] * trig[at + Kernels.LANES + l];
      double s = 2 * trig[at + l] * trig[at + Kernels.LANES + l];
      double first = numbers[a + l];
      double second = numbers[b + l];
      numbers[a + l] = c * first - s * second;
      numbers[b + l] = c * second + s * first;
    }
  }

  @Override
  public void mix(double[] numbers, double[] m) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double w = numbers[l];
      double x = numbers[Kernels.LANES + l];
      double y = numbers[2 * Kernels.LANES + l];
      double z = numbers[3 * Kernels.LANES + l];
      for (int r = 0; r < 4; r++) {
        numbers[r * Kernels.LANES + l] =
            m[4 * r] * w + m[4 * r + 1] * x + m[4 * r + 2] * y + m[4 * r + 3] * z;
      }
    }
  }

  @Override
  public void productMatrix(double[] product, double[] matrix) {
    for (int l = 0; l < Kernels.LANES; l++) {
      double w = product[l];
      double x = product[8 + l];
      double y = product[16 + l];
      double z = product[24 + l];
      double c = product[32 + l];
      double s = product[40 + l];
      matrix[l] = c * w + s * z;
      matrix[8 + l] = s * w - c * z;
      matrix[16 + l] = s * x - c * y;
      matrix[24 + l] = -c * x - s * y;
      matrix[32 + l] = c * y + s * x;
      matrix[40 + l] = s * y - c * x;
      matrix[48 + l] = c * w - s * z;
      matrix[56 + l] = c * z + s * w;
    }
  }
}
