package org.ketloom.bench;

/**
 * The Kullback-Leibler divergence of a circuit's fidelities from those of random states, in nats: 0
 * for a circuit whose states are as random as Haar's.
 *
 * @param estimator how it was estimated
 * @param pairs independent pairs of states
 * @param divergence the estimate, which sampling makes larger than the truth
 * @param error its standard error, by the delta method
 * @param bias by how much sampling makes it larger on average: (occupied bins - 1) / (2 pairs), the
 *     first order (Miller, "Note on the bias of information estimates", 1955)
 * @param floor what random states give
 */
public record Expressibility(
    Estimator estimator, int pairs, double divergence, double error, double bias, Floor floor) {
  private static final int DEVIATIONS = 2;

  /**
   * The estimate for random states, which isn't 0.
   *
   * @param mean its mean
   * @param deviation its standard deviation
   */
  public record Floor(double mean, double deviation) {}

  /** The estimate less its bias; may be slightly negative. */
  public double corrected() {
    return divergence - bias;
  }

  /** Whether the circuit can't be told from random states by so many pairs. */
  public boolean atFloor() {
    return divergence <= floor.mean() + DEVIATIONS * floor.deviation();
  }
}
