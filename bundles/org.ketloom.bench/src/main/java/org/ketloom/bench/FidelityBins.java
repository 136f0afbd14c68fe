package org.ketloom.bench;

import java.util.Arrays;

/**
 * Bins of fidelities from 0 to 1, and the Kullback-Leibler divergence {@code sum_b p_b ln(p_b /
 * q_b)} of the shares of observed fidelities from what random (Haar) states have in them, in nats
 * (Sim, Johnson and Aspuru-Guzik, arXiv 1905.10876, section 3.1).
 */
public final class FidelityBins {
  /** The number of bins that published figures have. */
  public static final int DEFAULT_COUNT = 75;

  private final HaarFidelity haar;
  private final Estimator estimator;

  /**
   * Of random states in each bin: the logarithms of probabilities, and of what is compared with.
   */
  private final double[] logMasses;

  private final double[] logReferences;

  private FidelityBins(
      HaarFidelity haar, Estimator estimator, double[] logMasses, double[] logReferences) {
    this.haar = haar;
    this.estimator = estimator;
    this.logMasses = logMasses;
    this.logReferences = logReferences;
  }

  /**
   * Bins.
   *
   * @param wires of the circuit
   * @param count number of bins, at least 2
   * @throws IllegalArgumentException if a number is out of range, or states have too many wires for
   *     the density at the centres of bins
   */
  public static FidelityBins of(Estimator estimator, int wires, int count) {
    if (count < 2) {
      throw new IllegalArgumentException("at least 2 bins are expected, found " + count);
    }
    HaarFidelity haar = new HaarFidelity(wires);
    double[] masses = new double[count];
    double[] references = new double[count];
    for (int bin = 0; bin < count; bin++) {
      masses[bin] =
          estimator == Estimator.EQUAL_MASS
              ? -Math.log(count)
              : haar.logMass((double) bin / count, (bin + 1.0) / count);
      references[bin] =
          estimator == Estimator.CENTRE
              ? Math.log(haar.dimension() - 1)
                  + (haar.dimension() - 2) * Math.log1p(-(bin + 0.5) / count)
                  - Math.log(count)
              : masses[bin];
    }
    return new FidelityBins(haar, estimator, masses, references);
  }

  /** How the divergence is estimated. */
  public Estimator estimator() {
    return estimator;
  }

  /** Number of bins. */
  public int count() {
    return logMasses.length;
  }

  /** Of random states of as many wires. */
  public HaarFidelity haar() {
    return haar;
  }

  /** Where a bin begins; for the number of bins, where the last one ends. */
  public double edge(int bin) {
    double share = (double) bin / count();
    return estimator == Estimator.EQUAL_MASS && bin < count() ? haar.quantile(share) : share;
  }

  /** The probability that random states have in a bin. */
  public double mass(int bin) {
    return Math.exp(logMasses[bin]);
  }

  /** The bin of a fidelity. What is beyond 0 or 1 by rounding is in the first or last one. */
  public int bin(double fidelity) {
    double inside = Math.max(0, Math.min(1, fidelity));
    double share = estimator == Estimator.EQUAL_MASS ? haar.below(inside) : inside;
    return Math.min(count() - 1, (int) (share * count()));
  }

  /** How many fidelities are in each bin. */
  public long[] counts(double[] fidelities) {
    long[] counts = new long[count()];
    for (double fidelity : fidelities) {
      counts[bin(fidelity)]++;
    }
    return counts;
  }

  /** The divergence of these shares, which add up to 1; empty bins add nothing. */
  public double divergence(double[] shares) {
    double sum = 0;
    for (int bin = 0; bin < count(); bin++) {
      sum += shares[bin] > 0 ? shares[bin] * (Math.log(shares[bin]) - logReferences[bin]) : 0;
    }
    return sum;
  }

  /**
   * The divergence of independent fidelities.
   *
   * @param fidelities each of a pair of its own, at least 2
   */
  public Expressibility expressibility(double[] fidelities) {
    int pairs = fidelities.length;
    if (pairs < 2) {
      throw new IllegalArgumentException("expressibility needs at least 2 pairs, found " + pairs);
    }
    long[] counts = counts(fidelities);
    double[] shares = Arrays.stream(counts).mapToDouble(c -> (double) c / pairs).toArray();
    double divergence = divergence(shares);
    long occupied = Arrays.stream(counts).filter(c -> c > 0).count();
    double squares = 0;
    for (int bin = 0; bin < count(); bin++) {
      if (shares[bin] > 0) {
        double log = Math.log(shares[bin]) - logReferences[bin] - divergence;
        squares += shares[bin] * log * log;
      }
    }
    double variance = squares / pairs + (occupied - 1) / (2.0 * pairs * pairs);
    return new Expressibility(
        estimator,
        pairs,
        divergence,
        Math.sqrt(variance),
        (occupied - 1) / (2.0 * pairs),
        floor(pairs));
  }

  /**
   * What random states give through this estimator.
   *
   * @param pairs independent pairs, at least 2
   */
  public Expressibility.Floor floor(int pairs) {
    return SamplingFloor.of(logMasses, logReferences, pairs);
  }
}
