package org.ketloom.ansatz.clusterstate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class ClusterStateAnsatzTest {

  private static Circuit circuit(ClusterStateAnsatz ansatz, int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    ansatz.append(builder, layers, builder.weights(layers, wires));
    return builder.build();
  }

  @Test
  void aLayerIsHadamardsThenChainThenRotations() {
    Circuit circuit = circuit(new ClusterStateAnsatz(), 3, 1);
    assertEquals(
        "[H on wire 0, H on wire 1, H on wire 2, CZ on wire 1 controlled by [0], CZ on wire 2"
            + " controlled by [1], RX[w[0]] on wire 0, RX[w[1]] on wire 1, RX[w[2]] on wire 2]",
        circuit.operations().toString());
  }

  @Test
  void closingAddsOneGatePerLayerFromThreeWiresOn() {
    ClusterStateAnsatz closed = new ClusterStateAnsatz(true);
    assertEquals(Map.of("H", 8, "CZ", 8, "RX", 8), circuit(closed, 4, 2).gateCounts());
    assertEquals(Map.of("H", 2, "CZ", 1, "RX", 2), circuit(closed, 2, 1).gateCounts());
    assertEquals(Map.of("H", 1, "RX", 1), circuit(closed, 1, 1).gateCounts());
  }
}
