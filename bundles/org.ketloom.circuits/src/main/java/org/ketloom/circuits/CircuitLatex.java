package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Instruction;

/**
 * Writes a circuit for LaTeX with quantikz, of either major version. What is no unitary gate has
 * dashed boxes. What is prepared and read stands in comments.
 */
public final class CircuitLatex {
  private CircuitLatex() {}

  /** A {@code quantikz} environment, with what the preamble needs as a comment. */
  public static String write(Circuit circuit) {
    List<List<CircuitGlyph>> columns = new ArrayList<>();
    circuit.start().ifPresent(start -> columns.add(List.of(CircuitGlyph.of(start))));
    for (List<Instruction> column : CircuitColumns.of(circuit)) {
      columns.add(column.stream().map(CircuitGlyph::of).toList());
    }
    StringBuilder text = new StringBuilder();
    text.append("% ").append(circuit).append('\n');
    circuit.start().ifPresent(s -> text.append("% ").append(CircuitText.describe(s)).append('\n'));
    CircuitText.readoutErrors(circuit).forEach(l -> text.append("% ").append(l).append('\n'));
    CircuitText.observables(circuit).forEach(l -> text.append("% ").append(l).append('\n'));
    text.append("% needs \\usepackage{tikz} and \\usetikzlibrary{quantikz2} (or quantikz)\n");
    text.append("\\begin{quantikz}\n");
    List<String[]> cells = columns.stream().map(c -> cells(circuit.wires(), c)).toList();
    for (int w = 0; w < circuit.wires(); w++) {
      int wire = w;
      boolean prepared = circuit.start().map(s -> s.wires().contains(wire)).orElse(false);
      text.append(prepared ? "" : "\\lstick{$\\ket{0}$}");
      cells.forEach(column -> text.append(" & ").append(column[wire]));
      text.append(" & \\qw").append(w + 1 < circuit.wires() ? " \\\\" : "").append('\n');
    }
    return text.append("\\end{quantikz}\n").toString();
  }

  private static String[] cells(int wires, List<CircuitGlyph> column) {
    String[] cells = new String[wires];
    Arrays.fill(cells, "\\qw");
    for (CircuitGlyph glyph : column) {
      fill(cells, glyph);
    }
    return cells;
  }

  private static void fill(String[] cells, CircuitGlyph glyph) {
    List<Integer> touched = List.copyOf(glyph.touched());
    boolean together = glyph.together() && glyph.targets().size() > 1;
    int first = Collections.min(glyph.targets());
    for (int i = 0; i < touched.size(); i++) {
      int wire = touched.get(i);
      boolean target = glyph.targets().contains(wire);
      // Each line down to the next wire belongs to the upper one.
      boolean inside =
          together
              && target
              && i + 1 < touched.size()
              && glyph.targets().contains(touched.get(i + 1));
      int down = i + 1 < touched.size() && !inside ? touched.get(i + 1) - wire : 0;
      cells[wire] =
          target
              ? target(glyph, wire, together, wire == first)
                  + (down > 0 ? "\\vqw{" + down + "}" : "")
              : down > 0 ? "\\ctrl{" + down + "}" : "\\control{}";
    }
  }

  private static String target(CircuitGlyph glyph, int wire, boolean together, boolean first) {
    if (glyph.shape() == CircuitGlyph.Shape.NOT) {
      return "\\targ{}";
    }
    if (glyph.shape() == CircuitGlyph.Shape.SWAP) {
      return "\\targX{}";
    }
    String port = glyph.ordered() ? "\\gateinput{$" + glyph.targets().indexOf(wire) + "$}" : "";
    if (together && !first) {
      return port;
    }
    List<String> options = new ArrayList<>();
    if (together) {
      options.add("wires=" + new TreeSet<>(glyph.targets()).size());
    }
    if (glyph.dashed()) {
      options.add("style={dashed}");
    }
    String angles = glyph.angles().latex();
    return "\\gate"
        + (options.isEmpty() ? "" : "[" + String.join(",", options) + "]")
        + "{"
        + glyph.name().latex()
        + (angles.isEmpty() ? "" : "(" + angles + ")")
        + "}"
        + port;
  }
}
