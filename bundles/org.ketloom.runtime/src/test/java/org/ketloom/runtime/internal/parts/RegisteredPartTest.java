package org.ketloom.runtime.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Version;

class RegisteredPartTest {
  /** Can't be compared. */
  private static final class Incomparable implements Ansatz {
    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("equals of a plugin was called");
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("hashCode of a plugin was called");
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {}
  }

  private static RegisteredPart part(long service, Ansatz object) {
    return new RegisteredPart(
        Ansatz.KIND, "it", Version.valueOf("1.0.0"), "test", "", List.of(), service, object);
  }

  @Test
  void partsAreComparedWithoutCodeOfTheirPlugins() {
    Incomparable object = new Incomparable();
    assertEquals(part(1, object), part(1, object));
    assertEquals(1, Set.copyOf(List.of(part(1, object), part(1, object))).size());
    assertNotEquals(part(1, object), part(2, object));
    assertNotEquals(part(1, object), part(1, new Incomparable()));
  }
}
