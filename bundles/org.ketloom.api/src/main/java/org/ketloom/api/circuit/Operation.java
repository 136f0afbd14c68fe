package org.ketloom.api.circuit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One unitary gate of a circuit at its place.
 *
 * @param gate what is applied
 * @param wires target wires, most significant first; as many as {@link Gate#wires()}
 * @param controls wires that must all be 1 for the gate to act; may be empty
 * @param angles as many as {@link Gate#angles()}
 * @param matrix the unitary of {@link Gate#UNITARY1} and {@link Gate#UNITARY2}, empty for others
 */
public record Operation(
    Gate gate,
    List<Integer> wires,
    List<Integer> controls,
    List<Angle> angles,
    Optional<UnitaryMatrix> matrix)
    implements Instruction {

  /** Copies the lists. */
  public Operation {
    wires = List.copyOf(wires);
    controls = List.copyOf(controls);
    angles = List.copyOf(angles);
  }

  /** Every wire that the gate joins: controls first, then targets. */
  public List<Integer> allWires() {
    return Stream.concat(controls.stream(), wires.stream()).toList();
  }

  /** The gate's usual name with its controls: CNOT, CZ, CRX, CCX, RX, ... */
  @Override
  public String name() {
    if (gate == Gate.X && controls.size() == 1) {
      return "CNOT";
    }
    return "C".repeat(controls.size()) + gate.name();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name());
    if (!angles.isEmpty()) {
      text.append(angles);
    }
    text.append(" on ").append(wires.size() == 1 ? "wire " + wires.get(0) : "wires " + wires);
    if (!controls.isEmpty()) {
      text.append(" controlled by ").append(controls);
    }
    return text.toString();
  }
}
