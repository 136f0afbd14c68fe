package org.ketloom.ansatz.cnotline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class CnotLineAnsatzTest {

  private static Circuit circuit(int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    new CnotLineAnsatz().append(builder, layers, builder.weights(layers, wires, 2));
    return builder.build();
  }

  @Test
  void aLayerIsRotationsThenTheLine() {
    assertEquals(
        "[RY[w[0]] on wire 0, RZ[w[1]] on wire 0, RY[w[2]] on wire 1, RZ[w[3]] on wire 1,"
            + " RY[w[4]] on wire 2, RZ[w[5]] on wire 2, CNOT on wire 1 controlled by [0], CNOT on"
            + " wire 2 controlled by [1]]",
        circuit(3, 1).operations().toString());
  }

  /** Ten wires and four layers have 80 angles. */
  @Test
  void layersRepeat() {
    assertEquals(80, circuit(10, 4).weights());
    assertEquals(Map.of("RY", 40, "RZ", 40, "CNOT", 36), circuit(10, 4).gateCounts());
    assertEquals(Map.of("RY", 1, "RZ", 1), circuit(1, 1).gateCounts());
  }
}
