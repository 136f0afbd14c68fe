package org.ketloom.ansatz.hardwareefficient;

import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Hardware-efficient layers: rotations on every wire, then CNOTs from each wire to the next.
 * Angles: {@code [layer][wire][rotation]}.
 *
 * @param rotations the axes in the order in which they act, of the letters x, y, z
 * @param entangler where the CNOTs are
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=hardware-efficient",
      Part.DESCRIPTION + "=Rotations on every qubit, then a CNOT line or ring"
    })
public record HardwareEfficientAnsatz(
    @Option("axes in the order in which they act, of the letters x, y, z") String rotations,
    @Option("where the CNOTs are") Entangler entangler)
    implements Ansatz {

  /** Where the CNOTs of a layer are. */
  public enum Entangler {
    /** From each wire to the next. */
    LINE,
    /** Also from the last to the first. */
    RING
  }

  /** RX RY RZ and a ring. */
  public HardwareEfficientAnsatz() {
    this("xyz", Entangler.RING);
  }

  /** Checks the axes. */
  public HardwareEfficientAnsatz {
    if (!rotations.matches("[xyz]+")) {
      throw new IllegalArgumentException(
          "rotations takes one or more of the letters x, y, z, found \"" + rotations + "\"");
    }
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires, rotations.length());
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < wires; wire++) {
        for (int k = 0; k < rotations.length(); k++) {
          Angle angle = angles.at(layer, wire, k);
          switch (rotations.charAt(k)) {
            case 'x' -> circuit.rx(wire, angle);
            case 'y' -> circuit.ry(wire, angle);
            default -> circuit.rz(wire, angle);
          }
        }
      }
      for (int wire = 0; wire + 1 < wires; wire++) {
        circuit.cnot(wire, wire + 1);
      }
      if (entangler == Entangler.RING && wires > 1) {
        circuit.cnot(wires - 1, 0);
      }
    }
  }
}
