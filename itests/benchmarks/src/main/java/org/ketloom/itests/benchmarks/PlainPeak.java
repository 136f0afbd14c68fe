package org.ketloom.itests.benchmarks;

/** Loops that the compiler vectorises, or not. */
final class PlainPeak implements Peak {
  private static final int CHAINS = 64;

  @Override
  public double multiplyAdd(int rounds) {
    double[] chains = new double[CHAINS];
    for (int r = 0; r < rounds; r++) {
      for (int i = 0; i < CHAINS; i++) {
        chains[i] = chains[i] * 0.999 + 0.001;
      }
    }
    double sum = 0;
    for (double chain : chains) {
      sum += chain;
    }
    return sum;
  }

  @Override
  public int flopsPerRound() {
    return 2 * CHAINS;
  }

  @Override
  public void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }
}
