package org.ketloom.engine.statevector;

/** Kernels in plain Java. */
class PlainKernels implements Kernels {

  @Override
  public String describe() {
    return "plain kernels";
  }

  @Override
  public void apply4(double[] psi, IndexPlan plan, int part, int[] masks, double[] matrix) {
    double[] old = new double[masks.length * STRIDE];
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        load(psi, high ^ low, masks, old);
        multiply(matrix, old, psi, high ^ low, masks);
      }
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
  public void takeBack(
      double[] psi, double[] lambda, PairSet set, int part, double[] m, double[] gather) {
    double[] adjoint = new double[SpinStep.MATRIX];
    for (int l = 0; l < LANES; l++) {
      adjoint[l] = m[l];
      adjoint[8 + l] = -m[8 + l];
      adjoint[16 + l] = m[32 + l];
      adjoint[24 + l] = -m[40 + l];
      adjoint[32 + l] = m[16 + l];
      adjoint[40 + l] = -m[24 + l];
      adjoint[48 + l] = m[48 + l];
      adjoint[56 + l] = -m[56 + l];
    }
    applyPairs(psi, set, part, adjoint);
    applyPairs(lambda, set, part, adjoint);
    double[] sums = new double[SpinStep.GATHERED];
    IndexPlan plan = set.plan();
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int l = 0; l < LANES; l++) {
          if (isFirst(set, l)) {
            int i = (high ^ low) + l;
            int j = (high ^ low ^ set.mask()) + (l ^ set.maskLane());
            double ur = lambda[i];
            double ui = lambda[i + LANES];
            double vr = lambda[j];
            double vi = lambda[j + LANES];
            double pr = psi[i];
            double pi = psi[i + LANES];
            double qr = psi[j];
            double qi = psi[j + LANES];
            sums[l] += ur * pi - ui * pr;
            sums[LANES + l] += vr * qi - vi * qr;
            sums[2 * LANES + l] += ur * qi - ui * qr + vr * pi - vi * pr;
            sums[3 * LANES + l] += ur * qr + ui * qi - vr * pr - vi * pi;
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      gather[i] += sums[i];
    }
  }

  private static void load(double[] state, int base, int[] masks, double[] old) {
    for (int c = 0; c < masks.length; c++) {
      int from = base ^ masks[c];
      for (int l = 0; l < LANES; l++) {
        old[c * STRIDE + l] = state[from + l];
        old[c * STRIDE + LANES + l] = state[from + LANES + l];
      }
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
  public void addPauliValue(
      double[] psi,
      Layout layout,
      PauliString string,
      int from,
      int to,
      double[] room,
      double[] sums) {
    int output = string.output() * LANES;
    int lane = layout.lane(string.flip());
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
        sums[output + l] += string.laneFactor(layout, l) * sign * product;
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
      double[] room,
      double[] weights) {
    int output = string.output() * LANES;
    int lane = layout.lane(string.flip());
    for (int p = from; p < to; p++) {
      int j = p * STRIDE;
      int q = p ^ layout.high(string.flip());
      double sign = sign(q & layout.high(string.signs()));
      for (int l = 0; l < LANES; l++) {
        int i = q * STRIDE + (l ^ lane);
        double w = string.laneFactor(layout, l ^ lane) * sign * weights[output + l];
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
  public void addProbabilities(
      double[] psi, IndexPlan plan, int part, int[] masks, double[] sums, int start) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int k = 0; k < masks.length; k++) {
          int i = high ^ low ^ masks[k];
          for (int l = 0; l < LANES; l++) {
            sums[start + k * LANES + l] +=
                psi[i + l] * psi[i + l] + psi[i + LANES + l] * psi[i + LANES + l];
          }
        }
      }
    }
  }

  @Override
  public void addDiagonalTimesState(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int part,
      int[] masks,
      double[] weights,
      int start) {
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int low : plan.low()) {
        for (int k = 0; k < masks.length; k++) {
          int i = high ^ low ^ masks[k];
          for (int l = 0; l < LANES; l++) {
            lambda[i + l] += weights[start + k * LANES + l] * psi[i + l];
            lambda[i + LANES + l] += weights[start + k * LANES + l] * psi[i + LANES + l];
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
  public void combine(
      double[] factors,
      int factorsAt,
      double[] from,
      int fromAt,
      int count,
      double[] to,
      int toAt) {
    for (int v = 0; v < count * STRIDE; v += STRIDE) {
      int second = fromAt + count * STRIDE + v;
      for (int l = 0; l < LANES; l++) {
        double fr = factors[factorsAt + l];
        double fi = factors[factorsAt + LANES + l];
        double sr = factors[factorsAt + STRIDE + l];
        double si = factors[factorsAt + STRIDE + LANES + l];
        double ar = from[fromAt + v + l];
        double ai = from[fromAt + v + LANES + l];
        double br = from[second + l];
        double bi = from[second + LANES + l];
        to[toAt + v + l] = fr * ar + fi * ai + sr * br + si * bi;
        to[toAt + v + LANES + l] = fr * ai - fi * ar + sr * bi - si * br;
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
  public void cosinesAndSines(double[] trig, int slots) {
    for (int at = 0; at < slots * STRIDE; at += STRIDE) {
      for (int l = at; l < at + LANES; l++) {
        double t = trig[l];
        trig[l] = Math.cos(t);
        trig[l + LANES] = Math.sin(t);
      }
    }
  }

  @Override
  public void turn(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < LANES; l++) {
      double c = trig[at + l];
      double s = trig[at + LANES + l];
      double first = numbers[a + l];
      double second = numbers[b + l];
      numbers[a + l] = c * first - s * second;
      numbers[b + l] = c * second + s * first;
    }
  }

  @Override
  public void turnTwice(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < LANES; l++) {
      double c = trig[at + l] * trig[at + l] - trig[at + LANES + l] * trig[at + LANES + l];
      double s = 2 * trig[at + l] * trig[at + LANES + l];
      double first = numbers[a + l];
      double second = numbers[b + l];
      numbers[a + l] = c * first - s * second;
      numbers[b + l] = c * second + s * first;
    }
  }

  @Override
  public void mix(double[] numbers, double[] m) {
    for (int l = 0; l < LANES; l++) {
      double w = numbers[l];
      double x = numbers[LANES + l];
      double y = numbers[2 * LANES + l];
      double z = numbers[3 * LANES + l];
      for (int r = 0; r < 4; r++) {
        numbers[r * LANES + l] =
            m[4 * r] * w + m[4 * r + 1] * x + m[4 * r + 2] * y + m[4 * r + 3] * z;
      }
    }
  }

  @Override
  public void spinMatrix(double[] spin, double[] matrix) {
    for (int l = 0; l < LANES; l++) {
      double w = spin[l];
      double x = spin[8 + l];
      double y = spin[16 + l];
      double z = spin[24 + l];
      double c = spin[32 + l];
      double s = spin[40 + l];
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
