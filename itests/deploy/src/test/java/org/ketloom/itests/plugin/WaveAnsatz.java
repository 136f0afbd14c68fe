package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** An ansatz without fault. */
@Component(service = Ansatz.class, property = Part.NAME + "=wave")
public record WaveAnsatz(@Option("whether RZ follows each RY") boolean phases) implements Ansatz {

  /** The defaults. */
  public WaveAnsatz() {
    this(true);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires, phases ? 2 : 1);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < circuit.wires(); wire++) {
        circuit.ry(wire, angles.at(layer, wire, 0));
        if (phases) {
          circuit.rz(wire, angles.at(layer, wire, 1));
        }
      }
      for (int wire = 0; wire + 1 < circuit.wires(); wire++) {
        circuit.cz(wire, wire + 1);
      }
    }
  }
}
