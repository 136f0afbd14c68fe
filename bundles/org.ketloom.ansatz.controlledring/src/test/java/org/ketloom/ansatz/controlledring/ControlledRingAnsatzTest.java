package org.ketloom.ansatz.controlledring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class ControlledRingAnsatzTest {
  private final ControlledRingAnsatz ansatz = new ControlledRingAnsatz();

  @Test
  void aLayerIsRotationsThenTheRing() {
    CircuitBuilder builder = Circuit.builder(2);
    ansatz.append(builder, 1, builder.sampleAngles(1, 2, 6));
    Circuit circuit = builder.build();
    assertEquals(
        "[RY[s[0]] on wire 0, RZ[s[1]] on wire 0, RY[s[2]] on wire 0, RZ[s[3]] on wire 0,"
            + " RY[s[6]] on wire 1, RZ[s[7]] on wire 1, RY[s[8]] on wire 1, RZ[s[9]] on wire 1,"
            + " CRY[s[4]] on wire 1 controlled by [0], CRZ[s[5]] on wire 1 controlled by [0],"
            + " CRY[s[10]] on wire 0 controlled by [1], CRZ[s[11]] on wire 0 controlled by [1]]",
        circuit.operations().toString());
  }

  /** Six layers on ten wires have 60 angles each. */
  @Test
  void layersRepeat() {
    assertEquals(List.of(6, 10, 6), ansatz.angleShape(10, 6));
    CircuitBuilder builder = Circuit.builder(10);
    ansatz.append(builder, 6, builder.weights(6, 10, 6));
    Circuit circuit = builder.build();
    assertEquals(360, circuit.weights());
    assertEquals(Map.of("RY", 120, "RZ", 120, "CRY", 60, "CRZ", 60), circuit.gateCounts());
  }

  @Test
  void aRingNeedsTwoWires() {
    assertEquals(
        "ansatz \"controlled-ring\" joins wires (qubits) to a ring, so it needs at least 2, found 1",
        assertThrows(IllegalArgumentException.class, () -> ansatz.angleShape(1, 1)).getMessage());
  }
}
