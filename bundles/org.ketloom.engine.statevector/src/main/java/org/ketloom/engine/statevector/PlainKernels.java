package org.ketloom.engine.statevector;

/** Kernels in plain Java. */
class PlainKernels implements Kernels<double[]> {

  @Override
  public String describe() {
    return "plain kernels";
  }

  @Override
  public void apply4(double[] psi, IndexPlan plan, int part, int[] masks, double[] matrix) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int l = 0; l < LANES; l++) {
          multiply4(psi, (high ^ low) + l, masks, matrix, l);
        }
      }
    }
  }

  private static void multiply4(double[] psi, int base, int[] masks, double[] matrix, int lane) {
    double ar = psi[base];
    double ai = psi[base + LANES];
    double br = psi[base ^ masks[1]];
    double bi = psi[(base ^ masks[1]) + LANES];
    double cr = psi[base ^ masks[2]];
    double ci = psi[(base ^ masks[2]) + LANES];
    double dr = psi[base ^ masks[3]];
    double di = psi[(base ^ masks[3]) + LANES];
    for (int r = 0; r < 4; r++) {
      int e = 4 * r * STRIDE + lane;
      int i = e + LANES;
      int to = base ^ masks[r];
      psi[to] =
          matrix[e] * ar
              - matrix[i] * ai
              + matrix[e + STRIDE] * br
              - matrix[i + STRIDE] * bi
              + matrix[e + 2 * STRIDE] * cr
              - matrix[i + 2 * STRIDE] * ci
              + matrix[e + 3 * STRIDE] * dr
              - matrix[i + 3 * STRIDE] * di;
      psi[to + LANES] =
          matrix[e] * ai
              + matrix[i] * ar
              + matrix[e + STRIDE] * bi
              + matrix[i + STRIDE] * br
              + matrix[e + 2 * STRIDE] * ci
              + matrix[i + 2 * STRIDE] * cr
              + matrix[e + 3 * STRIDE] * di
              + matrix[i + 3 * STRIDE] * dr;
    }
  }

  @Override
  public void applyPairs(double[] psi, PairSet set, int part, double[] matrix) {
    if (set.maskLane() == 0) {
      apply2(psi, set.plan(), part, set.mask(), matrix);
    } else {
      applyAcross(psi, set, part, matrix);
    }
  }

  /** Whether a lane is the first of its pair; both may lie in one vector. */
  static boolean isFirst(PairSet set, int lane) {
    return set.mask() != 0 || lane < (lane ^ set.maskLane());
  }

  void applyAcross(double[] psi, PairSet set, int part, double[] m) {
    IndexPlan plan = set.plan();
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int l = 0; l < LANES; l++) {
          if (isFirst(set, l)) {
            int i = (high ^ low) + l;
            int j = (high ^ low ^ set.mask()) + (l ^ set.maskLane());
            double ar = psi[i];
            double ai = psi[i + LANES];
            double br = psi[j];
            double bi = psi[j + LANES];
            psi[i] = m[l] * ar - m[8 + l] * ai + m[16 + l] * br - m[24 + l] * bi;
            psi[i + LANES] = m[l] * ai + m[8 + l] * ar + m[16 + l] * bi + m[24 + l] * br;
            psi[j] = m[32 + l] * ar - m[40 + l] * ai + m[48 + l] * br - m[56 + l] * bi;
            psi[j + LANES] = m[32 + l] * ai + m[40 + l] * ar + m[48 + l] * bi + m[56 + l] * br;
          }
        }
      }
    }
  }

  void apply2(double[] psi, IndexPlan plan, int part, int mask, double[] m) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
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

  @Override
  public void applyAdjoint(
      double[] psi, double[] lambda, PairSet set, int part, double[] m, double[] gather) {
    IndexPlan plan = set.plan();
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int l = 0; l < LANES; l++) {
          if (isFirst(set, l)) {
            int i = (high ^ low) + l;
            int j = (high ^ low ^ set.mask()) + (l ^ set.maskLane());
            applyAdjoint(psi, i, j, m, l);
            applyAdjoint(lambda, i, j, m, l);
            double ur = lambda[i];
            double ui = lambda[i + LANES];
            double vr = lambda[j];
            double vi = lambda[j + LANES];
            double pr = psi[i];
            double pi = psi[i + LANES];
            double qr = psi[j];
            double qi = psi[j + LANES];
            gather[l] += ur * pi - ui * pr;
            gather[LANES + l] += vr * qi - vi * qr;
            gather[2 * LANES + l] += ur * qi - ui * qr + vr * pi - vi * pr;
            gather[3 * LANES + l] += ur * qr + ui * qi - vr * pr - vi * pi;
          }
        }
      }
    }
  }

  private static void applyAdjoint(double[] state, int i, int j, double[] m, int l) {
    double ar = state[i];
    double ai = state[i + LANES];
    double br = state[j];
    double bi = state[j + LANES];
    state[i] = m[l] * ar + m[8 + l] * ai + m[32 + l] * br + m[40 + l] * bi;
    state[i + LANES] = m[l] * ai - m[8 + l] * ar + m[32 + l] * bi - m[40 + l] * br;
    state[j] = m[16 + l] * ar + m[24 + l] * ai + m[48 + l] * br + m[56 + l] * bi;
    state[j + LANES] = m[16 + l] * ai - m[24 + l] * ar + m[48 + l] * bi - m[56 + l] * br;
  }

  @Override
  public void negate(double[] psi, IndexPlan plan, int part, byte[] signs) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        int i = high ^ low;
        int lanes = signs[i / STRIDE];
        for (int l = 0; lanes != 0 && l < LANES; l++) {
          if ((lanes >> l & 1) == 1) {
            psi[i + l] = -psi[i + l];
            psi[i + LANES + l] = -psi[i + LANES + l];
          }
        }
      }
    }
  }

  @Override
  public void pauliValue(
      double[] psi, Layout layout, PauliString string, int from, int to, double[] values) {
    int lane = layout.lane(string.flip());
    for (int l = 0; l < LANES; l++) {
      values[l] = 0;
    }
    for (int p = from; p < to; p++) {
      int i = p * STRIDE;
      int j = (p ^ layout.high(string.flip())) * STRIDE;
      double sign = sign(p & layout.high(string.signs()));
      for (int l = 0; l < LANES; l++) {
        double ar = psi[i + l];
        double ai = psi[i + LANES + l];
        double br = psi[j + (l ^ lane)];
        double bi = psi[j + LANES + (l ^ lane)];
        // Real part of conj(b) a, or of conj(b) i a.
        double product = string.imaginary() ? bi * ar - br * ai : br * ar + bi * ai;
        values[l] += sign * product;
      }
    }
  }

  @Override
  public void addPauliTimesState(
      double[] psi,
      double[] lambda,
      Layout layout,
      PauliString string,
      int from,
      int to,
      double[] weights) {
    int lane = layout.lane(string.flip());
    for (int p = from; p < to; p++) {
      int j = p * STRIDE;
      int q = p ^ layout.high(string.flip());
      double sign = sign(q & layout.high(string.signs()));
      for (int l = 0; l < LANES; l++) {
        int i = q * STRIDE + (l ^ lane);
        double w = sign * weights[l];
        if (string.imaginary()) {
          lambda[j + l] -= w * psi[i + LANES];
          lambda[j + LANES + l] += w * psi[i];
        } else {
          lambda[j + l] += w * psi[i];
          lambda[j + LANES + l] += w * psi[i + LANES];
        }
      }
    }
  }

  static double sign(int masked) {
    return 1 - 2 * (Integer.bitCount(masked) & 1);
  }

  @Override
  public void addProbabilities(double[] psi, IndexPlan plan, int part, int[] masks, double[] sums) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
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
      double[] psi, double[] lambda, IndexPlan plan, int part, int[] masks, double[] weights) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
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
  public void addDensity(double[] psi, IndexPlan plan, int part, int[] masks, double[] density) {
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2 * LANES;
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        int base = high ^ low;
        int re = dim * LANES;
        for (int r = 0; r < dim; r++) {
          int i = base ^ masks[r];
          for (int l = 0; l < LANES; l++) {
            density[r * LANES + l] +=
                psi[i + l] * psi[i + l] + psi[i + LANES + l] * psi[i + LANES + l];
          }
          for (int c = r + 1; c < dim; c++, re += LANES) {
            int j = base ^ masks[c];
            int im = re + pairs;
            for (int l = 0; l < LANES; l++) {
              double ar = psi[i + l];
              double ai = psi[i + LANES + l];
              double br = psi[j + l];
              double bi = psi[j + LANES + l];
              density[re + l] += 2 * (ar * br + ai * bi);
              density[im + l] += 2 * (ai * br - ar * bi);
            }
          }
        }
      }
    }
  }

  @Override
  public void addHermitianTimesState(
      double[] psi, double[] lambda, IndexPlan plan, int part, int[] masks, double[] entries) {
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2 * LANES;
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        int base = high ^ low;
        int re = dim * LANES;
        for (int r = 0; r < dim; r++) {
          int i = base ^ masks[r];
          for (int l = 0; l < LANES; l++) {
            lambda[i + l] += entries[r * LANES + l] * psi[i + l];
            lambda[i + LANES + l] += entries[r * LANES + l] * psi[i + LANES + l];
          }
          for (int c = r + 1; c < dim; c++, re += LANES) {
            int j = base ^ masks[c];
            int im = re + pairs;
            for (int l = 0; l < LANES; l++) {
              double hr = entries[re + l];
              double hi = entries[im + l];
              lambda[i + l] += hr * psi[j + l] - hi * psi[j + LANES + l];
              lambda[i + LANES + l] += hr * psi[j + LANES + l] + hi * psi[j + l];
              lambda[j + l] += hr * psi[i + l] + hi * psi[i + LANES + l];
              lambda[j + LANES + l] += hr * psi[i + LANES + l] - hi * psi[i + l];
            }
          }
        }
      }
    }
  }

  @Override
  public void moduli(double[] psi, int firstVector, int count, double[] squares) {
    for (int v = 0; v < count; v++) {
      int i = (firstVector + v) * STRIDE;
      for (int l = 0; l < LANES; l++) {
        squares[v * LANES + l] = psi[i + l] * psi[i + l] + psi[i + LANES + l] * psi[i + LANES + l];
      }
    }
  }

  @Override
  public void walsh(double[] entries, int positions) {
    for (int half = LANES; half < positions * LANES; half *= 2) {
      for (int from = 0; from < positions * LANES; from += 2 * half) {
        for (int i = from; i < from + half; i++) {
          double a = entries[i];
          double b = entries[i + half];
          entries[i] = a + b;
          entries[i + half] = a - b;
        }
      }
    }
  }

  @Override
  public void diagonalTimesState(
      double[] psi, double[] factors, int firstVector, int count, double[] lambda) {
    for (int v = 0; v < count; v++) {
      int i = (firstVector + v) * STRIDE;
      for (int l = 0; l < LANES; l++) {
        lambda[i + l] = factors[v * LANES + l] * psi[i + l];
        lambda[i + LANES + l] = factors[v * LANES + l] * psi[i + LANES + l];
      }
    }
  }

  @Override
  public void multiply(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt) {
    for (int v = 0; v < count * STRIDE; v += STRIDE) {
      for (int l = 0; l < LANES; l++) {
        double fr = factor[factorAt + l];
        double fi = factor[factorAt + LANES + l];
        double re = from[fromAt + v + l];
        double im = from[fromAt + v + LANES + l];
        to[toAt + v + l] = fr * re - fi * im;
        to[toAt + v + LANES + l] = fr * im + fi * re;
      }
    }
  }

  @Override
  public void addConjugateTimes(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt) {
    for (int v = 0; v < count * STRIDE; v += STRIDE) {
      for (int l = 0; l < LANES; l++) {
        double fr = factor[factorAt + l];
        double fi = factor[factorAt + LANES + l];
        double re = from[fromAt + v + l];
        double im = from[fromAt + v + LANES + l];
        to[toAt + v + l] += fr * re + fi * im;
        to[toAt + v + LANES + l] += fr * im - fi * re;
      }
    }
  }

  @Override
  public void inner(
      double[] conjugated,
      int conjugatedAt,
      double[] from,
      int fromAt,
      int count,
      double[] to,
      int toAt) {
    for (int l = 0; l < LANES; l++) {
      double sumRe = 0;
      double sumIm = 0;
      for (int v = l; v < count * STRIDE; v += STRIDE) {
        double fr = conjugated[conjugatedAt + v];
        double fi = conjugated[conjugatedAt + LANES + v];
        double re = from[fromAt + v];
        double im = from[fromAt + LANES + v];
        sumRe += fr * re + fi * im;
        sumIm += fr * im - fi * re;
      }
      to[toAt + l] = sumRe;
      to[toAt + LANES + l] = sumIm;
    }
  }

  @Override
  public void toTile(double[] state, double[] tile, int high, int[] low, int[] masks) {
    for (int g = 0; g < low.length; g++) {
      int base = high ^ low[g];
      int at = g / LANES * masks.length * STRIDE + g % LANES;
      for (int m = 0; m < masks.length; m++) {
        int there = base ^ masks[m];
        int here = at + m * STRIDE;
        tile[here] = state[there];
        tile[here + LANES] = state[there + LANES];
      }
    }
  }

  @Override
  public void fromTile(double[] tile, double[] state, int high, int[] low, int[] masks) {
    for (int g = 0; g < low.length; g++) {
      int base = high ^ low[g];
      int at = g / LANES * masks.length * STRIDE + g % LANES;
      for (int m = 0; m < masks.length; m++) {
        int there = base ^ masks[m];
        int here = at + m * STRIDE;
        state[there] = tile[here];
        state[there + LANES] = tile[here + LANES];
      }
    }
  }
}
