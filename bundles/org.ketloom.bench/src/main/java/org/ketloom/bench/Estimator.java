package org.ketloom.bench;

/** How the divergence of fidelities from those of random states is estimated. */
public enum Estimator {
  /** Bins of equal width, against the probability that random states have in each. */
  MASS,

  /**
   * Bins of equal width, against the density of random states at their centres, which isn't
   * normalised: the estimator of a published notebook, with an error of discretisation that doesn't
   * vanish however many pairs there are. For comparison with published figures alone.
   */
  CENTRE,

  /** Bins in which random states have equal probabilities, for many wires. */
  EQUAL_MASS;

  /** Wires from which on nearly all random states fall into the first few bins of equal width. */
  private static final int MANY_WIRES = 8;

  /** The one that tells most: {@link #MASS} below 8 wires, {@link #EQUAL_MASS} from there on. */
  public static Estimator of(int wires) {
    return wires < MANY_WIRES ? MASS : EQUAL_MASS;
  }
}
