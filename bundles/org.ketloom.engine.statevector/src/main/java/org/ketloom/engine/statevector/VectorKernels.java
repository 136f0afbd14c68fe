package org.ketloom.engine.statevector;

import static jdk.incubator.vector.DoubleVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API. A block's lanes are one vector of 512 bits, or several narrower ones,
 * which are then worked on one after another. No vector is handed to or returned by a method here:
 * one that isn't inlined would put it on the heap, and the compiler doesn't inline what it takes
 * for rare. Only the Vector API's own methods are inlined always.
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

  /** Where a loop's own sums are put. */
  private static final int SUMS = FusedGateStep.GATHERED;

  /** Exchanges lanes l and {@code l ^ k} of one vector, for each k that stays in it. */
  private static final VectorShuffle<Double>[] SHUFFLES = shuffles();

  /** 1 in the first lane of each such pair, 0 in the second. */
  private static final double[][] FIRSTS = new double[LANES][LANES];

  /** For each choice of lanes, -1 in those and 1 in the others. */
  private static final double[] SIGNS = new double[LANES << LANES];

  static {
    for (int i = 0; i < SIGNS.length; i++) {
      SIGNS[i] = 1 - 2 * (i / LANES >> i % LANES & 1);
    }
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

  @Override
  public String describe() {
    return "kernels on vectors of " + STEP * Double.SIZE + " bits";
  }

  @Override
  void apply2(double[] psi, IndexPlan plan, int part, int mask, double[] m) {
    int[] low = plan.low();
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector m0r = fromArray(SPECIES, m, l);
      DoubleVector m0i = fromArray(SPECIES, m, l + 8);
      DoubleVector m0n = m0i.neg();
      DoubleVector m1r = fromArray(SPECIES, m, l + 16);
      DoubleVector m1i = fromArray(SPECIES, m, l + 24);
      DoubleVector m1n = m1i.neg();
      DoubleVector m2r = fromArray(SPECIES, m, l + 32);
      DoubleVector m2i = fromArray(SPECIES, m, l + 40);
      DoubleVector m2n = m2i.neg();
      DoubleVector m3r = fromArray(SPECIES, m, l + 48);
      DoubleVector m3i = fromArray(SPECIES, m, l + 56);
      DoubleVector m3n = m3i.neg();
      for (int h = plan.from(part); h < plan.to(part); h++) {
        int high = plan.high()[h];
        for (int k = 0; k < low.length; k++) {
          int i = (high ^ low[k]) + l;
          int j = (high ^ low[k] ^ mask) + l;
          DoubleVector ar = fromArray(SPECIES, psi, i);
          DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
          DoubleVector br = fromArray(SPECIES, psi, j);
          DoubleVector bi = fromArray(SPECIES, psi, j + LANES);
          bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r)))).intoArray(psi, i);
          bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i)))).intoArray(psi, i + LANES);
          bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r)))).intoArray(psi, j);
          bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i)))).intoArray(psi, j + LANES);
        }
      }
    }
  }

  @Override
  public void applyAdjoint(
      double[] psi, double[] lambda, PairSet set, int part, double[] m, double[] gather) {
    IndexPlan plan = set.plan();
    int[] low = plan.low();
    int mask = set.mask();
    int other = set.maskLane() & -STEP;
    int inside = set.maskLane() & (STEP - 1);
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int l = 0; l < LANES; l += STEP) {
        if (set.maskLane() == 0) {
          applyAdjoint(psi, lambda, high, low, mask, l, m, gather, l);
        } else if (mask == 0 && other == 0) {
          applyAdjointWithin(psi, lambda, high, low, inside, l, m, gather, l);
        } else if (mask != 0 || l < (l ^ other)) {
          applyAdjointAcross(psi, lambda, high, low, mask, l, l ^ other, inside, m, gather, l);
        }
      }
    }
  }

  /** Lanes from l on, whose partners are among those from another on, or in another vector. */
  private static void applyAdjointAcross(
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
    DoubleVector m0r = fromArray(SPECIES, m, l);
    DoubleVector m0n = fromArray(SPECIES, m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m2r = fromArray(SPECIES, m, l + 16);
    DoubleVector m2n = fromArray(SPECIES, m, l + 24);
    DoubleVector m2i = m2n.neg();
    DoubleVector m1r = fromArray(SPECIES, m, l + 32);
    DoubleVector m1n = fromArray(SPECIES, m, l + 40);
    DoubleVector m1i = m1n.neg();
    DoubleVector m3r = fromArray(SPECIES, m, l + 48);
    DoubleVector m3n = fromArray(SPECIES, m, l + 56);
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
      DoubleVector ar = fromArray(SPECIES, psi, i);
      DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
      DoubleVector br = fromArray(SPECIES, psi, j).rearrange(shuffle);
      DoubleVector bi = fromArray(SPECIES, psi, j + LANES).rearrange(shuffle);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector qr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector qi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      qr.rearrange(shuffle).intoArray(psi, j);
      qi.rearrange(shuffle).intoArray(psi, j + LANES);
      ar = fromArray(SPECIES, lambda, i);
      ai = fromArray(SPECIES, lambda, i + LANES);
      br = fromArray(SPECIES, lambda, j).rearrange(shuffle);
      bi = fromArray(SPECIES, lambda, j + LANES).rearrange(shuffle);
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
    g0.sub(h0).intoArray(gather, SUMS + gatherAt);
    g1.sub(h1).intoArray(gather, SUMS + gatherAt + LANES);
    g2.sub(h2).intoArray(gather, SUMS + gatherAt + 2 * LANES);
    g3.sub(h3).intoArray(gather, SUMS + gatherAt + 3 * LANES);
    addSums(gather, gatherAt);
  }

  /** Both of a pair lie in one vector: every lane is computed, pairs are gathered once. */
  private static void applyAdjointWithin(
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
    DoubleVector m0r = fromArray(SPECIES, m, l);
    DoubleVector m0n = fromArray(SPECIES, m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m1r = fromArray(SPECIES, m, l + 32);
    DoubleVector m1n = fromArray(SPECIES, m, l + 40);
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
      DoubleVector ar = fromArray(SPECIES, psi, i);
      DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
      DoubleVector br = ar.rearrange(shuffle);
      DoubleVector bi = ai.rearrange(shuffle);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      ar = fromArray(SPECIES, lambda, i);
      ai = fromArray(SPECIES, lambda, i + LANES);
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
    // Only the first of the two lanes of a pair is counted.
    DoubleVector once = fromArray(SPECIES, FIRSTS[inside], l);
    g0.sub(h0).mul(once).intoArray(gather, SUMS + gatherAt);
    g1.sub(h1).mul(once).intoArray(gather, SUMS + gatherAt + LANES);
    g2.sub(h2).mul(once).intoArray(gather, SUMS + gatherAt + 2 * LANES);
    g3.sub(h3).mul(once).intoArray(gather, SUMS + gatherAt + 3 * LANES);
    addSums(gather, gatherAt);
  }

  /** By numbers: vectors that are loaded after a loop for this end up on the heap. */
  private static void addSums(double[] gather, int at) {
    for (int g = at; g < SUMS; g += LANES) {
      for (int l = g; l < g + STEP; l++) {
        gather[l] += gather[SUMS + l];
      }
    }
  }

  @Override
  void applyAcross(double[] psi, PairSet set, int part, double[] m) {
    int other = set.maskLane() & -STEP;
    for (int l = 0; l < LANES; l += STEP) {
      if (set.mask() != 0 || l <= (l ^ other)) {
        applyAcross(psi, set, part, l, l ^ other, SHUFFLES[set.maskLane() & (STEP - 1)], m);
      }
    }
  }

  private static void applyAcross(
      double[] psi,
      PairSet set,
      int part,
      int l,
      int partner,
      VectorShuffle<Double> shuffle,
      double[] m) {
    IndexPlan plan = set.plan();
    int[] low = plan.low();
    DoubleVector m0r = fromArray(SPECIES, m, l);
    DoubleVector m0i = fromArray(SPECIES, m, l + 8);
    DoubleVector m0n = m0i.neg();
    DoubleVector m1r = fromArray(SPECIES, m, l + 16);
    DoubleVector m1i = fromArray(SPECIES, m, l + 24);
    DoubleVector m1n = m1i.neg();
    DoubleVector m2r = fromArray(SPECIES, m, l + 32);
    DoubleVector m2i = fromArray(SPECIES, m, l + 40);
    DoubleVector m2n = m2i.neg();
    DoubleVector m3r = fromArray(SPECIES, m, l + 48);
    DoubleVector m3i = fromArray(SPECIES, m, l + 56);
    DoubleVector m3n = m3i.neg();
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int k = 0; k < low.length; k++) {
        int i = (high ^ low[k]) + l;
        int j = (high ^ low[k] ^ set.mask()) + partner;
        DoubleVector ar = fromArray(SPECIES, psi, i);
        DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
        DoubleVector br = fromArray(SPECIES, psi, j).rearrange(shuffle);
        DoubleVector bi = fromArray(SPECIES, psi, j + LANES).rearrange(shuffle);
        bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r)))).intoArray(psi, i);
        bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i)))).intoArray(psi, i + LANES);
        // Where i is j, only the first row is wanted: it holds both of each pair.
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
  private static void applyAdjoint(
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
    DoubleVector m0r = fromArray(SPECIES, m, l);
    DoubleVector m0n = fromArray(SPECIES, m, l + 8);
    DoubleVector m0i = m0n.neg();
    DoubleVector m2r = fromArray(SPECIES, m, l + 16);
    DoubleVector m2n = fromArray(SPECIES, m, l + 24);
    DoubleVector m2i = m2n.neg();
    DoubleVector m1r = fromArray(SPECIES, m, l + 32);
    DoubleVector m1n = fromArray(SPECIES, m, l + 40);
    DoubleVector m1i = m1n.neg();
    DoubleVector m3r = fromArray(SPECIES, m, l + 48);
    DoubleVector m3n = fromArray(SPECIES, m, l + 56);
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
      DoubleVector ar = fromArray(SPECIES, psi, i);
      DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
      DoubleVector br = fromArray(SPECIES, psi, j);
      DoubleVector bi = fromArray(SPECIES, psi, j + LANES);
      DoubleVector pr = bi.fma(m1n, br.fma(m1r, ai.fma(m0n, ar.mul(m0r))));
      DoubleVector pi = bi.fma(m1r, br.fma(m1i, ai.fma(m0r, ar.mul(m0i))));
      DoubleVector qr = bi.fma(m3n, br.fma(m3r, ai.fma(m2n, ar.mul(m2r))));
      DoubleVector qi = bi.fma(m3r, br.fma(m3i, ai.fma(m2r, ar.mul(m2i))));
      pr.intoArray(psi, i);
      pi.intoArray(psi, i + LANES);
      qr.intoArray(psi, j);
      qi.intoArray(psi, j + LANES);
      ar = fromArray(SPECIES, lambda, i);
      ai = fromArray(SPECIES, lambda, i + LANES);
      br = fromArray(SPECIES, lambda, j);
      bi = fromArray(SPECIES, lambda, j + LANES);
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
    g0.sub(h0).intoArray(gather, SUMS + gatherAt);
    g1.sub(h1).intoArray(gather, SUMS + gatherAt + LANES);
    g2.sub(h2).intoArray(gather, SUMS + gatherAt + 2 * LANES);
    g3.sub(h3).intoArray(gather, SUMS + gatherAt + 3 * LANES);
    addSums(gather, gatherAt);
  }

  @Override
  public void apply4(double[] psi, IndexPlan plan, int part, int[] masks, double[] m) {
    int[] low = plan.low();
    for (int l = 0; l < LANES; l += STEP) {
      for (int h = plan.from(part); h < plan.to(part); h++) {
        int high = plan.high()[h];
        for (int k = 0; k < low.length; k++) {
          int i0 = (high ^ low[k]) + l;
          int i1 = (high ^ low[k] ^ masks[1]) + l;
          int i2 = (high ^ low[k] ^ masks[2]) + l;
          int i3 = (high ^ low[k] ^ masks[3]) + l;
          DoubleVector ar = fromArray(SPECIES, psi, i0);
          DoubleVector ai = fromArray(SPECIES, psi, i0 + LANES);
          DoubleVector br = fromArray(SPECIES, psi, i1);
          DoubleVector bi = fromArray(SPECIES, psi, i1 + LANES);
          DoubleVector cr = fromArray(SPECIES, psi, i2);
          DoubleVector ci = fromArray(SPECIES, psi, i2 + LANES);
          DoubleVector dr = fromArray(SPECIES, psi, i3);
          DoubleVector di = fromArray(SPECIES, psi, i3 + LANES);
          DoubleVector an = ai.neg();
          DoubleVector bn = bi.neg();
          DoubleVector cn = ci.neg();
          DoubleVector dn = di.neg();
          for (int r = 0; r < 4; r++) {
            int e = r * 4 * STRIDE + l;
            DoubleVector mr = fromArray(SPECIES, m, e);
            DoubleVector mi = fromArray(SPECIES, m, e + 8);
            DoubleVector re = mr.mul(ar);
            DoubleVector im = mr.mul(ai);
            re = mi.fma(an, re);
            im = mi.fma(ar, im);
            mr = fromArray(SPECIES, m, e + 16);
            mi = fromArray(SPECIES, m, e + 24);
            re = mr.fma(br, re);
            im = mr.fma(bi, im);
            re = mi.fma(bn, re);
            im = mi.fma(br, im);
            mr = fromArray(SPECIES, m, e + 32);
            mi = fromArray(SPECIES, m, e + 40);
            re = mr.fma(cr, re);
            im = mr.fma(ci, im);
            re = mi.fma(cn, re);
            im = mi.fma(cr, im);
            mr = fromArray(SPECIES, m, e + 48);
            mi = fromArray(SPECIES, m, e + 56);
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
  public void negate(double[] psi, IndexPlan plan, int part, byte[] signs) {
    int[] low = plan.low();
    for (int h = plan.from(part); h < plan.to(part); h++) {
      int high = plan.high()[h];
      for (int k = 0; k < low.length; k++) {
        int i = high ^ low[k];
        int lanes = signs[i / STRIDE] & 0xff;
        for (int l = 0; lanes != 0 && l < LANES; l += STEP) {
          DoubleVector factors = fromArray(SPECIES, SIGNS, lanes * LANES + l);
          fromArray(SPECIES, psi, i + l).mul(factors).intoArray(psi, i + l);
          fromArray(SPECIES, psi, i + LANES + l).mul(factors).intoArray(psi, i + LANES + l);
        }
      }
    }
  }

  @Override
  public void pauliValue(
      double[] psi, Layout layout, PauliString string, int from, int to, double[] values) {
    int flip = layout.high(string.flip());
    int other = layout.lane(string.flip()) & -STEP;
    int signs = layout.high(string.signs());
    int inside = layout.lane(string.flip()) & (STEP - 1);
    for (int l = 0; l < LANES; l += STEP) {
      pauliValue(psi, flip, signs, string.imaginary(), from, to, l, l ^ other, inside, values);
    }
  }

  private static void pauliValue(
      double[] psi,
      int flip,
      int signs,
      boolean imaginary,
      int from,
      int to,
      int l,
      int partner,
      int inside,
      double[] values) {
    VectorShuffle<Double> shuffle = SHUFFLES[inside];
    DoubleVector plus = DoubleVector.zero(SPECIES);
    DoubleVector minus = plus;
    for (int p = from; p < to; p++) {
      int i = p * STRIDE + l;
      int j = (p ^ flip) * STRIDE + partner;
      DoubleVector ar = fromArray(SPECIES, psi, i);
      DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
      DoubleVector br = fromArray(SPECIES, psi, j).rearrange(shuffle);
      DoubleVector bi = fromArray(SPECIES, psi, j + LANES).rearrange(shuffle);
      DoubleVector product = imaginary ? bi.mul(ar).sub(br.mul(ai)) : br.fma(ar, bi.mul(ai));
      if (sign(p & signs) > 0) {
        plus = plus.add(product);
      } else {
        minus = minus.add(product);
      }
    }
    plus.sub(minus).intoArray(values, l);
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
    int flip = layout.high(string.flip());
    int lane = layout.lane(string.flip());
    int signs = layout.high(string.signs());
    for (int l = 0; l < LANES; l += STEP) {
      VectorShuffle<Double> shuffle = SHUFFLES[lane & (STEP - 1)];
      DoubleVector plus = fromArray(SPECIES, weights, l);
      DoubleVector minus = plus.neg();
      for (int p = from; p < to; p++) {
        int j = p * STRIDE + l;
        int i = (p ^ flip) * STRIDE + (l ^ (lane & -STEP));
        DoubleVector w = sign((p ^ flip) & signs) > 0 ? plus : minus;
        DoubleVector ar = fromArray(SPECIES, psi, i).rearrange(shuffle);
        DoubleVector ai = fromArray(SPECIES, psi, i + LANES).rearrange(shuffle);
        if (string.imaginary()) {
          fromArray(SPECIES, lambda, j).sub(w.mul(ai)).intoArray(lambda, j);
          w.fma(ar, fromArray(SPECIES, lambda, j + LANES)).intoArray(lambda, j + LANES);
        } else {
          w.fma(ar, fromArray(SPECIES, lambda, j)).intoArray(lambda, j);
          w.fma(ai, fromArray(SPECIES, lambda, j + LANES)).intoArray(lambda, j + LANES);
        }
      }
    }
  }

  @Override
  public void addDensity(double[] psi, IndexPlan plan, int part, int[] masks, double[] density) {
    int dim = masks.length;
    int pairs = dim * (dim - 1) / 2 * LANES;
    for (int l = 0; l < LANES; l += STEP) {
      for (int h = plan.from(part); h < plan.to(part); h++) {
        int high = plan.high()[h];
        for (int low : plan.low()) {
          int base = (high ^ low) + l;
          int re = dim * LANES + l;
          for (int r = 0; r < dim; r++) {
            int i = base ^ masks[r];
            DoubleVector ar = fromArray(SPECIES, psi, i);
            DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
            int d = r * LANES + l;
            ar.fma(ar, ai.fma(ai, fromArray(SPECIES, density, d))).intoArray(density, d);
            ar = ar.add(ar);
            ai = ai.add(ai);
            DoubleVector an = ar.neg();
            for (int c = r + 1; c < dim; c++, re += LANES) {
              int j = base ^ masks[c];
              int im = re + pairs;
              DoubleVector br = fromArray(SPECIES, psi, j);
              DoubleVector bi = fromArray(SPECIES, psi, j + LANES);
              ar.fma(br, ai.fma(bi, fromArray(SPECIES, density, re))).intoArray(density, re);
              ai.fma(br, an.fma(bi, fromArray(SPECIES, density, im))).intoArray(density, im);
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
    for (int l = 0; l < LANES; l += STEP) {
      for (int h = plan.from(part); h < plan.to(part); h++) {
        int high = plan.high()[h];
        for (int low : plan.low()) {
          int base = (high ^ low) + l;
          int re = dim * LANES + l;
          for (int r = 0; r < dim; r++) {
            int i = base ^ masks[r];
            DoubleVector ar = fromArray(SPECIES, psi, i);
            DoubleVector ai = fromArray(SPECIES, psi, i + LANES);
            DoubleVector an = ar.neg();
            DoubleVector diagonal = fromArray(SPECIES, entries, r * LANES + l);
            DoubleVector sumRe = diagonal.fma(ar, fromArray(SPECIES, lambda, i));
            DoubleVector sumIm = diagonal.fma(ai, fromArray(SPECIES, lambda, i + LANES));
            for (int c = r + 1; c < dim; c++, re += LANES) {
              int j = base ^ masks[c];
              DoubleVector hr = fromArray(SPECIES, entries, re);
              DoubleVector hi = fromArray(SPECIES, entries, re + pairs);
              DoubleVector br = fromArray(SPECIES, psi, j);
              DoubleVector bi = fromArray(SPECIES, psi, j + LANES);
              sumRe = hr.fma(br, sumRe).sub(hi.mul(bi));
              sumIm = hr.fma(bi, hi.fma(br, sumIm));
              hr.fma(ar, hi.fma(ai, fromArray(SPECIES, lambda, j))).intoArray(lambda, j);
              hr.fma(ai, hi.fma(an, fromArray(SPECIES, lambda, j + LANES)))
                  .intoArray(lambda, j + LANES);
            }
            sumRe.intoArray(lambda, i);
            sumIm.intoArray(lambda, i + LANES);
          }
        }
      }
    }
  }

  @Override
  public void moduli(double[] psi, int firstVector, int count, double[] squares) {
    for (int l = 0; l < LANES; l += STEP) {
      for (int v = 0; v < count; v++) {
        int i = (firstVector + v) * STRIDE + l;
        DoubleVector re = fromArray(SPECIES, psi, i);
        DoubleVector im = fromArray(SPECIES, psi, i + LANES);
        re.fma(re, im.mul(im)).intoArray(squares, v * LANES + l);
      }
    }
  }

  @Override
  public void walsh(double[] entries, int positions) {
    for (int half = LANES; half < positions * LANES; half *= 2) {
      for (int from = 0; from < positions * LANES; from += 2 * half) {
        for (int i = from; i < from + half; i += STEP) {
          DoubleVector a = fromArray(SPECIES, entries, i);
          DoubleVector b = fromArray(SPECIES, entries, i + half);
          a.add(b).intoArray(entries, i);
          a.sub(b).intoArray(entries, i + half);
        }
      }
    }
  }

  @Override
  public void diagonalTimesState(
      double[] psi, double[] factors, int firstVector, int count, double[] lambda) {
    for (int v = 0; v < count; v++) {
      for (int l = 0; l < LANES; l += STEP) {
        int i = (firstVector + v) * STRIDE + l;
        int f = v * LANES + l;
        fromArray(SPECIES, psi, i).mul(fromArray(SPECIES, factors, f)).intoArray(lambda, i);
        fromArray(SPECIES, psi, i + LANES)
            .mul(fromArray(SPECIES, factors, f))
            .intoArray(lambda, i + LANES);
      }
    }
  }

  @Override
  public void multiply(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector fr = fromArray(SPECIES, factor, factorAt + l);
      DoubleVector fi = fromArray(SPECIES, factor, factorAt + LANES + l);
      DoubleVector fn = fi.neg();
      for (int v = 0; v < count; v++) {
        int i = fromAt + v * STRIDE + l;
        int j = toAt + v * STRIDE + l;
        DoubleVector re = fromArray(SPECIES, from, i);
        DoubleVector im = fromArray(SPECIES, from, i + LANES);
        im.fma(fn, re.mul(fr)).intoArray(to, j);
        im.fma(fr, re.mul(fi)).intoArray(to, j + LANES);
      }
    }
  }

  @Override
  public void addConjugateTimes(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector fr = fromArray(SPECIES, factor, factorAt + l);
      DoubleVector fi = fromArray(SPECIES, factor, factorAt + LANES + l);
      DoubleVector fn = fi.neg();
      for (int v = 0; v < count; v++) {
        int i = fromAt + v * STRIDE + l;
        int j = toAt + v * STRIDE + l;
        DoubleVector re = fromArray(SPECIES, from, i);
        DoubleVector im = fromArray(SPECIES, from, i + LANES);
        re.fma(fr, im.fma(fi, fromArray(SPECIES, to, j))).intoArray(to, j);
        im.fma(fr, re.fma(fn, fromArray(SPECIES, to, j + LANES))).intoArray(to, j + LANES);
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
    for (int l = 0; l < LANES; l += STEP) {
      innerLanes(conjugated, conjugatedAt + l, from, fromAt + l, count, to, toAt + l);
    }
  }

  /** For the lanes of one vector; as above, one loop to a method. */
  private static void innerLanes(
      double[] conjugated, int c, double[] from, int f, int count, double[] to, int at) {
    DoubleVector g0 = DoubleVector.zero(SPECIES);
    DoubleVector g1 = g0;
    DoubleVector g2 = g0;
    DoubleVector h2 = g0;
    for (int v = 0; v < count * STRIDE; v += STRIDE) {
      DoubleVector fr = fromArray(SPECIES, conjugated, c + v);
      DoubleVector fi = fromArray(SPECIES, conjugated, c + LANES + v);
      DoubleVector re = fromArray(SPECIES, from, f + v);
      DoubleVector im = fromArray(SPECIES, from, f + LANES + v);
      g0 = re.fma(fr, g0);
      g1 = im.fma(fi, g1);
      g2 = im.fma(fr, g2);
      h2 = re.fma(fi, h2);
    }
    g0.add(g1).intoArray(to, at);
    g2.sub(h2).intoArray(to, at + LANES);
  }
}
