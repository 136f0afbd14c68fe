package org.ketloom.bench;

/**
 * The fidelity of two random (Haar) states of n wires: its density is {@code (N-1) (1-F)^(N-2)} on
 * [0, 1], with {@code N = 2^n} (Życzkowski and Sommers, Phys. Rev. A 71, 032313, 2005).
 *
 * @param wires n, from 1 to 30
 */
public record HaarFidelity(int wires) {
  private static final int MAX_WIRES = 30;

  /** Checks the number of wires. */
  public HaarFidelity {
    if (wires < 1 || wires > MAX_WIRES) {
      throw new IllegalArgumentException(
          "the fidelity of random states is known for 1 to "
              + MAX_WIRES
              + " wires, found "
              + wires);
    }
  }

  /** N, the dimension of the states. */
  public double dimension() {
    return Math.pow(2, wires);
  }

  /** The density at a fidelity from 0 to 1. */
  public double density(double fidelity) {
    return (dimension() - 1) * Math.pow(1 - fidelity, dimension() - 2);
  }

  /** The probability of a fidelity below the given one. */
  public double below(double fidelity) {
    return -Math.expm1((dimension() - 1) * Math.log1p(-fidelity));
  }

  /** The fidelity below which this share of all fidelities lies: the inverse of {@link #below}. */
  public double quantile(double share) {
    return -Math.expm1(Math.log1p(-share) / (dimension() - 1));
  }

  /**
   * The logarithm of the probability of [low, high], {@code (1-low)^(N-1) - (1-high)^(N-1)}, also
   * where the probability is too small for a double.
   */
  public double logMass(double low, double high) {
    double power = dimension() - 1;
    double ratio = power * (Math.log1p(-high) - Math.log1p(-low));
    return power * Math.log1p(-low) + Math.log(-Math.expm1(ratio));
  }

  /** The mean of {@code F^t}, the frame potential of order t: {@code t! (N-1)! / (N+t-1)!}. */
  public double framePotential(int t) {
    double potential = 1;
    for (int i = 1; i <= t; i++) {
      potential *= i / (dimension() + i - 1);
    }
    return potential;
  }
}
