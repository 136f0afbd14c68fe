package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Can't be made. */
@Component(service = Ansatz.class, property = Part.NAME + "=failing")
public final class FailingAnsatz implements Ansatz {

  /** Called by the framework. */
  @Activate
  public FailingAnsatz() {
    throw new UnsupportedOperationException("not on a Saturday");
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of();
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {}
}
