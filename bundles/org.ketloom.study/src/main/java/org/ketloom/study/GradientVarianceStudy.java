package org.ketloom.study;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the variance of gradients falls with the number of qubits (barren plateaus), by depth and by
 * the width of the interval that the first angles are drawn from. The study's folder holds {@code
 * table.md}, {@code gradient-variance.csv} and {@code gradient-variance.svg}.
 *
 * @param encoding name of an encoding of random features; empty for none
 * @param encodingOptions changes of its options
 * @param ansatz name of the ansatz
 * @param options changes of its options
 * @param qubits numbers of qubits, each at least 2
 * @param depths how deep the circuits are
 * @param widths of the interval of first angles
 * @param samples initialisations for each point, at least 2
 * @param seed of the initialisations
 */
public record GradientVarianceStudy(
    Optional<String> encoding,
    Map<String, String> encodingOptions,
    String ansatz,
    Map<String, String> options,
    List<Integer> qubits,
    List<Depth> depths,
    List<Width> widths,
    int samples,
    long seed)
    implements Study {

  /** How deep a circuit of n qubits is. */
  public enum Depth {
    /** n layers. */
    LINEAR,
    /** n^2 layers. */
    QUADRATIC;

    /** Number of layers. */
    public int layers(int qubits) {
      return this == LINEAR ? qubits : qubits * qubits;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Width of the interval around 0 that the first angles are drawn from.
   *
   * @param name for people
   * @param radians the width; 0 for 1 / sqrt(n L) with n qubits and L layers
   */
  public record Width(String name, double radians) {
    /** The whole circle. */
    public static final Width FULL = new Width("full", 2 * Math.PI);

    /** 1 / sqrt(n L). */
    public static final Width SCALED = new Width("scaled", 0);

    /** Checks the range. */
    public Width {
      if (!(radians >= 0) || Double.isInfinite(radians)) {
        throw new IllegalArgumentException(
            "width \"" + name + "\" must be a number from 0, found " + radians);
      }
    }

    /** Of a number. */
    public static Width of(double radians) {
      return new Width("" + radians, radians);
    }

    /** Width in radians for a circuit. */
    public double radians(int qubits, int layers) {
      return radians > 0 ? radians : 1 / Math.sqrt((double) qubits * layers);
    }
  }

  /** The parts that are measured, for people. */
  public String parts() {
    return encoding.map(e -> e + " and ").orElse("") + ansatz;
  }

  /**
   * Copies the lists; qubits in ascending order.
   *
   * @throws IllegalArgumentException if a list is empty or a number out of range
   */
  public GradientVarianceStudy {
    encodingOptions = Map.copyOf(encodingOptions);
    options = Map.copyOf(options);
    if (encoding.isEmpty() && !encodingOptions.isEmpty()) {
      throw new IllegalArgumentException(
          "encodingOptions are given without an encoding: " + encodingOptions.keySet());
    }
    qubits = qubits.stream().sorted().toList();
    depths = List.copyOf(depths);
    widths = List.copyOf(widths);
    if (qubits.isEmpty() || depths.isEmpty() || widths.isEmpty()) {
      throw new IllegalArgumentException("qubits, depths and widths must not be empty");
    }
    if (qubits.get(0) < 2 || samples < 2) {
      throw new IllegalArgumentException(
          "qubits and samples must be at least 2, found " + qubits + " and " + samples);
    }
  }
}
