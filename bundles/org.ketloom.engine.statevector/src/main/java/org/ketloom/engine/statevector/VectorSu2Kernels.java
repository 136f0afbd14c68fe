package org.ketloom.engine.statevector;

import static jdk.incubator.vector.DoubleVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** On the Vector API, as {@link VectorKernels}. */
final class VectorSu2Kernels extends PlainSu2Kernels {
  private static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > Kernels.LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;
  private static final int STEP = SPECIES.length();

  @Override
  public void turn(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < Kernels.LANES; l += STEP) {
      DoubleVector c = fromArray(SPECIES, trig, at + l);
      DoubleVector s = fromArray(SPECIES, trig, at + Kernels.LANES + l);
      DoubleVector first = fromArray(SPECIES, numbers, a + l);
      DoubleVector second = fromArray(SPECIES, numbers, b + l);
      c.mul(first).sub(s.mul(second)).intoArray(numbers, a + l);
      c.fma(second, s.mul(first)).intoArray(numbers, b + l);
    }
  }

  @Override
  public void turnTwice(double[] numbers, int a, int b, double[] trig, int at) {
    for (int l = 0; l < Kernels.LANES; l += STEP) {
      DoubleVector c = fromArray(SPECIES, trig, at + l);
      DoubleVector s = fromArray(SPECIES, trig, at + Kernels.LANES + l);
      DoubleVector half = c.mul(s);
      DoubleVector c2 = c.mul(c).sub(s.mul(s));
      DoubleVector s2 = half.add(half);
      DoubleVector first = fromArray(SPECIES, numbers, a + l);
      DoubleVector second = fromArray(SPECIES, numbers, b + l);
      c2.mul(first).sub(s2.mul(second)).intoArray(numbers, a + l);
      c2.fma(second, s2.mul(first)).intoArray(numbers, b + l);
    }
  }

  @Override
  public void mix(double[] numbers, double[] m) {
    for (int l = 0; l < Kernels.LANES; l += STEP) {
      DoubleVector w = fromArray(SPECIES, numbers, l);
      DoubleVector x = fromArray(SPECIES, numbers, Kernels.LANES + l);
      DoubleVector y = fromArray(SPECIES, numbers, 2 * Kernels.LANES + l);
      DoubleVector z = fromArray(SPECIES, numbers, 3 * Kernels.LANES + l);
      for (int r = 0; r < 4; r++) {
        w.mul(m[4 * r])
            .add(x.mul(m[4 * r + 1]))
            .add(y.mul(m[4 * r + 2]).add(z.mul(m[4 * r + 3])))
            .intoArray(numbers, r * Kernels.LANES + l);
      }
    }
  }

  @Override
  public void productMatrix(double[] product, double[] matrix) {
    for (int l = 0; l < Kernels.LANES; l += STEP) {
      DoubleVector w = fromArray(SPECIES, product, l);
      DoubleVector x = fromArray(SPECIES, product, 8 + l);
      DoubleVector y = fromArray(SPECIES, product, 16 + l);
      DoubleVector z = fromArray(SPECIES, product, 24 + l);
      DoubleVector c = fromArray(SPECIES, product, 32 + l);
      DoubleVector s = fromArray(SPECIES, product, 40 + l);
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
