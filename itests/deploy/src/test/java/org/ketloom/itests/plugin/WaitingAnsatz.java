package org.ketloom.itests.plugin;

import java.util.List;
import java.util.concurrent.Callable;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Waits for a service. */
@Component(service = Ansatz.class, property = Part.NAME + "=waiting")
public final class WaitingAnsatz implements Ansatz {
  private final Callable<?> source;

  /** Called by the framework. */
  @Activate
  public WaitingAnsatz(@Reference(target = "(color=blue)") Callable<?> source) {
    this.source = source;
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    if (source == null) {
      throw new IllegalStateException("there is no source");
    }
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < circuit.wires(); wire++) {
        circuit.ry(wire, angles.at(layer, wire));
      }
    }
  }
}
