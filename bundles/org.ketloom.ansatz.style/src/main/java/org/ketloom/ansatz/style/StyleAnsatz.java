package org.ketloom.ansatz.style;

import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The circuit of the style-based quantum generator (Bravo-Prieto et al., arXiv 2110.06933; code
 * QTI-TH/style-qgan): a layer is RY and RZ on every wire; controlled RY follow in every other
 * layer, the first, fifth, ninth ... from wire 0 to each other wire, the third, seventh ... from
 * each wire but wire 0 to the next and from the last to wire 0; a last RY on every wire ends the
 * circuit. The published circuit has 3 wires; more (or 2) wires are this bundle's own
 * generalisation, which is the published circuit at 3.
 *
 * <p>Angles: one list, in the order of the gates; {@code 2 L n + n + (n - 1) ceil(L / 2)} for n
 * wires and L layers.
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=style",
      Part.DESCRIPTION + "=RY and RZ, controlled RY in every other layer, a last RY (style-qGAN)"
    })
public record StyleAnsatz() implements Ansatz {

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    if (wires < 2) {
      throw new IllegalArgumentException(
          "ansatz \"style\" joins wires (qubits) by controlled rotations, so it needs at least 2,"
              + " found "
              + wires);
    }
    return List.of(2 * layers * wires + wires + (wires - 1) * ((layers + 1) / 2));
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    int next = 0;
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < wires; wire++) {
        circuit.ry(wire, angles.at(next++));
        circuit.rz(wire, angles.at(next++));
      }
      for (int wire = 1; wire < wires && layer % 2 == 0; wire++) {
        if (layer % 4 == 0) {
          controlled(circuit, 0, wire, angles.at(next++));
        } else {
          controlled(circuit, wire, (wire + 1) % wires, angles.at(next++));
        }
      }
    }
    for (int wire = 0; wire < wires; wire++) {
      circuit.ry(wire, angles.at(next++));
    }
  }

  private static void controlled(CircuitBuilder circuit, int control, int target, Angle angle) {
    circuit.controlledBy(control).gate(Gate.RY, new int[] {target}, angle);
  }
}
