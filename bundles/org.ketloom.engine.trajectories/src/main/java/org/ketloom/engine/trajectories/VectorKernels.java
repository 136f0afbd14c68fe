package org.ketloom.engine.trajectories;

import static jdk.incubator.vector.DoubleVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API, but for matrices of two wires. No vector is handed to or returned by a
 * method here: one that isn't inlined would put it on the heap.
 */
final class VectorKernels extends PlainKernels {
  private static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > LANES
          ? DoubleVector.SPECIES_256
          : DoubleVector.SPECIES_PREFERRED;
  private static final int STEP = SPECIES.length();

  /**
   * Makes the kernels.
   *
   * @throws UnsupportedOperationException if the processor has no fused multiply-add, which Java
   *     then computes in thousands of instructions
   */
  VectorKernels() {
    boolean intel = System.getProperty("os.arch").matches("amd64|x86_64|x86");
    // What has fused multiply-adds there has vectors of 256 bits too.
    if (intel && DoubleVector.SPECIES_PREFERRED.length() < 4) {
      throw new UnsupportedOperationException("the processor has no AVX2");
    }
  }

  @Override
  public String describe() {
    return "kernels on vectors of " + STEP * Double.SIZE + " bits";
  }

  @Override
  public void applyOne(double[] states, int[] places, double[] matrix) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector aRe = fromArray(SPECIES, matrix, l);
      DoubleVector aIm = fromArray(SPECIES, matrix, LANES + l);
      DoubleVector bRe = fromArray(SPECIES, matrix, ENTRY + l);
      DoubleVector bIm = fromArray(SPECIES, matrix, ENTRY + LANES + l);
      DoubleVector cRe = fromArray(SPECIES, matrix, 2 * ENTRY + l);
      DoubleVector cIm = fromArray(SPECIES, matrix, 2 * ENTRY + LANES + l);
      DoubleVector dRe = fromArray(SPECIES, matrix, 3 * ENTRY + l);
      DoubleVector dIm = fromArray(SPECIES, matrix, 3 * ENTRY + LANES + l);
      for (int p = 0; p < places.length; p += 2) {
        int i = places[p] + l;
        int j = places[p + 1] + l;
        DoubleVector x = fromArray(SPECIES, states, i);
        DoubleVector y = fromArray(SPECIES, states, i + LANES);
        DoubleVector u = fromArray(SPECIES, states, j);
        DoubleVector v = fromArray(SPECIES, states, j + LANES);
        u.fma(bRe, x.mul(aRe)).sub(v.fma(bIm, y.mul(aIm))).intoArray(states, i);
        v.fma(bRe, u.fma(bIm, y.fma(aRe, x.mul(aIm)))).intoArray(states, i + LANES);
        u.fma(dRe, x.mul(cRe)).sub(v.fma(dIm, y.mul(cIm))).intoArray(states, j);
        v.fma(dRe, u.fma(dIm, y.fma(cRe, x.mul(cIm)))).intoArray(states, j + LANES);
      }
    }
  }

  @Override
  public void exchange(double[] states, int[] places) {
    for (int l = 0; l < ENTRY; l += STEP) {
      for (int p = 0; p < places.length; p += 2) {
        int i = places[p] + l;
        int j = places[p + 1] + l;
        DoubleVector first = fromArray(SPECIES, states, i);
        fromArray(SPECIES, states, j).intoArray(states, i);
        first.intoArray(states, j);
      }
    }
  }

  @Override
  public void gather(double[] psi, double[] lambda, int[] places, int rows, double[] sums) {
    if (rows != 2) {
      super.gather(psi, lambda, places, rows, sums);
      return;
    }
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector aRe = DoubleVector.zero(SPECIES);
      DoubleVector aIm = aRe;
      DoubleVector bRe = aRe;
      DoubleVector bIm = aRe;
      DoubleVector cRe = aRe;
      DoubleVector cIm = aRe;
      DoubleVector dRe = aRe;
      DoubleVector dIm = aRe;
      for (int p = 0; p < places.length; p += 2) {
        int i = places[p] + l;
        int j = places[p + 1] + l;
        DoubleVector x = fromArray(SPECIES, psi, i);
        DoubleVector y = fromArray(SPECIES, psi, i + LANES);
        DoubleVector z = fromArray(SPECIES, psi, j);
        DoubleVector w = fromArray(SPECIES, psi, j + LANES);
        DoubleVector u = fromArray(SPECIES, lambda, i);
        DoubleVector v = fromArray(SPECIES, lambda, i + LANES);
        aRe = v.fma(y, u.fma(x, aRe));
        bRe = v.fma(w, u.fma(z, bRe));
        aIm = u.neg().fma(y, v.fma(x, aIm));
        bIm = u.neg().fma(w, v.fma(z, bIm));
        u = fromArray(SPECIES, lambda, j);
        v = fromArray(SPECIES, lambda, j + LANES);
        cRe = v.fma(y, u.fma(x, cRe));
        dRe = v.fma(w, u.fma(z, dRe));
        cIm = u.neg().fma(y, v.fma(x, cIm));
        dIm = u.neg().fma(w, v.fma(z, dIm));
      }
      aRe.intoArray(sums, l);
      aIm.intoArray(sums, LANES + l);
      bRe.intoArray(sums, ENTRY + l);
      bIm.intoArray(sums, ENTRY + LANES + l);
      cRe.intoArray(sums, 2 * ENTRY + l);
      cIm.intoArray(sums, 2 * ENTRY + LANES + l);
      dRe.intoArray(sums, 3 * ENTRY + l);
      dIm.intoArray(sums, 3 * ENTRY + LANES + l);
    }
  }
}
