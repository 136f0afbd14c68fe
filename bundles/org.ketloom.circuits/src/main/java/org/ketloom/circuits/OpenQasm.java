package org.ketloom.circuits;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.UnitaryMatrix;

/**
 * Writes a circuit as OpenQASM 3 (arXiv 2104.14722), exact up to rounding, global phase included: a
 * phase becomes visible as soon as a gate is controlled.
 *
 * <ul>
 *   <li>{@code q[0]} is wire 0. Features, weights and per-sample angles that gates read are inputs
 *       {@code x0}, {@code w0}, {@code s0}.
 *   <li>The built-in {@code U} is not used: specification and tools disagree on its phase. {@code
 *       U3(theta, phi, lambda) = P(phi) RY(theta) P(lambda)} has none to disagree on.
 *   <li>{@code exp(i(aXX + bYY + cZZ)) = RXX(-2a) RYY(-2b) RZZ(-2c)}.
 *   <li>A constant 4x4 unitary is a product of at most six two-level rotations, each on two basis
 *       states that differ in one wire and hence one singly controlled gate (Nielsen and Chuang,
 *       section 4.5.1, with the basis states in Gray order).
 *   <li>Amplitude preparation, readout errors and observables have no counterpart; they are
 *       comments.
 *   <li>Noise is written as pragmas; see {@link QasmChannels}.
 * </ul>
 */
public final class OpenQasm {
  private static final String HEADER =
      """
      OPENQASM 3.0;
      include "stdgates.inc";
      """;

  private final StringBuilder body = new StringBuilder();
  private final Set<Gate> used = EnumSet.noneOf(Gate.class);
  private final Map<UnitaryMatrix, String> unitaries = new LinkedHashMap<>();
  private final Map<Angle.Source, Set<Integer>> inputs = new TreeMap<>();

  private OpenQasm() {}

  /**
   * The program's text.
   *
   * @throws IllegalArgumentException naming what the language can't say: a post-selection, a
   *     channel that no pragma in use can express, or a start in a mixed or random state
   */
  public static String write(Circuit circuit) {
    circuit
        .start()
        .filter(start -> !(start instanceof AmplitudePreparation))
        .ifPresent(
            start -> {
              throw new IllegalArgumentException(
                  "a start can't be written as OpenQASM: " + CircuitText.describe(start));
            });
    return new OpenQasm().program(circuit);
  }

  private String program(Circuit circuit) {
    for (Instruction instruction : circuit.instructions()) {
      if (instruction instanceof Operation operation) {
        append(operation);
      } else {
        body.append(QasmChannels.statements((Channel) instruction));
      }
    }

    StringBuilder text = new StringBuilder(HEADER);
    text.append("// ").append(circuit).append('\n');
    text.append("// fingerprint ").append(circuit.fingerprint()).append('\n');
    circuit
        .start()
        .ifPresent(p -> text.append("// prepared: ").append(CircuitText.describe(p)).append('\n'));
    inputs.forEach(
        (source, indices) ->
            indices.forEach(
                i ->
                    text.append("input float[64] ")
                        .append(CircuitText.source(source, i))
                        .append(";\n")));
    text.append(definitions());
    text.append("qubit[").append(circuit.wires()).append("] q;\n");
    text.append(body);
    CircuitText.readoutErrors(circuit)
        .forEach(line -> text.append("// ").append(line).append('\n'));
    CircuitText.observables(circuit).forEach(line -> text.append("// ").append(line).append('\n'));
    return text.toString();
  }

  private void append(Operation operation) {
    Gate gate = operation.gate();
    used.add(gate);
    List<Integer> controls = operation.controls();
    String name;
    if (controls.size() == 1 && (gate == Gate.X || gate == Gate.Z)) {
      name = gate == Gate.X ? "cx" : "cz";
    } else {
      name =
          switch (controls.size()) {
                case 0 -> "";
                case 1 -> "ctrl @ ";
                default -> "ctrl(" + controls.size() + ") @ ";
              }
              + name(operation);
    }
    String angles =
        operation.angles().isEmpty()
            ? ""
            : operation.angles().stream()
                .map(this::expression)
                .collect(Collectors.joining(", ", "(", ")"));
    body.append(name)
        .append(angles)
        .append(
            operation.allWires().stream()
                .map(w -> "q[" + w + "]")
                .collect(Collectors.joining(", ", " ", "")))
        .append(";\n");
  }

  private String name(Operation operation) {
    return switch (operation.gate()) {
      case H -> "h";
      case X -> "x";
      case Y -> "y";
      case Z -> "z";
      case S -> "s";
      case T -> "t";
      case RX -> "rx";
      case RY -> "ry";
      case RZ -> "rz";
      case PHASE -> "p";
      case SWAP -> "swap";
      case U3 -> "zyz";
      case RXX -> "pauli_xx";
      case RYY -> "pauli_yy";
      case RZZ -> "pauli_zz";
      case CANONICAL -> "canonical";
      case UNITARY1, UNITARY2 ->
          unitaries.computeIfAbsent(
              operation.matrix().orElseThrow(), m -> "unitary" + unitaries.size());
    };
  }

  private String expression(Angle angle) {
    if (angle.source() == Angle.Source.CONSTANT) {
      return Double.toString(angle.offset());
    }
    String scale = angle.scale() == 1 ? "" : angle.scale() == -1 ? "-" : angle.scale() + "*";
    String first = input(angle.source(), angle.index());
    String second = angle.factor().map(f -> "*" + factor(f)).orElse("");
    return scale + first + second + term(angle.offset());
  }

  private String factor(Angle.Factor factor) {
    String name = input(factor.source(), factor.index());
    return factor.offset() == 0 ? name : "(" + name + term(factor.offset()) + ")";
  }

  private String input(Angle.Source source, int index) {
    inputs.computeIfAbsent(source, s -> new TreeSet<>()).add(index);
    return CircuitText.source(source, index);
  }

  private static String term(double offset) {
    return offset == 0 ? "" : (offset > 0 ? "+" : "") + offset;
  }

  private String definitions() {
    StringBuilder text = new StringBuilder();
    boolean canonical = used.contains(Gate.CANONICAL);
    if (used.contains(Gate.U3) || !unitaries.isEmpty()) {
      text.append("gate zyz(theta, phi, lambda) a { p(lambda) a; ry(theta) a; p(phi) a; }\n");
    }
    if (!unitaries.isEmpty()) {
      text.append(
          "gate phased(alpha, theta, phi, lambda) a { gphase(alpha); zyz(theta, phi, lambda) a; }\n");
    }
    if (canonical
        || used.contains(Gate.RXX)
        || used.contains(Gate.RYY)
        || used.contains(Gate.RZZ)) {
      text.append("gate pauli_zz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }\n");
    }
    if (canonical || used.contains(Gate.RXX)) {
      text.append("gate pauli_xx(theta) a, b { h a; h b; pauli_zz(theta) a, b; h a; h b; }\n");
    }
    if (canonical || used.contains(Gate.RYY)) {
      text.append(
          "gate pauli_yy(theta) a, b { rx(pi/2) a; rx(pi/2) b; pauli_zz(theta) a, b;"
              + " rx(-pi/2) a; rx(-pi/2) b; }\n");
    }
    if (canonical) {
      text.append(
          "gate canonical(alpha, beta, gamma) a, b { pauli_xx(-2*alpha) a, b;"
              + " pauli_yy(-2*beta) a, b; pauli_zz(-2*gamma) a, b; }\n");
    }
    unitaries.forEach(
        (matrix, name) -> {
          List<String> steps =
              matrix.size() == 2
                  ? List.of(phased(TwoLevel.block(matrix)) + " a;")
                  : TwoLevel.decompose(matrix).stream().map(OpenQasm::statement).toList();
          text.append("gate ")
              .append(name)
              .append(matrix.size() == 2 ? " a { " : " a, b { ")
              .append(String.join(" ", steps))
              .append(" }\n");
        });
    return text.toString();
  }

  private static String statement(TwoLevel step) {
    return (step.controlValue() ? "ctrl @ " : "negctrl @ ")
        + phased(step.matrix())
        + (step.onFirst() ? " b, a;" : " a, b;");
  }

  private static String phased(double[] matrix) {
    double[] angles = TwoLevel.angles(matrix);
    return "phased(" + angles[0] + ", " + angles[1] + ", " + angles[2] + ", " + angles[3] + ")";
  }
}
