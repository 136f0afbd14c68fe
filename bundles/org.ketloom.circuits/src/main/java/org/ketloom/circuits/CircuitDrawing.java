package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Preparation;

/**
 * Draws a circuit as text: a row per wire, gates in the leftmost column that they fit into. A gate
 * occupies all wires between its outermost ones, so that lines never cross a gate. Angles are named
 * by what they read: {@code x} features, {@code w} weights, {@code s} per-sample angles.
 *
 * <p>Channels are DEP (depolarizing), BF, PF and BPF (bit, phase and bit-phase flip), PAULI, AD and
 * GAD (amplitude damping, generalised), PD (phase damping), TR (thermal relaxation), RE (reset
 * error), K (Kraus operators), M (measurement, outcome discarded), {@code |0>} (reset) and {@code
 * <0|}, {@code <1|} (post-selection).
 */
public final class CircuitDrawing {
  private final String wire;
  private final String control;
  private final String crossing;
  private final String not;
  private final String swap;
  private final String pi;

  private CircuitDrawing(
      String wire, String control, String crossing, String not, String swap, String pi) {
    this.wire = wire;
    this.control = control;
    this.crossing = crossing;
    this.not = not;
    this.swap = swap;
    this.pi = pi;
  }

  /** A drawing with box-drawing characters. */
  public static CircuitDrawing unicode() {
    return new CircuitDrawing("─", "●", "┼", "⊕", "×", "π");
  }

  /** A drawing for terminals that have nothing but ASCII. */
  public static CircuitDrawing ascii() {
    return new CircuitDrawing("-", "*", "|", "X", "x", "pi");
  }

  /**
   * The drawing, then what is read.
   *
   * @param circuit the circuit
   * @param width characters per line after which the rows continue below; a column is never broken
   */
  public String draw(Circuit circuit, int width) {
    List<String[]> columns = columns(circuit);
    StringBuilder text = new StringBuilder(circuit.toString()).append("\n\n");
    int digits = Integer.toString(circuit.wires() - 1).length();
    int room = width - digits - 3;
    int first = 0;
    do {
      int end = first;
      int used = 0;
      while (end < columns.size()
          && (end == first || used + columnWidth(columns.get(end)) + 1 <= room)) {
        used += columnWidth(columns.get(end)) + 1;
        end++;
      }
      for (int w = 0; w < circuit.wires(); w++) {
        text.append(String.format(Locale.ROOT, "%" + digits + "d: ", w)).append(wire);
        for (String[] column : columns.subList(first, end)) {
          String cell = column[w] == null ? "" : column[w];
          text.append(cell).append(wire.repeat(columnWidth(column) - cell.length() + 1));
        }
        text.append('\n');
      }
      text.append('\n');
      first = end;
    } while (first < columns.size());
    circuit.start().ifPresent(s -> text.append(CircuitText.describe(s)).append('\n'));
    CircuitText.readoutErrors(circuit).forEach(line -> text.append(line).append('\n'));
    CircuitText.observables(circuit).forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private List<String[]> columns(Circuit circuit) {
    List<String[]> columns = new ArrayList<>();
    circuit
        .start()
        .ifPresent(
            start -> {
              String[] column = new String[circuit.wires()];
              start.wires().forEach(w -> column[w] = label(start));
              columns.add(column);
            });
    for (List<Instruction> instructions : CircuitColumns.of(circuit)) {
      String[] column = new String[circuit.wires()];
      for (Instruction instruction : instructions) {
        TreeSet<Integer> touched = CircuitColumns.touched(instruction);
        for (int w = touched.first(); w <= touched.last(); w++) {
          column[w] =
              !touched.contains(w)
                  ? crossing
                  : instruction instanceof Operation operation
                      ? cell(operation, w)
                      : cell((Channel) instruction, w);
        }
      }
      columns.add(column);
    }
    return columns;
  }

  private static String label(Preparation start) {
    if (start instanceof AmplitudePreparation) {
      return "[x]";
    }
    if (start instanceof DensityPreparation) {
      return "[rho]";
    }
    return start instanceof HaarPreparation ? "[Haar]" : "[mixed]";
  }

  private static String cell(Channel channel, int at) {
    // Which wire is the first of Kraus operators matters.
    String name =
        CircuitText.name(channel)
            + (CircuitText.ordered(channel) ? ":" + channel.wires().indexOf(at) : "");
    if (channel.strengths().isEmpty() || channel.wires().get(0) != at) {
      return name;
    }
    return name
        + channel.strengths().stream()
            .map(CircuitText::strength)
            .collect(Collectors.joining(",", channel.bounded() ? "(bounded " : "(", ")"));
  }

  private String cell(Operation operation, int at) {
    if (operation.controls().contains(at)) {
      return control;
    }
    Gate gate = operation.gate();
    if (gate == Gate.SWAP) {
      return swap;
    }
    if (gate == Gate.X && !operation.controls().isEmpty()) {
      return not;
    }
    // Which wire is the first of a matrix matters.
    String name =
        CircuitText.name(operation)
            + (CircuitText.ordered(operation) ? ":" + operation.wires().indexOf(at) : "");
    boolean showAngles = !operation.angles().isEmpty() && operation.wires().get(0) == at;
    return showAngles
        ? name
            + operation.angles().stream()
                .map(a -> CircuitText.rounded(a, pi))
                .collect(Collectors.joining(",", "(", ")"))
        : name;
  }

  private static int columnWidth(String[] column) {
    return Arrays.stream(column).mapToInt(cell -> cell == null ? 0 : cell.length()).max().orElse(0);
  }
}
