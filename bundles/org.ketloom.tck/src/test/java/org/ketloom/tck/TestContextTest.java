package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;

class TestContextTest {
  private static final ImageShape SHAPE = new ImageShape(1, 4, 4);
  private static final QuantumEngine NONE =
      circuit -> {
        throw new UnsupportedOperationException("this engine computes nothing");
      };

  private record Empty() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(0);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {}
  }

  @Test
  void changesOneThingAtATime() {
    Ansatz ansatz = new Empty();
    TestContext context = TestContext.of(SHAPE, NONE);
    assertEquals(Optional.empty(), context.data());
    assertSame(TensorCache.NONE, context.cache());
    TestContext other =
        context
            .withClasses(3)
            .withSteps(7)
            .withSeed(9)
            .withData("ab")
            .withParts(Map.of("first", ansatz))
            .withPart("second", ansatz);
    assertEquals(SHAPE, other.images());
    assertEquals(List.of(3L, 7L, 9L), List.of((long) other.classes(), other.steps(), other.seed()));
    assertEquals(Optional.of("ab"), other.data());
    assertEquals(Map.of("first", ansatz, "second", ansatz), other.parts());
    assertSame(ansatz, other.part("second", Ansatz.class));
    assertEquals(Map.of(), context.parts());
    assertThrows(IllegalArgumentException.class, () -> context.withClasses(0));
    assertThrows(IllegalArgumentException.class, () -> context.withSteps(0));
  }

  @Test
  void refusesAnEmptySlotAndWhatTheEngineCantDo() {
    TestContext context = TestContext.of(SHAPE, NONE).withPart("ansatz", new Empty());
    assertEquals(
        "slot \"ansatz\" needs a part of kind Encoding",
        assertThrows(IllegalArgumentException.class, () -> context.part("ansatz", Encoding.class))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> context.part("encoding", Encoding.class));
    Circuit circuit = Circuit.builder(1).expect(PauliTerm.of(Pauli.Z, 0)).build();
    assertThrows(IllegalArgumentException.class, () -> context.compile(circuit, Precision.DOUBLE));
  }
}
