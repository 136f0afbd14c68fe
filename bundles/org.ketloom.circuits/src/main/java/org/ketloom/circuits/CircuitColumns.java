package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;

/**
 * Which column of a drawing each instruction stands in: the leftmost that it fits into. An
 * instruction occupies all wires between its outermost ones, so that lines never cross a gate.
 */
final class CircuitColumns {
  private CircuitColumns() {}

  /** The instructions of each column, in the circuit's order. */
  static List<List<Instruction>> of(Circuit circuit) {
    List<List<Instruction>> columns = new ArrayList<>();
    int[] busyUntil = new int[circuit.wires()];
    for (Instruction instruction : circuit.instructions()) {
      TreeSet<Integer> touched = touched(instruction);
      int place = 0;
      for (int w = touched.first(); w <= touched.last(); w++) {
        place = Math.max(place, busyUntil[w]);
      }
      if (place == columns.size()) {
        columns.add(new ArrayList<>());
      }
      columns.get(place).add(instruction);
      for (int w = touched.first(); w <= touched.last(); w++) {
        busyUntil[w] = place + 1;
      }
    }
    return columns;
  }

  /** Targets and controls, from the top. */
  static TreeSet<Integer> touched(Instruction instruction) {
    return new TreeSet<>(
        instruction instanceof Operation operation ? operation.allWires() : instruction.wires());
  }
}
