package org.ketloom.bench;

import java.util.function.DoubleUnaryOperator;

/**
 * Mean and standard deviation of a divergence that is estimated from random states themselves, for
 * whatever bins and number of pairs.
 *
 * <p>Counts of bins are multinomial. The mean is a sum over bins, each of which is binomial, and
 * exact. For the variance counts are taken as independent Poisson numbers, of which the part is
 * removed that goes with their sum, which is fixed: for a sum S of functions of the counts and
 * their total T, {@code Var(S | T = M)} is {@code Var S - c1^2 - c2^2} but for terms of higher
 * order in 1/M, where c1 and c2 are the coefficients of S by the first two Poisson-Charlier
 * polynomials of T (the first one is Morris, "Central limit theorems for multinomial sums", Annals
 * of Statistics 3, 1975; the second matters where a few bins hold nearly all).
 */
final class SamplingFloor {
  /** What is left out of a distribution, relative to its largest probability. */
  private static final double NEGLIGIBLE = 1e-18;

  private SamplingFloor() {}

  /**
   * The floor.
   *
   * @param logMasses logarithms of the bins' probabilities
   * @param logReferences logarithms of what shares are divided by
   */
  static Expressibility.Floor of(double[] logMasses, double[] logReferences, int pairs) {
    double mean = 0;
    double variance = 0;
    double first = 0;
    double second = 0;
    for (int bin = 0; bin < logMasses.length; bin++) {
      double mass = Math.exp(logMasses[bin]);
      double rate = pairs * mass;
      if (rate == 0) {
        continue;
      }
      double logReference = logReferences[bin];
      DoubleUnaryOperator term = k -> k == 0 ? 0 : k * (Math.log(k / pairs) - logReference);
      mean += new Counts(binomialUp(mass, pairs), mode(mass, pairs), pairs).mean(term);
      // What is linear in the counts, alike in all bins, adds nothing but rounding.
      DoubleUnaryOperator centred = k -> term.applyAsDouble(k) - (k - rate);
      Counts poisson = new Counts(k -> rate / (k + 1), (int) rate, Integer.MAX_VALUE);
      double expected = poisson.mean(centred);
      variance += poisson.mean(k -> square(centred.applyAsDouble(k) - expected));
      first += poisson.mean(k -> (centred.applyAsDouble(k) - expected) * (k - rate));
      second += poisson.mean(k -> (centred.applyAsDouble(k) - expected) * (square(k - rate) - k));
    }
    double left = variance - first * first / pairs - second * second / (2.0 * pairs * pairs);
    return new Expressibility.Floor(mean / pairs, Math.sqrt(Math.max(0, left)) / pairs);
  }

  private static double square(double x) {
    return x * x;
  }

  private static DoubleUnaryOperator binomialUp(double mass, int pairs) {
    return k -> (pairs - k) / (k + 1) * (mass / (1 - mass));
  }

  private static int mode(double mass, int pairs) {
    return (int) Math.min(pairs, (pairs + 1.0) * mass);
  }

  /**
   * Numbers with probabilities.
   *
   * @param up the probability of k + 1 over that of k
   * @param mode the most probable number
   * @param most the largest one
   */
  private record Counts(DoubleUnaryOperator up, int mode, int most) {
    double mean(DoubleUnaryOperator value) {
      double sum = value.applyAsDouble(mode);
      double weights = 1;
      double weight = 1;
      for (int k = mode; k < most && weight > NEGLIGIBLE; k++) {
        weight *= up.applyAsDouble(k);
        sum += weight * value.applyAsDouble(k + 1.0);
        weights += weight;
      }
      weight = 1;
      for (int k = mode; k > 0 && weight > NEGLIGIBLE; k--) {
        weight /= up.applyAsDouble(k - 1.0);
        sum += weight * value.applyAsDouble(k - 1.0);
        weights += weight;
      }
      return sum / weights;
    }
  }
}
