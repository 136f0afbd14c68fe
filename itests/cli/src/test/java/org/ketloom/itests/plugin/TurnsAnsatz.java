package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** A plugin's ansatz of rotations about y alone, whose figures are known. */
@Component(service = Ansatz.class, property = Part.NAME + "=turns")
public final class TurnsAnsatz implements Ansatz {
  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < circuit.wires(); wire++) {
        circuit.ry(wire, angles.at(layer, wire));
      }
    }
  }
}
