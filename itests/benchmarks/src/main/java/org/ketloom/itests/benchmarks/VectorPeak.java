package org.ketloom.itests.benchmarks;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Loops on the widest vectors of the processor. */
final class VectorPeak implements Peak {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;

  @Override
  public double multiplyAdd(int rounds) {
    DoubleVector m = DoubleVector.broadcast(SPECIES, 0.999);
    DoubleVector s = DoubleVector.broadcast(SPECIES, 0.001);
    DoubleVector a = s;
    DoubleVector b = s;
    DoubleVector c = s;
    DoubleVector d = s;
    DoubleVector e = s;
    DoubleVector f = s;
    DoubleVector g = s;
    DoubleVector h = s;
    DoubleVector i = s;
    DoubleVector j = s;
    DoubleVector k = s;
    DoubleVector l = s;
    for (int r = 0; r < rounds; r++) {
      a = a.fma(m, s);
      b = b.fma(m, s);
      c = c.fma(m, s);
      d = d.fma(m, s);
      e = e.fma(m, s);
      f = f.fma(m, s);
      g = g.fma(m, s);
      h = h.fma(m, s);
      i = i.fma(m, s);
      j = j.fma(m, s);
      k = k.fma(m, s);
      l = l.fma(m, s);
    }
    DoubleVector first = a.add(b).add(c.add(d)).add(e.add(f));
    DoubleVector second = g.add(h).add(i.add(j)).add(k.add(l));
    double[] sums = new double[SPECIES.length()];
    first.add(second).intoArray(sums, 0);
    double sum = 0;
    for (double lane : sums) {
      sum += lane;
    }
    return sum;
  }

  @Override
  public int flopsPerRound() {
    return 2 * CHAINS * SPECIES.length();
  }

  @Override
  public void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i += SPECIES.length()) {
      DoubleVector.fromArray(SPECIES, values, i).mul(factor).intoArray(values, i);
    }
  }
}
