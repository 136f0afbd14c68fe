package org.ketloom.engine.statevector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API. A block's lanes are one vector of 512 bits, or several narrower ones,
 * which are then worked on one after another. No vector is handed to or returned by a method here,
 * apart from {@link #load}: one that isn't inlined would put it on the heap.
 *
 * <p>Only operations whose results are defined to the last bit are used. The vector cosine and sine
 * aren't: they differ between interpreted and compiled code, so that a run would not repeat.
 */
final class VectorKernels extends PlainKernels {
  private static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;
  private static final int STEP = SPECIES.length();

  /** Exchanges lanes l and {@code l ^ k} of one vector, for each k that stays in it. */
  private static final VectorShuffle<Double>[] SHUFFLES = shuffles();

  /** 1 in the first lane of each such pair, 0 in the second. */
  private static final double[][] FIRSTS = new double[LANES][LANES];

  static {
    for (int k = 0; k < LANES; k++) {
      for (int l = 0; l < LANES; l++) {
        FIRSTS[k][l] = l < (l ^ k) ? 1 : 0;
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorShuffle<Double>[] shuffles() {
    VectorShuffle<Double>[] all = new VectorShuffle[STEP];
    for (int k = 0; k < STEP; k++) {
      int flip = k;
      all[k] = VectorShuffle.fromOp(SPECIES, l -> l ^ flip);
    }
    return all;
  }

  /**
   * Makes the kernels.
   *
   * @throws UnsupportedOperationException if the processor has no fused multiply-add, which Java
   *     then computes in thousands of instructions
   */
  VectorKernels() {
    boolean intel = System.getProperty("os.arch").matches("amd64|x86_64|x86");
    // What has fused multiply-adds there has vectors of 256 bits too.
    if (intel && STEP < 4) {
      throw new UnsupportedOperationException("the processor has no AVX2");
    }
  }

  private static DoubleVector load(double[] from, int at) {
    return DoubleVector.fromArray(SPECIES, from, at);
  }

  @Override
  void apply2(double[] psi, IndexPlan plan, int mask, double[] m) {
    int[] low = plan.low();
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector m0r = load(m, l);
      DoubleVector m0i = load(m, l + 8);
      DoubleVector m0n = m0i.neg();
      DoubleVector m1r = load(m, l + 16);
      DoubleVector m1i = load(m, l + 24);
      DoubleVector m1n = m1i.neg();
      DoubleVector m2r = load(m, l + 32);
      DoubleVector m2i = load(m, l + 40);
      DoubleVector m2n = m2i.neg();
      DoubleVector m3r = load(m, l + 48);
      DoubleVector m3i = load(m, l + 56);
      DoubleVector m3n = m3i.neg();
      for (int high : plan.high()) {
        for (int k = 0; k < low.length; k++) {
          int i = (high ^ low[k]) + l;
          int j = (high ^ low[k] ^ mask) + l;
          DoubleVector ar = load(psi, i);
          DoubleVector ai = load(psi, i + LANES);
          DoubleVector br = load(psi, j);
          DoubleVector bi = load(psi, j + LANES);
          bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r)))).intoArray(psi, i);
          bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i)))).intoArray(psi, i + LANES);
          bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r)))).intoArray(psi, j);
          bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i)))).intoArray(psi, j + LANES);
        }
      }
    }
  }

  @Override
  public void takeBack(
      double[] psi, double[] lambda, PairSet set, double[] m, double[] gather, int gatherStart) {
    int[] low = set.plan().low();
    int mask = set.mask();
    int other = set.maskLane() & -STEP;
    int inside = set.maskLane() & (STEP - 1);
    for (int high : set.plan().high()) {
      for (int l = 0; l < LANES; l += STEP) {
        int at = gatherStart + l;
        if (set.maskLane() == 0) {
          takeBack(psi, lambda, high, low, mask, l, m, gather, at);
        } else if (mask == 0 && other == 0) {
          takeBackWithin(psi, lambda, high, low, inside, l, m, gather, at);
        } else if (mask != 0 || l < (l ^ other)) {
          takeBackAcross(psi, lambda, high, low, mask, l, l ^ other, inside, m, gather, at);
        }
      }
    }
  }

  /** Lanes from l on, whose partners are among those from another on, or in another vector. */
  private static void takeBackAcross(
      double[] psi,
      double[] lambda,
      int high,
      int[] low,
      int mask,
      int l,
      int partner,
      int inside,
      double[] m,
      double[] gather,
      int gatherAt) {
    VectorShuffle<Double> shuffle = SHUFFLES[inside];
    // The adjoint: m1 and m2 change places, imaginary parts change sign.
    DoubleVector m0r = load(m, l);
    DoubleVector m0n = load(m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m2r = load(m, l + 16);
    DoubleVector m2n = load(m, l + 24);
    DoubleVector m2i = m2n.neg();
    DoubleVector m1r = load(m, l + 32);
    DoubleVector m1n = load(m, l + 40);
    DoubleVector m1i = m1n.neg();
    DoubleVector m3r = load(m, l + 48);
    DoubleVector m3n = load(m, l + 56);
    DoubleVector m3i = m3n.neg();
    // What is added and what is subtracted, apart: every update is then one multiply-add.
    DoubleVector g0 = DoubleVector.zero(SPECIES);
    DoubleVector g1 = g0;
    DoubleVector g2 = g0;
    DoubleVector g3 = g0;
    DoubleVector h0 = g0;
    DoubleVector h1 = g0;
    DoubleVector h2 = g0;
    DoubleVector h3 = g0;
    for (int k = 0; k < low.length; k++) {
      int i = (high ^ low[k]) + l;
      int j = (high ^ low[k] ^ mask) + partner;
      DoubleVector ar = load(psi, i);
      DoubleVector ai = load(psi, i + LANES);
      DoubleVector br = load(psi, j).rearrange(shuffle);
      DoubleVector bi = load(psi, j + LANES).rearrange(shuffle);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector qr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector qi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      qr.rearrange(shuffle).intoArray(psi, j);
      qi.rearrange(shuffle).intoArray(psi, j + LANES);
      ar = load(lambda, i);
      ai = load(lambda, i + LANES);
      br = load(lambda, j).rearrange(shuffle);
      bi = load(lambda, j + LANES).rearrange(shuffle);
      DoubleVector ur = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector ui = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector vr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector vi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      ur.intoArray(lambda, i);
      ui.intoArray(lambda, i + LANES);
      vr.rearrange(shuffle).intoArray(lambda, j);
      vi.rearrange(shuffle).intoArray(lambda, j + LANES);
      g0 = ur.fma(pi, g0);
      h0 = ui.fma(pr, h0);
      g1 = vr.fma(qi, g1);
      h1 = vi.fma(qr, h1);
      g2 = ur.fma(qi, vr.fma(pi, g2));
      h2 = ui.fma(qr, vi.fma(pr, h2));
      g3 = ur.fma(qr, ui.fma(qi, g3));
      h3 = vr.fma(pr, vi.fma(pi, h3));
    }
    load(gather, gatherAt).add(g0).sub(h0).intoArray(gather, gatherAt);
    load(gather, gatherAt + LANES).add(g1).sub(h1).intoArray(gather, gatherAt + LANES);
    load(gather, gatherAt + 2 * LANES).add(g2).sub(h2).intoArray(gather, gatherAt + 2 * LANES);
    load(gather, gatherAt + 3 * LANES).add(g3).sub(h3).intoArray(gather, gatherAt + 3 * LANES);
  }

  /** Both of a pair lie in one vector: every lane is computed, pairs are gathered once. */
  private static void takeBackWithin(
      double[] psi,
      double[] lambda,
      int high,
      int[] low,
      int inside,
      int l,
      double[] m,
      double[] gather,
      int gatherAt) {
    VectorShuffle<Double> shuffle = SHUFFLES[inside];
    DoubleVector m0r = load(m, l);
    DoubleVector m0n = load(m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m1r = load(m, l + 32);
    DoubleVector m1n = load(m, l + 40);
    DoubleVector m1i = m1n.neg();
    DoubleVector g0 = DoubleVector.zero(SPECIES);
    DoubleVector g1 = g0;
    DoubleVector g2 = g0;
    DoubleVector g3 = g0;
    DoubleVector h0 = g0;
    DoubleVector h1 = g0;
    DoubleVector h2 = g0;
    DoubleVector h3 = g0;
    for (int k = 0; k < low.length; k++) {
      int i = (high ^ low[k]) + l;
      DoubleVector ar = load(psi, i);
      DoubleVector ai = load(psi, i + LANES);
      DoubleVector br = ar.rearrange(shuffle);
      DoubleVector bi = ai.rearrange(shuffle);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      ar = load(lambda, i);
      ai = load(lambda, i + LANES);
      br = ar.rearrange(shuffle);
      bi = ai.rearrange(shuffle);
      DoubleVector ur = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector ui = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      ur.intoArray(lambda, i);
      ui.intoArray(lambda, i + LANES);
      DoubleVector qr = pr.rearrange(shuffle);
      DoubleVector qi = pi.rearrange(shuffle);
      DoubleVector vr = ur.rearrange(shuffle);
      DoubleVector vi = ui.rearrange(shuffle);
      g0 = ur.fma(pi, g0);
      h0 = ui.fma(pr, h0);
      g1 = vr.fma(qi, g1);
      h1 = vi.fma(qr, h1);
      g2 = ur.fma(qi, vr.fma(pi, g2));
      h2 = ui.fma(qr, vi.fma(pr, h2));
      g3 = ur.fma(qr, ui.fma(qi, g3));
      h3 = vr.fma(pr, vi.fma(pi, h3));
    }
    // Of the two lanes of a pair the first alone is counted.
    DoubleVector once = load(FIRSTS[inside], l);
    load(gather, gatherAt).add(g0.sub(h0).mul(once)).intoArray(gather, gatherAt);
    load(gather, gatherAt + LANES).add(g1.sub(h1).mul(once)).intoArray(gather, gatherAt + LANES);
    load(gather, gatherAt + 2 * LANES)
        .add(g2.sub(h2).mul(once))
        .intoArray(gather, gatherAt + 2 * LANES);
    load(gather, gatherAt + 3 * LANES)
        .add(g3.sub(h3).mul(once))
        .intoArray(gather, gatherAt + 3 * LANES);
  }

  @Override
  void applyAcross(double[] psi, PairSet set, double[] m) {
    int other = set.maskLane() & -STEP;
    for (int l = 0; l < LANES; l += STEP) {
      if (set.mask() != 0 || l <= (l ^ other)) {
        applyAcross(psi, set, l, l ^ other, SHUFFLES[set.maskLane() & (STEP - 1)], m);
      }
    }
  }

  private static void applyAcross(
      double[] psi, PairSet set, int l, int partner, VectorShuffle<Double> shuffle, double[] m) {
    int[] low = set.plan().low();
    DoubleVector m0r = load(m, l);
    DoubleVector m0i = load(m, l + 8);
    DoubleVector m0n = m0i.neg();
    DoubleVector m1r = load(m, l + 16);
    DoubleVector m1i = load(m, l + 24);
    DoubleVector m1n = m1i.neg();
    DoubleVector m2r = load(m, l + 32);
    DoubleVector m2i = load(m, l + 40);
    DoubleVector m2n = m2i.neg();
    DoubleVector m3r = load(m, l + 48);
    DoubleVector m3i = load(m, l + 56);
    DoubleVector m3n = m3i.neg();
    for (int high : set.plan().high()) {
      for (int k = 0; k < low.length; k++) {
        int i = (high ^ low[k]) + l;
        int j = (high ^ low[k] ^ set.mask()) + partner;
        DoubleVector ar = load(psi, i);
        DoubleVector ai = load(psi, i + LANES);
        DoubleVector br = load(psi, j).rearrange(shuffle);
        DoubleVector bi = load(psi, j + LANES).rearrange(shuffle);
        bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r)))).intoArray(psi, i);
        bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i)))).intoArray(psi, i + LANES);
        // Where i is j, the first row alone is wanted: it holds both of each pair.
        if (i != j) {
          bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r)))).rearrange(shuffle).intoArray(psi, j);
          bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))))
              .rearrange(shuffle)
              .intoArray(psi, j + LANES);
        }
      }
    }
  }

  /** One loop to a method: C2 of JDK 17 keeps sums in registers only then. */
  private static void takeBack(
      double[] psi,
      double[] lambda,
      int high,
      int[] low,
      int mask,
      int l,
      double[] m,
      double[] gather,
      int gatherAt) {
    // The adjoint: m1 and m2 change places, imaginary parts change sign.
    DoubleVector m0r = load(m, l);
    DoubleVector m0n = load(m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m2r = load(m, l + 16);
    DoubleVector m2n = load(m, l + 24);
    DoubleVector m2i = m2n.neg();
    DoubleVector m1r = load(m, l + 32);
    DoubleVector m1n = load(m, l + 40);
    DoubleVector m1i = m1n.neg();
    DoubleVector m3r = load(m, l + 48);
    DoubleVector m3n = load(m, l + 56);
    DoubleVector m3i = m3n.neg();
    // What is added and what is subtracted, apart: every update is then one multiply-add.
    DoubleVector g0 = DoubleVector.zero(SPECIES);
    DoubleVector g1 = g0;
    DoubleVector g2 = g0;
    DoubleVector g3 = g0;
    DoubleVector h0 = g0;
    DoubleVector h1 = g0;
    DoubleVector h2 = g0;
    DoubleVector h3 = g0;
    for (int k = 0; k < low.length; k++) {
      int i = (high ^ low[k]) + l;
      int j = (high ^ low[k] ^ mask) + l;
      DoubleVector ar = load(psi, i);
      DoubleVector ai = load(psi, i + LANES);
      DoubleVector br = load(psi, j);
      DoubleVector bi = load(psi, j + LANES);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector qr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector qi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      qr.intoArray(psi, j);
      qi.intoArray(psi, j + LANES);
      ar = load(lambda, i);
      ai = load(lambda, i + LANES);
      br = load(lambda, j);
      bi = load(lambda, j + LANES);
      DoubleVector ur = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector ui = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector vr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector vi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      ur.intoArray(lambda, i);
      ui.intoArray(lambda, i + LANES);
      vr.intoArray(lambda, j);
      vi.intoArray(lambda, j + LANES);
      g0 = ur.fma(pi, g0);
      h0 = ui.fma(pr, h0);
      g1 = vr.fma(qi, g1);
      h1 = vi.fma(qr, h1);
      g2 = ur.fma(qi, vr.fma(pi, g2));
      h2 = ui.fma(qr, vi.fma(pr, h2));
      g3 = ur.fma(qr, ui.fma(qi, g3));
      h3 = vr.fma(pr, vi.fma(pi, h3));
    }
    load(gather, gatherAt).add(g0).sub(h0).intoArray(gather, gatherAt);
    load(gather, gatherAt + LANES).add(g1).sub(h1).intoArray(gather, gatherAt + LANES);
    load(gather, gatherAt + 2 * LANES).add(g2).sub(h2).intoArray(gather, gatherAt + 2 * LANES);
    load(gather, gatherAt + 3 * LANES).add(g3).sub(h3).intoArray(gather, gatherAt + 3 * LANES);
  }

  @Override
  public void apply(double[] psi, IndexPlan plan, int[] masks, int width, double[] m) {
    if (masks.length == 2 && width == LANES) {
      apply2(psi, plan, masks[1], m);
      return;
    }
    if (width < LANES) {
      super.apply(psi, plan, masks, width, m);
      return;
    }
    int[] low = plan.low();
    for (int l = 0; l < LANES; l += STEP) {
      for (int high : plan.high()) {
        for (int k = 0; k < low.length; k++) {
          int i0 = (high ^ low[k]) + l;
          int i1 = (high ^ low[k] ^ masks[1]) + l;
          int i2 = (high ^ low[k] ^ masks[2]) + l;
          int i3 = (high ^ low[k] ^ masks[3]) + l;
          DoubleVector ar = load(psi, i0);
          DoubleVector ai = load(psi, i0 + LANES);
          DoubleVector br = load(psi, i1);
          DoubleVector bi = load(psi, i1 + LANES);
          DoubleVector cr = load(psi, i2);
          DoubleVector ci = load(psi, i2 + LANES);
          DoubleVector dr = load(psi, i3);
          DoubleVector di = load(psi, i3 + LANES);
          DoubleVector an = ai.neg();
          DoubleVector bn = bi.neg();
          DoubleVector cn = ci.neg();
          DoubleVector dn = di.neg();
          for (int r = 0; r < 4; r++) {
            int e = r * 4 * STRIDE + l;
            DoubleVector mr = load(m, e);
            DoubleVector mi = load(m, e + 8);
            DoubleVector re = mr.mul(ar);
            DoubleVector im = mr.mul(ai);
            re = mi.fma(an, re);
            im = mi.fma(ar, im);
            mr = load(m, e + 16);
            mi = load(m, e + 24);
            re = mr.fma(br, re);
            im = mr.fma(bi, im);
            re = mi.fma(bn, re);
            im = mi.fma(br, im);
            mr = load(m, e + 32);
            mi = load(m, e + 40);
            re = mr.fma(cr, re);
            im = mr.fma(ci, im);
            re = mi.fma(cn, re);
            im = mi.fma(cr, im);
            mr = load(m, e + 48);
            mi = load(m, e + 56);
            re = mr.fma(dr, re);
            im = mr.fma(di, im);
            re = mi.fma(dn, re);
            im = mi.fma(dr, im);
            int to = (high ^ low[k] ^ masks[r]) + l;
            re.intoArray(psi, to);
            im.intoArray(psi, to + LANES);
          }
        }
      }
    }
  }

  @Override
  public void negate(double[] psi, IndexPlan plan, int width) {
    if (width < LANES) {
      super.negate(psi, plan, width);
      return;
    }
    for (int high : plan.high()) {
      for (int low : plan.low()) {
        for (int i = high ^ low; i < (high ^ low) + STRIDE; i += STEP) {
          load(psi, i).neg().intoArray(psi, i);
        }
      }
    }
  }

  @Override
  public void addPauliValue(double[] psi, Layout layout, PauliString string, double[] sums) {
    if (layout.lane(string.flip()) != 0) {
      super.addPauliValue(psi, layout, string, sums);
      return;
    }
    // The positions p and p ^ flip give the same: only those without its highest bit are visited.
    int flip = layout.high(string.flip());
    int skip = Integer.highestOneBit(flip);
    int signs = layout.high(string.signs());
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector plus = DoubleVector.zero(SPECIES);
      DoubleVector minus = plus;
      for (int p = 0; p < layout.vectors(); p++) {
        if ((p & skip) != 0) {
          continue;
        }
        int i = p * STRIDE + l;
        int j = (p ^ flip) * STRIDE + l;
        DoubleVector ar = load(psi, i);
        DoubleVector ai = load(psi, i + LANES);
        DoubleVector br = load(psi, j);
        DoubleVector bi = load(psi, j + LANES);
        DoubleVector product =
            string.imaginary() ? bi.mul(ar).sub(br.mul(ai)) : br.fma(ar, bi.mul(ai));
        if (sign(p & signs) > 0) {
          plus = plus.add(product);
        } else {
          minus = minus.add(product);
        }
      }
      DoubleVector total = plus.sub(minus).mul(laneFactors(layout, string, l));
      int to = string.output() * LANES + l;
      load(sums, to).add(skip == 0 ? total : total.add(total)).intoArray(sums, to);
    }
  }

  private static DoubleVector laneFactors(Layout layout, PauliString string, int start) {
    double[] factors = new double[LANES];
    for (int l = 0; l < LANES; l++) {
      factors[l] = string.laneFactor(layout, l);
    }
    return load(factors, start);
  }

  @Override
  public void addPauliTimesState(
      double[] psi, double[] lambda, Layout layout, PauliString string, double[] weights) {
    if (layout.lane(string.flip()) != 0) {
      super.addPauliTimesState(psi, lambda, layout, string, weights);
      return;
    }
    int flip = layout.high(string.flip());
    int signs = layout.high(string.signs());
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector plus =
          load(weights, string.output() * LANES + l).mul(laneFactors(layout, string, l));
      DoubleVector minus = plus.neg();
      for (int p = 0; p < layout.vectors(); p++) {
        int i = p * STRIDE + l;
        int j = (p ^ flip) * STRIDE + l;
        DoubleVector w = sign(p & signs) > 0 ? plus : minus;
        DoubleVector ar = load(psi, i);
        DoubleVector ai = load(psi, i + LANES);
        if (string.imaginary()) {
          load(lambda, j).sub(w.mul(ai)).intoArray(lambda, j);
          w.fma(ar, load(lambda, j + LANES)).intoArray(lambda, j + LANES);
        } else {
          w.fma(ar, load(lambda, j)).intoArray(lambda, j);
          w.fma(ai, load(lambda, j + LANES)).intoArray(lambda, j + LANES);
        }
      }
    }
  }

  @Override
  public void addDensity(double[] psi, IndexPlan plan, int[] masks, int width, double[] density) {
    if (width < LANES) {
      super.addDensity(psi, plan, masks, width, density);
      return;
    }
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2 * LANES;
    for (int l = 0; l < LANES; l += STEP) {
      for (int high : plan.high()) {
        for (int low : plan.low()) {
          int base = (high ^ low) + l;
          int re = dim * LANES + l;
          for (int r = 0; r < dim; r++) {
            int i = base ^ masks[r];
            DoubleVector ar = load(psi, i);
            DoubleVector ai = load(psi, i + LANES);
            int d = r * LANES + l;
            ar.fma(ar, ai.fma(ai, load(density, d))).intoArray(density, d);
            ar = ar.add(ar);
            ai = ai.add(ai);
            DoubleVector an = ar.neg();
            for (int c = r + 1; c < dim; c++, re += LANES) {
              int j = base ^ masks[c];
              int im = re + pairs;
              DoubleVector br = load(psi, j);
              DoubleVector bi = load(psi, j + LANES);
              ar.fma(br, ai.fma(bi, load(density, re))).intoArray(density, re);
              ai.fma(br, an.fma(bi, load(density, im))).intoArray(density, im);
            }
          }
        }
      }
    }
  }

  @Override
  public void addHermitianTimesState(
      double[] psi, double[] lambda, IndexPlan plan, int[] masks, int width, double[] entries) {
    if (width < LANES) {
      super.addHermitianTimesState(psi, lambda, plan, masks, width, entries);
      return;
    }
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2 * LANES;
    for (int l = 0; l < LANES; l += STEP) {
      for (int high : plan.high()) {
        for (int low : plan.low()) {
          int base = (high ^ low) + l;
          int re = dim * LANES + l;
          for (int r = 0; r < dim; r++) {
            int i = base ^ masks[r];
            DoubleVector ar = load(psi, i);
            DoubleVector ai = load(psi, i + LANES);
            DoubleVector an = ar.neg();
            DoubleVector diagonal = load(entries, r * LANES + l);
            DoubleVector sumRe = diagonal.fma(ar, load(lambda, i));
            DoubleVector sumIm = diagonal.fma(ai, load(lambda, i + LANES));
            for (int c = r + 1; c < dim; c++, re += LANES) {
              int j = base ^ masks[c];
              DoubleVector hr = load(entries, re);
              DoubleVector hi = load(entries, re + pairs);
              DoubleVector br = load(psi, j);
              DoubleVector bi = load(psi, j + LANES);
              sumRe = hr.fma(br, sumRe).sub(hi.mul(bi));
              sumIm = hr.fma(bi, hi.fma(br, sumIm));
              hr.fma(ar, hi.fma(ai, load(lambda, j))).intoArray(lambda, j);
              hr.fma(ai, hi.fma(an, load(lambda, j + LANES))).intoArray(lambda, j + LANES);
            }
            sumRe.intoArray(lambda, i);
            sumIm.intoArray(lambda, i + LANES);
          }
        }
      }
    }
  }

  @Override
  public void moduli(double[] psi, int positions, double[] squares) {
    for (int l = 0; l < LANES; l += STEP) {
      for (int p = 0; p < positions; p++) {
        DoubleVector re = load(psi, p * STRIDE + l);
        DoubleVector im = load(psi, p * STRIDE + LANES + l);
        re.fma(re, im.mul(im)).intoArray(squares, p * LANES + l);
      }
    }
  }

  @Override
  public void walsh(double[] entries, int start, int positions) {
    for (int half = LANES; half < positions * LANES; half *= 2) {
      for (int from = start; from < start + positions * LANES; from += 2 * half) {
        for (int i = from; i < from + half; i += STEP) {
          DoubleVector a = load(entries, i);
          DoubleVector b = load(entries, i + half);
          a.add(b).intoArray(entries, i);
          a.sub(b).intoArray(entries, i + half);
        }
      }
    }
  }

  @Override
  public void diagonalTimesState(double[] psi, double[] lambda, int positions) {
    int factors = positions * LANES;
    for (int p = 0; p < positions; p++) {
      for (int l = 0; l < LANES; l += STEP) {
        DoubleVector factor = load(lambda, factors + p * LANES + l);
        int i = p * STRIDE + l;
        factor.mul(load(psi, i)).intoArray(lambda, i);
        factor.mul(load(psi, i + LANES)).intoArray(lambda, i + LANES);
      }
    }
  }

  @Override
  public void turn(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector c = load(trig, at + l);
      DoubleVector s = load(trig, at + LANES + l);
      DoubleVector first = load(numbers, a + l);
      DoubleVector second = load(numbers, b + l);
      c.mul(first).sub(s.mul(second)).intoArray(numbers, a + l);
      c.fma(second, s.mul(first)).intoArray(numbers, b + l);
    }
  }

  @Override
  public void turnTwice(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector c = load(trig, at + l);
      DoubleVector s = load(trig, at + LANES + l);
      DoubleVector half = c.mul(s);
      DoubleVector c2 = c.mul(c).sub(s.mul(s));
      DoubleVector s2 = half.add(half);
      DoubleVector first = load(numbers, a + l);
      DoubleVector second = load(numbers, b + l);
      c2.mul(first).sub(s2.mul(second)).intoArray(numbers, a + l);
      c2.fma(second, s2.mul(first)).intoArray(numbers, b + l);
    }
  }

  @Override
  public void mix(double[] numbers, double[] m) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector w = load(numbers, l);
      DoubleVector x = load(numbers, LANES + l);
      DoubleVector y = load(numbers, 2 * LANES + l);
      DoubleVector z = load(numbers, 3 * LANES + l);
      for (int r = 0; r < 4; r++) {
        w.mul(m[4 * r])
            .add(x.mul(m[4 * r + 1]))
            .add(y.mul(m[4 * r + 2]).add(z.mul(m[4 * r + 3])))
            .intoArray(numbers, r * LANES + l);
      }
    }
  }

  @Override
  public void spinMatrix(double[] spin, double[] matrix) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector w = load(spin, l);
      DoubleVector x = load(spin, 8 + l);
      DoubleVector y = load(spin, 16 + l);
      DoubleVector z = load(spin, 24 + l);
      DoubleVector c = load(spin, 32 + l);
      DoubleVector s = load(spin, 40 + l);
      DoubleVector cw = c.mul(w);
      DoubleVector sw = s.mul(w);
      DoubleVector cx = c.mul(x);
      DoubleVector sx = s.mul(x);
      DoubleVector cy = c.mul(y);
      DoubleVector sy = s.mul(y);
      DoubleVector cz = c.mul(z);
      DoubleVector sz = s.mul(z);
      cw.add(sz).intoArray(matrix, l);
      sw.sub(cz).intoArray(matrix, 8 + l);
      sx.sub(cy).intoArray(matrix, 16 + l);
      cx.add(sy).neg().intoArray(matrix, 24 + l);
      cy.add(sx).intoArray(matrix, 32 + l);
      sy.sub(cx).intoArray(matrix, 40 + l);
      cw.sub(sz).intoArray(matrix, 48 + l);
      cz.add(sw).intoArray(matrix, 56 + l);
    }
  }
}
