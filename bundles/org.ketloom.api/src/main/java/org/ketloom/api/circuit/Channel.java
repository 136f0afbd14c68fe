package org.ketloom.api.circuit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A quantum channel at its place in a circuit: noise, a measurement whose outcome is discarded, a
 * reset, or a post-selection. Its strengths are read as a gate's angles are: they may be constant,
 * features, weights, or given per sample, but no products of these.
 *
 * <p>A number that is trained may leave the range of a strength. A channel that is {@code bounded}
 * takes any numbers t and maps each to the strength {@code r sin^2(t / 2)}, where r is what the
 * strengths before it leave of 1 if they add up ({@link Kind#PAULI}, {@link Kind#RESET_ERROR}), and
 * 1 otherwise.
 *
 * @param kind what it does
 * @param wires the wires, most significant first
 * @param strengths as many as {@link Kind#strengths}
 * @param bounded whether the strengths are mapped into their range
 * @param kraus the operators of {@link Kind#KRAUS}, empty for others
 */
public record Channel(
    Kind kind,
    List<Integer> wires,
    List<Angle> strengths,
    boolean bounded,
    Optional<KrausSet> kraus)
    implements Instruction {

  private static final double TOLERANCE = 1e-12;

  /** What a channel does to the state rho of its wires. */
  public enum Kind {
    /**
     * {@code (1 - l) rho + l I / 2^k} on k wires, {@code 0 <= l <= 4^k / (4^k - 1)}. With the
     * probability p that some Pauli string other than the identity acts, {@code l = p 4^k / (4^k -
     * 1)}.
     */
    DEPOLARIZING(1),
    /** {@code (1 - p) rho + p X rho X}. */
    BIT_FLIP(1),
    /** {@code (1 - p) rho + p Z rho Z}. */
    PHASE_FLIP(1),
    /** {@code (1 - p) rho + p Y rho Y}. */
    BIT_PHASE_FLIP(1),
    /** X, Y and Z with the probabilities px, py and pz. */
    PAULI(3),
    /** Kraus operators {@code diag(1, sqrt(1 - g))} and {@code sqrt(g) |0><1|}. */
    AMPLITUDE_DAMPING(1),
    /** Damping g to an equilibrium in which 1 has the population e: strengths g and e. */
    GENERALIZED_AMPLITUDE_DAMPING(2),
    /** Kraus operators {@code diag(1, sqrt(1 - g))} and {@code diag(0, sqrt(g))}. */
    PHASE_DAMPING(1),
    /**
     * Relaxation with the times T1 and {@code T2 <= 2 T1} for a duration t, to an equilibrium in
     * which 1 has the population e: strengths T1, T2, t, e, of which T1, T2 and t have one unit.
     */
    THERMAL_RELAXATION(4),
    /** Reset to 0 with the probability p0, and to 1 with p1. */
    RESET_ERROR(2),
    /** Reset to 0: the wire is traced out, and replaced by a fresh one. */
    RESET(0),
    /** Measurement in the computational basis, whose outcome is discarded. */
    MEASURE(0),
    /**
     * Measurement of which only the outcome 0 is kept; what is read is divided by its probability.
     */
    POST_SELECT_0(0),
    /**
     * Measurement of which only the outcome 1 is kept; what is read is divided by its probability.
     */
    POST_SELECT_1(0),
    /** A constant set of Kraus operators. */
    KRAUS(0);

    private final int strengths;

    Kind(int strengths) {
      this.strengths = strengths;
    }

    /** Number of strengths that it takes: 0 to 4. */
    public int strengths() {
      return strengths;
    }

    /** The name without underscores, as circuits in files have it: {@code BITFLIP}. */
    public String symbol() {
      return name().replace("_", "");
    }

    /** Whether it keeps one outcome of a measurement, so that the trace shrinks. */
    public boolean isPostSelection() {
      return this == POST_SELECT_0 || this == POST_SELECT_1;
    }
  }

  /** Copies the lists. */
  public Channel {
    wires = List.copyOf(wires);
    strengths = List.copyOf(strengths);
  }

  @Override
  public List<Angle> angles() {
    return strengths;
  }

  @Override
  public String name() {
    return kind.symbol();
  }

  /**
   * The strengths for numbers that were read.
   *
   * @param read one number for each strength
   * @throws IllegalArgumentException naming a strength outside of its range
   */
  public double[] strengths(double... read) {
    if (!bounded) {
      return checked(read.clone());
    }
    double[] strengths = new double[read.length];
    double rest = 1;
    for (int i = 0; i < read.length; i++) {
      double sine = Math.sin(read[i] / 2);
      strengths[i] = rest * sine * sine;
      rest -= adds() ? strengths[i] : 0;
    }
    return strengths;
  }

  /**
   * Derivatives of the strengths by the numbers that were read.
   *
   * @param read one number for each strength
   * @return row i are the derivatives of strength i
   */
  public double[][] derivatives(double... read) {
    double[][] derivatives = new double[read.length][read.length];
    double rest = 1;
    double[] restDerivatives = new double[read.length];
    for (int i = 0; i < read.length; i++) {
      if (!bounded) {
        derivatives[i][i] = 1;
        continue;
      }
      double sine = Math.sin(read[i] / 2);
      for (int j = 0; j < i; j++) {
        derivatives[i][j] = restDerivatives[j] * sine * sine;
      }
      derivatives[i][i] = rest * Math.sin(read[i]) / 2;
      if (adds()) {
        rest -= rest * sine * sine;
        for (int j = 0; j <= i; j++) {
          restDerivatives[j] -= derivatives[i][j];
        }
      }
    }
    return derivatives;
  }

  private boolean adds() {
    return kind == Kind.PAULI || kind == Kind.RESET_ERROR;
  }

  private double[] checked(double[] strengths) {
    switch (kind) {
      case DEPOLARIZING -> {
        double all = Math.pow(4, wires.size());
        inside(strengths, 0, "strength", all / (all - 1));
      }
      case THERMAL_RELAXATION -> {
        requireTime(strengths[0] > 0, "T1", strengths[0], "above 0");
        requireTime(strengths[1] > 0, "T2", strengths[1], "above 0");
        requireTime(strengths[2] >= 0, "duration", strengths[2], "at least 0");
        if (!(strengths[1] <= 2 * strengths[0] * (1 + TOLERANCE))) {
          throw new IllegalArgumentException(
              "T2 = " + strengths[1] + " of " + this + " is above 2 T1 = " + 2 * strengths[0]);
        }
        inside(strengths, 3, "population", 1);
      }
      default -> {
        double sum = 0;
        for (int i = 0; i < strengths.length; i++) {
          inside(strengths, i, strengths.length == 1 ? "strength" : "strength " + i, 1);
          sum += strengths[i];
        }
        if (adds() && sum > 1 + TOLERANCE) {
          throw new IllegalArgumentException(
              "the strengths of " + this + " add up to " + sum + ", expected at most 1");
        }
      }
    }
    return strengths;
  }

  private void requireTime(boolean holds, String what, double found, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "the " + what + " of " + this + " is " + found + ", expected " + expected);
    }
  }

  /** Takes what rounding left outside back into the range. */
  private void inside(double[] strengths, int i, String what, double max) {
    if (!(strengths[i] >= -TOLERANCE && strengths[i] <= max + TOLERANCE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the %s of %s is %s, expected 0 to %s",
              what,
              this,
              strengths[i],
              max == 1 ? "1" : String.valueOf(max)));
    }
    strengths[i] = Math.min(max, Math.max(0, strengths[i]));
  }

  @Override
  public String toString() {
    return name()
        + (strengths.isEmpty() ? "" : strengths)
        + (bounded ? " bounded" : "")
        + " on "
        + (wires.size() == 1 ? "wire " + wires.get(0) : "wires " + wires);
  }
}
