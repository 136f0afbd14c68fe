package org.ketloom.itests.plugin;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** A component that can't be made, for a reason that never comes to its end. */
@Component(service = Ansatz.class, immediate = true, property = Part.NAME + "=unspeakable")
public final class Unspeakable implements Ansatz {
  private static final class Endless extends IllegalStateException {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      while (System.getProperty(Hostile.RELEASE) == null) {
        LockSupport.parkNanos(1_000_000);
      }
      return "";
    }
  }

  /** Called by the framework. */
  @Activate
  public Unspeakable() {
    throw new Endless();
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {}
}
