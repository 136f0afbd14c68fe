package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.KrausSet;

/**
 * A channel as branches: {@code rho -> sum_k c_k B_k rho B_k^†}. One branch is drawn for each
 * trajectory, with probabilities that are taken as fixed; what is read is weighted with {@code c_k
 * / q_k}. NOISE.md beside the engine of density matrices has the channels, TRAJECTORIES.md the
 * rule.
 */
final class Unravelling {
  /** Least probability of a branch whose factor is differentiated. */
  private static final double FLOOR = 0.02;

  /** In place of a factor of 0, which could not be divided out of a product again. */
  private static final double TINY = 1e-200;

  /** Beyond, the derivative of a root is cut off: it has none at 0. */
  private static final double SMALLEST_ROOT = 1e-8;

  private static final double[] ONE = {1, 0, 0, 0, 0, 0, 1, 0};

  private final Channel channel;
  private final List<Integer> wires;

  /** Whether the branches are Pauli strings, whose number is the branch's. */
  private final boolean pauli;

  private final boolean varies;

  private Unravelling(Channel channel, boolean pauli) {
    this.channel = channel;
    this.wires = channel.wires();
    this.pauli = pauli;
    this.varies = channel.strengths().stream().anyMatch(s -> s.source() != Angle.Source.CONSTANT);
  }

  /** The unravellings that follow each other for a channel. */
  static List<Unravelling> of(Channel channel) {
    return switch (channel.kind()) {
      case DEPOLARIZING, BIT_FLIP, PHASE_FLIP, BIT_PHASE_FLIP, PAULI, PHASE_DAMPING, MEASURE ->
          List.of(new Unravelling(channel, true));
      case THERMAL_RELAXATION ->
          // Damping leaves the coherences sqrt(e1), a phase flip takes them on to e2.
          List.of(new Unravelling(channel, true), new Unravelling(channel, false));
      case POST_SELECT_0, POST_SELECT_1 ->
          throw new IllegalArgumentException(
              "engine \"trajectories\" runs no post-selections, found "
                  + channel
                  + ": a ratio of means is biased; use engine density-matrix");
      default -> List.of(new Unravelling(channel, false));
    };
  }

  boolean pauli() {
    return pauli;
  }

  List<Integer> wires() {
    return wires;
  }

  List<Angle> strengths() {
    return channel.strengths();
  }

  boolean varies() {
    return varies;
  }

  /** Whether its strengths differ between samples. */
  boolean perSample() {
    return channel.strengths().stream()
        .anyMatch(s -> s.source() == Angle.Source.FEATURE || s.source() == Angle.Source.SAMPLE);
  }

  /**
   * The branches for some strengths.
   *
   * @param factors the c_k
   * @param derivatives of the c_k by each number that was read
   * @param probabilities the q_k
   * @param weights {@code c_k / q_k}, times what the B_k were divided by, squared
   * @param matrices the B_k, scaled to keep the mean square of amplitudes; real and imaginary parts
   *     in turn, row-major; none for Pauli strings
   * @param changes derivatives of the B_k by the damping
   * @param damping derivatives of the damping by each number that was read
   */
  record Branches(
      double[] factors,
      double[][] derivatives,
      double[] probabilities,
      double[] weights,
      List<double[]> matrices,
      List<double[]> changes,
      double[] damping) {}

  /** The branches for the numbers that were read. */
  Branches branches(double[] read) {
    double[] p = channel.strengths(read);
    List<Double> factors = new ArrayList<>();
    List<double[]> byStrength = new ArrayList<>();
    List<double[]> matrices = new ArrayList<>();
    List<double[]> changes = new ArrayList<>();
    if (pauli) {
      paulis(p, factors, byStrength);
    } else {
      jumps(p, factors, byStrength, matrices, changes);
    }
    double[][] chain = channel.derivatives(read);
    int count = factors.size();
    double[] c = new double[count];
    double[][] derivatives = new double[count][read.length];
    double[] q = new double[count];
    double[] weights = new double[count];
    double sum = 0;
    for (int k = 0; k < count; k++) {
      c[k] = Math.max(TINY, factors.get(k));
      q[k] = factors.get(k) * (pauli ? 1 : squares(matrices.get(k)));
      sum += q[k];
      for (int i = 0; i < read.length; i++) {
        for (int j = 0; j < read.length; j++) {
          derivatives[k][j] += byStrength.get(k)[i] * chain[i][j];
        }
      }
    }
    for (int k = 0; k < count; k++) {
      q[k] = varies ? (1 - FLOOR) * q[k] / sum + FLOOR / count : q[k] / sum;
      weights[k] = c[k] / q[k];
      if (!pauli) {
        weights[k] *= scale(matrices.get(k), changes.get(k));
      }
    }
    double[] first = read.length == 0 ? new double[0] : damping(p, chain);
    return new Branches(c, derivatives, q, weights, matrices, changes, first);
  }

  /** Derivatives of the damping of amplitudes by each number that was read. */
  private double[] damping(double[] p, double[][] chain) {
    double[] derivatives = new double[p.length];
    if (channel.kind() == Channel.Kind.THERMAL_RELAXATION) {
      double relaxed = Math.exp(-p[2] / p[0]);
      derivatives[0] = -relaxed * p[2] / (p[0] * p[0]);
      derivatives[2] = relaxed / p[0];
      return derivatives;
    }
    return chain[0].clone();
  }

  private void paulis(double[] p, List<Double> factors, List<double[]> byStrength) {
    switch (channel.kind()) {
      case DEPOLARIZING -> {
        int strings = 1 << 2 * wires.size();
        for (int s = 0; s < strings; s++) {
          add(
              factors,
              byStrength,
              (s == 0 ? 1 - p[0] : 0) + p[0] / strings,
              (s == 0 ? -1 : 0) + 1.0 / strings);
        }
      }
      case BIT_FLIP -> flips(p[0], 1, new double[] {1}, factors, byStrength);
      case BIT_PHASE_FLIP -> flips(p[0], 2, new double[] {1}, factors, byStrength);
      case PHASE_FLIP -> flips(p[0], 3, new double[] {1}, factors, byStrength);
      case PAULI -> {
        add(factors, byStrength, 1 - p[0] - p[1] - p[2], -1, -1, -1);
        add(factors, byStrength, p[0], 1, 0, 0);
        add(factors, byStrength, p[1], 0, 1, 0);
        add(factors, byStrength, p[2], 0, 0, 1);
      }
      case PHASE_DAMPING -> {
        double root = Math.sqrt(1 - p[0]);
        double[] rate = {0.25 / Math.max(SMALLEST_ROOT, root)};
        flips((1 - root) / 2, 3, rate, factors, byStrength);
      }
      case MEASURE -> flips(0.5, 3, new double[0], factors, byStrength);
      case THERMAL_RELAXATION -> {
        // e2 / sqrt(e1) = exp(-t (1 / T2 - 1 / (2 T1)))
        double kept = Math.exp(-p[2] * (1 / p[1] - 0.5 / p[0]));
        double half = kept / 2;
        double[] rates = {
          half * p[2] * 0.5 / (p[0] * p[0]),
          -half * p[2] / (p[1] * p[1]),
          half * (1 / p[1] - 0.5 / p[0]),
          0
        };
        flips((1 - kept) / 2, 3, rates, factors, byStrength);
      }
      default -> throw new IllegalArgumentException(channel + " is no mixture of Pauli strings");
    }
  }

  /** The identity with {@code 1 - p}, and one Pauli matrix with p. */
  private static void flips(
      double p, int matrix, double[] rates, List<Double> factors, List<double[]> byStrength) {
    double[] falling = new double[rates.length];
    for (int i = 0; i < rates.length; i++) {
      falling[i] = -rates[i];
    }
    for (int s = 0; s <= matrix; s++) {
      add(
          factors,
          byStrength,
          s == 0 ? 1 - p : s == matrix ? p : 0,
          s == 0 ? falling : s == matrix ? rates : new double[rates.length]);
    }
  }

  private static void add(
      List<Double> factors, List<double[]> byStrength, double factor, double... rates) {
    factors.add(factor);
    byStrength.add(rates);
  }

  private void jumps(
      double[] p,
      List<Double> factors,
      List<double[]> byStrength,
      List<double[]> matrices,
      List<double[]> changes) {
    double[] down = {0, 0, 1, 0, 0, 0, 0, 0};
    double[] up = {0, 0, 0, 0, 1, 0, 0, 0};
    double[] zero = {1, 0, 0, 0, 0, 0, 0, 0};
    double[] one = {0, 0, 0, 0, 0, 0, 1, 0};
    switch (channel.kind()) {
      case AMPLITUDE_DAMPING -> {
        add(factors, byStrength, 1, 0);
        add(factors, byStrength, p[0], 1);
        damp(p[0], 6, matrices, changes);
        constant(matrices, changes, down);
      }
      case GENERALIZED_AMPLITUDE_DAMPING -> {
        add(factors, byStrength, 1 - p[1], 0, -1);
        add(factors, byStrength, (1 - p[1]) * p[0], 1 - p[1], -p[0]);
        add(factors, byStrength, p[1], 0, 1);
        add(factors, byStrength, p[1] * p[0], p[1], p[0]);
        damp(p[0], 6, matrices, changes);
        constant(matrices, changes, down);
        damp(p[0], 0, matrices, changes);
        constant(matrices, changes, up);
      }
      case THERMAL_RELAXATION -> {
        double relaxed = Math.exp(-p[2] / p[0]);
        double g = 1 - relaxed;
        double byT1 = -relaxed * p[2] / (p[0] * p[0]);
        double byTime = relaxed / p[0];
        double e = p[3];
        add(factors, byStrength, 1 - e, 0, 0, 0, -1);
        add(factors, byStrength, (1 - e) * g, (1 - e) * byT1, 0, (1 - e) * byTime, -g);
        add(factors, byStrength, e, 0, 0, 0, 1);
        add(factors, byStrength, e * g, e * byT1, 0, e * byTime, g);
        damp(g, 6, matrices, changes);
        constant(matrices, changes, down);
        damp(g, 0, matrices, changes);
        constant(matrices, changes, up);
      }
      case RESET_ERROR -> {
        add(factors, byStrength, 1 - p[0] - p[1], -1, -1);
        add(factors, byStrength, p[0], 1, 0);
        add(factors, byStrength, p[0], 1, 0);
        add(factors, byStrength, p[1], 0, 1);
        add(factors, byStrength, p[1], 0, 1);
        constant(matrices, changes, ONE, zero, down, up, one);
      }
      case RESET -> {
        add(factors, byStrength, 1);
        add(factors, byStrength, 1);
        constant(matrices, changes, zero, down);
      }
      default -> {
        KrausSet kraus = channel.kraus().orElseThrow();
        int rows = kraus.rows();
        for (int k = 0; k < kraus.count(); k++) {
          double[] entries = new double[2 * rows * rows];
          for (int i = 0; i < rows * rows; i++) {
            entries[2 * i] = kraus.re(k, i / rows, i % rows);
            entries[2 * i + 1] = kraus.im(k, i / rows, i % rows);
          }
          add(factors, byStrength, 1);
          constant(matrices, changes, entries);
        }
      }
    }
  }

  private static void constant(
      List<double[]> matrices, List<double[]> changes, double[]... constants) {
    for (double[] constant : constants) {
      matrices.add(constant.clone());
      changes.add(new double[constant.length]);
    }
  }

  /** The identity with {@code sqrt(1 - g)} at one place. */
  private static void damp(double g, int place, List<double[]> matrices, List<double[]> changes) {
    double root = Math.sqrt(1 - g);
    double[] matrix = ONE.clone();
    matrix[place] = root;
    matrices.add(matrix);
    double[] change = new double[8];
    change[place] = -0.5 / Math.max(SMALLEST_ROOT, root);
    changes.add(change);
  }

  /**
   * Scales a branch so that it keeps the mean square of amplitudes, lest states vanish or grow
   * beyond bounds on a long way.
   *
   * @return what the squared norm was multiplied by before
   */
  private static double scale(double[] matrix, double[] change) {
    double mean = squares(matrix) / Math.sqrt(matrix.length / 2.0);
    double factor = mean > 0 ? 1 / Math.sqrt(mean) : 1;
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] *= factor;
      change[i] *= factor;
    }
    return mean > 0 ? mean : 1;
  }

  private static double squares(double[] matrix) {
    double sum = 0;
    for (double entry : matrix) {
      sum += entry * entry;
    }
    return sum;
  }
}
