package org.ketloom.ansatz.controlledring;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Rotations and a ring of controlled rotations: a layer is RY, RZ, RY, RZ on every wire, then, wire
 * after wire, CRY and CRZ from it to the next, the last wire to the first. It is the circuit of a
 * public re-implementation of LaSt-QGAN (arXiv 2406.02668; github.com/incllude/LaSt-QGAN).
 *
 * <p>Angles: {@code [layer][wire][6]}, in the order RY, RZ, RY, RZ of the wire, then CRY and CRZ
 * that it controls. All angles 0 are the identity.
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=controlled-ring",
      Part.DESCRIPTION + "=RY RZ RY RZ on every qubit and a ring of CRY and CRZ"
    })
public record ControlledRingAnsatz() implements Ansatz {

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    if (wires < 2) {
      throw new IllegalArgumentException(
          "ansatz \"controlled-ring\" joins wires (qubits) to a ring, so it needs at least 2, found "
              + wires);
    }
    return List.of(layers, wires, 6);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < wires; wire++) {
        circuit.ry(wire, angles.at(layer, wire, 0));
        circuit.rz(wire, angles.at(layer, wire, 1));
        circuit.ry(wire, angles.at(layer, wire, 2));
        circuit.rz(wire, angles.at(layer, wire, 3));
      }
      for (int wire = 0; wire < wires; wire++) {
        int[] next = {(wire + 1) % wires};
        CircuitBuilder controlled = circuit.controlledBy(wire);
        controlled.gate(Gate.RY, next, angles.at(layer, wire, 4));
        controlled.gate(Gate.RZ, next, angles.at(layer, wire, 5));
      }
    }
  }
}
