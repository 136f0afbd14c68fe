package org.ketloom.circuits;

import java.util.List;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.KrausSet;

/**
 * Writes channels as OpenQASM: measurement and reset are statements of the language, noise is
 * written as the pragmas of Amazon Braket (developer guide, "Simulate noise with OpenQASM 3.0"),
 * the only ones in use. Their strengths are constants.
 *
 * <p>Braket's depolarizing strength is the probability p of an error, ours the l of {@code (1 - l)
 * rho + l I / 2^k}: {@code p = 3 l / 4} on one wire and {@code 15 l / 16} on two.
 */
final class QasmChannels {
  private static final String PRAGMA = "#pragma braket noise ";

  private QasmChannels() {}

  /**
   * Statements, a line each.
   *
   * @throws IllegalArgumentException naming a channel that can't be said
   */
  static String statements(Channel channel) {
    String wires =
        channel.wires().stream().map(w -> "q[" + w + "]").collect(Collectors.joining(", "));
    double[] s = constants(channel);
    List<String> lines =
        switch (channel.kind()) {
          case MEASURE -> List.of("measure " + wires + ";");
          case RESET -> List.of("reset " + wires + ";");
          case DEPOLARIZING -> List.of(depolarizing(channel, s[0]) + wires);
          case BIT_FLIP -> List.of(flip("bit_flip", s[0], s[0], 0, 0) + wires);
          case PHASE_FLIP -> List.of(flip("phase_flip", s[0], 0, 0, s[0]) + wires);
          case BIT_PHASE_FLIP -> List.of(pragma("pauli_channel", 0, s[0], 0) + wires);
          case PAULI -> List.of(pragma("pauli_channel", s) + wires);
          case AMPLITUDE_DAMPING -> List.of(pragma("amplitude_damping", s) + wires);
          case GENERALIZED_AMPLITUDE_DAMPING -> List.of(damping(s[0], s[1]) + wires);
          case PHASE_DAMPING -> List.of(pragma("phase_damping", s) + wires);
          case THERMAL_RELAXATION -> {
            // T2 is what damping with T1 leaves of the coherence, and dephasing takes the rest of.
            double damped = -Math.expm1(-s[2] / s[0]);
            double dephased = Math.max(0, -Math.expm1(s[2] / s[0] - 2 * s[2] / s[1]));
            yield List.of(damping(damped, s[3]) + wires, pragma("phase_damping", dephased) + wires);
          }
          case RESET_ERROR -> {
            // Damping leaves the root of what a reset leaves of the coherence.
            double reset = Math.min(1, s[0] + s[1]);
            yield List.of(
                damping(reset, reset == 0 ? 0 : s[1] / reset) + wires,
                pragma("phase_damping", reset) + wires);
          }
          case KRAUS -> List.of(kraus(channel, channel.kraus().orElseThrow()) + wires);
          case POST_SELECT_0, POST_SELECT_1 ->
              throw unsaid(channel, "the language has no post-selection");
        };
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static double[] constants(Channel channel) {
    if (channel.strengths().stream().anyMatch(s -> s.source() != Angle.Source.CONSTANT)) {
      throw unsaid(channel, "noise is a pragma, whose strengths are constants");
    }
    return channel.strengths(channel.strengths().stream().mapToDouble(Angle::offset).toArray());
  }

  private static IllegalArgumentException unsaid(Channel channel, String why) {
    return new IllegalArgumentException(channel + " can't be written as OpenQASM: " + why);
  }

  private static String pragma(String name, double... strengths) {
    return PRAGMA
        + name
        + DoubleStream.of(strengths)
            .mapToObj(Double::toString)
            .collect(Collectors.joining(", ", "(", ") "));
  }

  private static String depolarizing(Channel channel, double l) {
    int wires = channel.wires().size();
    if (wires == 1) {
      // The pragma ends at the maximally mixed state.
      return l <= 1
          ? pragma("depolarizing", 3 * l / 4)
          : pragma("pauli_channel", l / 4, l / 4, l / 4);
    }
    if (wires > 2 || l > 1) {
      throw unsaid(
          channel,
          wires > 2
              ? "the pragmas for depolarizing noise take one wire or two"
              : "the pragma for two wires takes a strength of at most 1");
    }
    return pragma("two_qubit_depolarizing", 15 * l / 16);
  }

  /** The pragmas of the flips end at one half. */
  private static String flip(String name, double p, double... pauli) {
    return p <= 0.5 ? pragma(name, p) : pragma("pauli_channel", pauli);
  }

  /** The pragma's second strength is the population of 0 in equilibrium. */
  private static String damping(double damping, double excited) {
    return pragma("generalized_amplitude_damping", damping, 1 - excited);
  }

  private static String kraus(Channel channel, KrausSet kraus) {
    int most = kraus.rows() * kraus.rows();
    if (kraus.count() > most) {
      throw unsaid(channel, "the pragma takes " + most + " operators, found " + kraus.count());
    }
    StringJoiner all = new StringJoiner(", ", PRAGMA + "kraus(", ") ");
    for (int k = 0; k < kraus.count(); k++) {
      int operator = k;
      all.add(
          matrix(
              kraus.rows(),
              i -> {
                int row = i / kraus.rows();
                int column = i % kraus.rows();
                double im = kraus.im(operator, row, column);
                return kraus.re(operator, row, column) + (im < 0 ? "-" : "+") + Math.abs(im) + "im";
              }));
    }
    return all.toString();
  }

  private static String matrix(int size, IntFunction<String> entry) {
    return IntStream.range(0, size)
        .mapToObj(
            row ->
                IntStream.range(row * size, (row + 1) * size)
                    .mapToObj(entry)
                    .collect(Collectors.joining(", ", "[", "]")))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
