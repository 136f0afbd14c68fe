package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** Takes any number of repeats. */
@Component(service = Ansatz.class, property = Part.NAME + "=unchecked")
public record UncheckedAnsatz(int repeats) implements Ansatz {

  /** The defaults. */
  public UncheckedAnsatz() {
    this(1);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires * repeats);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    for (int layer = 0; layer < layers; layer++) {
      for (int i = 0; i < circuit.wires() * repeats; i++) {
        circuit.rx(i % circuit.wires(), angles.at(layer, i));
      }
    }
  }
}
