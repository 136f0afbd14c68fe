package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** Appends for ever. */
@Component(service = Ansatz.class, property = Part.NAME + "=endless")
public record EndlessAnsatz() implements Ansatz {
  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    while (circuit.wires() > 0) {
      circuit.rx(0, angles.at(0, 0));
    }
  }
}
