package org.ketloom.engine.densitymatrix;

/** Kernels in plain Java. */
class PlainKernels implements Kernels {

  @Override
  public String describe() {
    return "plain kernels";
  }

  @Override
  public void apply(double[] r, int outer, int inner, double[] m, Shape shape) {
    apply(r, outer, inner, m, 0, shape);
  }

  private static void apply(double[] r, int outer, int inner, double[] m, int at, Shape shape) {
    int stride = inner * LANES;
    for (int o = 0; o < outer; o++) {
      int end = (4 * o + 1) * stride;
      for (int start = 4 * o * stride; start < end; start += LANES) {
        for (int l = 0; l < LANES; l++) {
          int i = start + l;
          int e = at + l;
          double x = r[i + stride];
          double y = r[i + 2 * stride];
          double z = r[i + 3 * stride];
          if (shape == Shape.UNITAL) {
            r[i + stride] = m[e + 40] * x + m[e + 48] * y + m[e + 56] * z;
            r[i + 2 * stride] = m[e + 72] * x + m[e + 80] * y + m[e + 88] * z;
            r[i + 3 * stride] = m[e + 104] * x + m[e + 112] * y + m[e + 120] * z;
          } else {
            double one = r[i];
            r[i] = m[e] * one + m[e + 8] * x + m[e + 16] * y + m[e + 24] * z;
            r[i + stride] = m[e + 32] * one + m[e + 40] * x + m[e + 48] * y + m[e + 56] * z;
            r[i + 2 * stride] = m[e + 64] * one + m[e + 72] * x + m[e + 80] * y + m[e + 88] * z;
            r[i + 3 * stride] = m[e + 96] * one + m[e + 104] * x + m[e + 112] * y + m[e + 120] * z;
          }
        }
      }
    }
  }

  @Override
  public void takeBack(
      double[] r,
      double[] lambda,
      int outer,
      int inner,
      double[] m,
      Shape shape,
      boolean undo,
      boolean gathers,
      double[] gather) {
    if (undo) {
      apply(r, outer, inner, m, MATRIX, shape);
    }
    if (gathers) {
      gather(r, lambda, outer, inner, shape, gather);
    }
    applyTransposed(lambda, outer, inner, m, shape);
  }

  private static void applyTransposed(
      double[] lambda, int outer, int inner, double[] m, Shape shape) {
    int stride = inner * LANES;
    for (int o = 0; o < outer; o++) {
      int end = (4 * o + 1) * stride;
      for (int at = 4 * o * stride; at < end; at += LANES) {
        for (int l = 0; l < LANES; l++) {
          int i = at + l;
          double e = lambda[i];
          double x = lambda[i + stride];
          double y = lambda[i + 2 * stride];
          double z = lambda[i + 3 * stride];
          if (shape != Shape.UNITAL) {
            lambda[i] = m[l] * e + m[32 + l] * x + m[64 + l] * y + m[96 + l] * z;
          }
          lambda[i + stride] = m[8 + l] * e + m[40 + l] * x + m[72 + l] * y + m[104 + l] * z;
          lambda[i + 2 * stride] = m[16 + l] * e + m[48 + l] * x + m[80 + l] * y + m[112 + l] * z;
          lambda[i + 3 * stride] = m[24 + l] * e + m[56 + l] * x + m[88 + l] * y + m[120 + l] * z;
        }
      }
    }
  }

  private static void gather(
      double[] r, double[] lambda, int outer, int inner, Shape shape, double[] gather) {
    int stride = inner * LANES;
    for (int o = 0; o < outer; o++) {
      int end = (4 * o + 1) * stride;
      for (int at = 4 * o * stride; at < end; at += LANES) {
        for (int row = shape.firstRow; row < 4; row++) {
          for (int column = shape.firstColumn; column < 4; column++) {
            int to = (4 * row + column) * LANES;
            for (int l = 0; l < LANES; l++) {
              gather[to + l] += lambda[at + l + row * stride] * r[at + l + column * stride];
            }
          }
        }
      }
    }
  }

  @Override
  public void rotate(double[] r, int[] pairs, double[] trig) {
    for (int p = 0; p < pairs.length; p += 2) {
      for (int l = 0; l < LANES; l++) {
        double a = r[pairs[p] + l];
        double b = r[pairs[p + 1] + l];
        r[pairs[p] + l] = trig[l] * a - trig[LANES + l] * b;
        r[pairs[p + 1] + l] = trig[LANES + l] * a + trig[l] * b;
      }
    }
  }

  @Override
  public void rotateBack(double[] r, double[] lambda, int[] pairs, double[] trig, double[] gather) {
    for (int p = 0; p < pairs.length; p += 2) {
      for (int l = 0; l < LANES; l++) {
        int i = pairs[p] + l;
        int j = pairs[p + 1] + l;
        double c = trig[l];
        double s = trig[LANES + l];
        double a = r[i];
        double b = r[j];
        double u = lambda[i];
        double v = lambda[j];
        // d(a, b) = (-b, a) dt, after the rotation.
        gather[l] += v * a - u * b;
        r[i] = c * a + s * b;
        r[j] = c * b - s * a;
        lambda[i] = c * u + s * v;
        lambda[j] = c * v - s * u;
      }
    }
  }

  @Override
  public void permute(double[] r, int[] pairs, byte[] signs, int[] flips) {
    for (int p = 0; p < signs.length; p++) {
      for (int l = 0; l < LANES; l++) {
        double a = r[pairs[2 * p] + l];
        r[pairs[2 * p] + l] = signs[p] * r[pairs[2 * p + 1] + l];
        r[pairs[2 * p + 1] + l] = signs[p] * a;
      }
    }
    for (int flip : flips) {
      for (int l = 0; l < LANES; l++) {
        r[flip + l] = -r[flip + l];
      }
    }
  }

  @Override
  public void scale(double[] r, int[] places, double[] factors) {
    for (int place : places) {
      for (int l = 0; l < LANES; l++) {
        r[place + l] *= factors[l];
      }
    }
  }

  @Override
  public void scaleBack(
      double[] r, double[] lambda, int[] places, double[] factors, double[] gather) {
    for (int place : places) {
      for (int l = 0; l < LANES; l++) {
        gather[l] += lambda[place + l] * r[place + l];
        lambda[place + l] *= factors[l];
      }
    }
  }

  @Override
  public void applyDense(double[] r, int[] bases, int[] offsets, double[] matrix, double[] room) {
    int size = offsets.length;
    for (int base : bases) {
      for (int j = 0; j < size; j++) {
        System.arraycopy(r, base + offsets[j], room, j * LANES, LANES);
      }
      for (int i = 0; i < size; i++) {
        int to = base + offsets[i];
        for (int l = 0; l < LANES; l++) {
          r[to + l] = 0;
        }
        for (int j = 0; j < size; j++) {
          double entry = matrix[i * size + j];
          if (entry != 0) {
            for (int l = 0; l < LANES; l++) {
              r[to + l] += entry * room[j * LANES + l];
            }
          }
        }
      }
    }
  }
}
