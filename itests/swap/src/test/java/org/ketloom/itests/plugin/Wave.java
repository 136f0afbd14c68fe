package org.ketloom.itests.plugin;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;

/**
 * An ansatz of several kinds: rx and ry (rotations of that axis), long (more parameters), late (rx,
 * which needs one more class when it is asked a second time), hostile (ry, which can't be compared,
 * shown or stopped), poison-0 and poison-1 (ry, and {@link Tiny} gives NaN after as many steps).
 */
final class Wave implements Ansatz {
  private final String kind;
  private final AtomicInteger calls = new AtomicInteger();

  Wave(String kind) {
    this.kind = kind;
  }

  /** Takes no notice of interruptions, and returns when {@link Activator#RELEASE} is set. */
  static <T> T hostile(String kind, T result) {
    while (kind.equals("hostile") && System.getProperty(Activator.RELEASE) == null) {
      LockSupport.parkNanos(1_000_000);
    }
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return hostile(kind, this == other);
  }

  @Override
  public int hashCode() {
    return hostile(kind, System.identityHashCode(this));
  }

  @Override
  public String toString() {
    return hostile(kind, kind);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(kind.equals("long") ? 2 * layers : layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    if (kind.equals("late") && calls.incrementAndGet() > 1) {
      Late.needed();
    }
    for (int layer = 0; layer < (kind.equals("long") ? 2 * layers : layers); layer++) {
      for (int wire = 0; wire < circuit.wires(); wire++) {
        if (kind.equals("rx") || kind.equals("late")) {
          circuit.rx(wire, angles.at(layer, wire));
        } else {
          circuit.ry(wire, angles.at(layer, wire));
        }
      }
      for (int wire = 0; wire + 1 < circuit.wires(); wire++) {
        circuit.cz(wire, wire + 1);
      }
    }
    if (kind.startsWith("poison-")) {
      circuit.rz(
          0, Angle.constant(Tiny.POISON - Integer.parseInt(kind.substring("poison-".length()))));
    }
  }
}
