package org.ketloom.engine.statevector;

/** Kernels in plain Java. */
final class PlainKernels implements Kernels {

  @Override
  public void apply(double[] psi, IndexPlan plan, int[] masks, double[] matrix) {
    if (masks.length == 2) {
      apply2(psi, plan, masks[1], matrix);
    } else {
      applyAny(psi, plan, masks, matrix);
    }
  }

  private static void apply2(double[] psi, IndexPlan plan, int mask, double[] m) {
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int i = high ^ low;
        int j = i ^ mask;
        for (int l = 0; l < LANES; l++) {
          double ar = psi[i + l];
          double ai = psi[i + LANES + l];
          double br = psi[j + l];
          double bi = psi[j + LANES + l];
          psi[i + l] = m[l] * ar - m[8 + l] * ai + m[16 + l] * br - m[24 + l] * bi;
          psi[i + LANES + l] = m[l] * ai + m[8 + l] * ar + m[16 + l] * bi + m[24 + l] * br;
          psi[j + l] = m[32 + l] * ar - m[40 + l] * ai + m[48 + l] * br - m[56 + l] * bi;
          psi[j + LANES + l] = m[32 + l] * ai + m[40 + l] * ar + m[48 + l] * bi + m[56 + l] * br;
        }
      }
    }
  }

  private static void applyAny(double[] psi, IndexPlan plan, int[] masks, double[] m) {
    double[] old = new double[masks.length * STRIDE];
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        load(psi, high ^ low, masks, old);
        multiply(m, old, psi, high ^ low, masks);
      }
    }
  }

  @Override
  public void takeBack(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int[] masks,
      double[] matrix,
      double[] gather,
      int gatherStart) {
    int dim = masks.length;
    double[] adjoint = new double[matrix.length];
    for (int r = 0; r < dim; r++) {
      for (int c = 0; c < dim; c++) {
        for (int l = 0; l < LANES; l++) {
          adjoint[(r * dim + c) * STRIDE + l] = matrix[(c * dim + r) * STRIDE + l];
          adjoint[(r * dim + c) * STRIDE + LANES + l] = -matrix[(c * dim + r) * STRIDE + LANES + l];
        }
      }
    }
    double[] old = new double[dim * STRIDE];
    double[] sums = new double[dim * dim * LANES];
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int base = high ^ low;
        load(psi, base, masks, old);
        multiply(adjoint, old, psi, base, masks);
        load(lambda, base, masks, old);
        multiply(adjoint, old, lambda, base, masks);
        int next = dim * LANES;
        for (int r = 0; r < dim; r++) {
          int i = base ^ masks[r];
          for (int l = 0; l < LANES; l++) {
            sums[r * LANES + l] +=
                lambda[i + l] * psi[i + LANES + l] - lambda[i + LANES + l] * psi[i + l];
          }
          for (int c = r + 1; c < dim; c++) {
            int j = base ^ masks[c];
            for (int l = 0; l < LANES; l++) {
              double lri = lambda[i + l];
              double lii = lambda[i + LANES + l];
              double lrj = lambda[j + l];
              double lij = lambda[j + LANES + l];
              double pri = psi[i + l];
              double pii = psi[i + LANES + l];
              double prj = psi[j + l];
              double pij = psi[j + LANES + l];
              sums[next + l] += lri * pij - lii * prj + lrj * pii - lij * pri;
              sums[next + LANES + l] += lri * prj + lii * pij - lrj * pri - lij * pii;
            }
            next += STRIDE;
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      gather[gatherStart + i] += sums[i];
    }
  }

  private static void load(double[] state, int base, int[] masks, double[] old) {
    for (int c = 0; c < masks.length; c++) {
      System.arraycopy(state, base ^ masks[c], old, c * STRIDE, STRIDE);
    }
  }

  private static void multiply(double[] m, double[] old, double[] state, int base, int[] masks) {
    int dim = masks.length;
    for (int r = 0; r < dim; r++) {
      int to = base ^ masks[r];
      for (int l = 0; l < LANES; l++) {
        double re = 0;
        double im = 0;
        for (int c = 0; c < dim; c++) {
          int e = (r * dim + c) * STRIDE + l;
          double mr = m[e];
          double mi = m[e + LANES];
          double or = old[c * STRIDE + l];
          double oi = old[c * STRIDE + LANES + l];
          re += mr * or - mi * oi;
          im += mr * oi + mi * or;
        }
        state[to + l] = re;
        state[to + LANES + l] = im;
      }
    }
  }

  @Override
  public void negate(double[] psi, IndexPlan plan) {
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int i = high ^ low;
        for (int l = i; l < i + STRIDE; l++) {
          psi[l] = -psi[l];
        }
      }
    }
  }

  @Override
  public void addPauliValue(
      double[] psi,
      int positions,
      int flip,
      int signs,
      int signOffset,
      boolean imaginary,
      double coefficient,
      double[] sums) {
    double[] total = new double[LANES];
    for (int p = 0; p < positions; p++) {
      int i = p * STRIDE;
      int j = (p ^ flip) * STRIDE;
      double sign = sign(p & signs, signOffset);
      for (int l = 0; l < LANES; l++) {
        double ar = psi[i + l];
        double ai = psi[i + LANES + l];
        double br = psi[j + l];
        double bi = psi[j + LANES + l];
        // Real part of conj(b) f a for f = 1 or i.
        total[l] += sign * (imaginary ? bi * ar - br * ai : br * ar + bi * ai);
      }
    }
    for (int l = 0; l < LANES; l++) {
      sums[l] += coefficient * total[l];
    }
  }

  @Override
  public void addPauliTimesState(
      double[] psi,
      double[] lambda,
      int positions,
      int flip,
      int signs,
      int signOffset,
      boolean imaginary,
      double[] weights) {
    for (int p = 0; p < positions; p++) {
      int i = p * STRIDE;
      int j = (p ^ flip) * STRIDE;
      double sign = sign(p & signs, signOffset);
      for (int l = 0; l < LANES; l++) {
        double w = sign * weights[l];
        if (imaginary) {
          lambda[j + l] -= w * psi[i + LANES + l];
          lambda[j + LANES + l] += w * psi[i + l];
        } else {
          lambda[j + l] += w * psi[i + l];
          lambda[j + LANES + l] += w * psi[i + LANES + l];
        }
      }
    }
  }

  private static double sign(int masked, int offset) {
    return 1 - 2 * ((Integer.bitCount(masked) + offset) & 1);
  }

  @Override
  public void addProbabilities(double[] psi, IndexPlan plan, int[] masks, double[] sums) {
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        for (int k = 0; k < masks.length; k++) {
          int i = high ^ low ^ masks[k];
          for (int l = 0; l < LANES; l++) {
            sums[k * LANES + l] +=
                psi[i + l] * psi[i + l] + psi[i + LANES + l] * psi[i + LANES + l];
          }
        }
      }
    }
  }

  @Override
  public void addDiagonalTimesState(
      double[] psi, double[] lambda, IndexPlan plan, int[] masks, double[] weights) {
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        for (int k = 0; k < masks.length; k++) {
          int i = high ^ low ^ masks[k];
          for (int l = 0; l < LANES; l++) {
            lambda[i + l] += weights[k * LANES + l] * psi[i + l];
            lambda[i + LANES + l] += weights[k * LANES + l] * psi[i + LANES + l];
          }
        }
      }
    }
  }

  @Override
  public void addHermitianValue(
      double[] psi, IndexPlan plan, int[] masks, double[] hermitian, double[] sums) {
    double[] product = new double[STRIDE];
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int base = high ^ low;
        for (int r = 0; r < masks.length; r++) {
          row(psi, base, masks, hermitian, r, product);
          int i = base ^ masks[r];
          for (int l = 0; l < LANES; l++) {
            sums[l] += psi[i + l] * product[l] + psi[i + LANES + l] * product[LANES + l];
          }
        }
      }
    }
  }

  @Override
  public void addHermitianTimesState(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int[] masks,
      double[] hermitian,
      double[] weights) {
    double[] product = new double[STRIDE];
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int base = high ^ low;
        for (int r = 0; r < masks.length; r++) {
          row(psi, base, masks, hermitian, r, product);
          int i = base ^ masks[r];
          for (int l = 0; l < LANES; l++) {
            lambda[i + l] += weights[l] * product[l];
            lambda[i + LANES + l] += weights[l] * product[LANES + l];
          }
        }
      }
    }
  }

  private static void row(
      double[] psi, int base, int[] masks, double[] hermitian, int r, double[] product) {
    java.util.Arrays.fill(product, 0);
    for (int c = 0; c < masks.length; c++) {
      double hr = hermitian[2 * (r * masks.length + c)];
      double hi = hermitian[2 * (r * masks.length + c) + 1];
      int j = base ^ masks[c];
      for (int l = 0; l < LANES; l++) {
        product[l] += hr * psi[j + l] - hi * psi[j + LANES + l];
        product[LANES + l] += hr * psi[j + LANES + l] + hi * psi[j + l];
      }
    }
  }

  @Override
  public void addHermitianGradient(
      double[] psi, IndexPlan plan, int[] masks, double[] weights, double[] gradient, int start) {
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2;
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        int base = high ^ low;
        int pair = start + dim;
        for (int r = 0; r < dim; r++) {
          int i = base ^ masks[r];
          double diagonal = 0;
          for (int l = 0; l < LANES; l++) {
            diagonal +=
                weights[l] * (psi[i + l] * psi[i + l] + psi[i + LANES + l] * psi[i + LANES + l]);
          }
          gradient[start + r] += diagonal;
          for (int c = r + 1; c < dim; c++) {
            int j = base ^ masks[c];
            double re = 0;
            double im = 0;
            for (int l = 0; l < LANES; l++) {
              double ar = psi[i + l];
              double ai = psi[i + LANES + l];
              double br = psi[j + l];
              double bi = psi[j + LANES + l];
              re += weights[l] * (ar * br + ai * bi);
              im += weights[l] * (ar * bi - ai * br);
            }
            gradient[pair] += 2 * re;
            gradient[pair + pairs] -= 2 * im;
            pair++;
          }
        }
      }
    }
  }
}
