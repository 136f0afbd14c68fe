package org.ketloom.ansatz.hardwareefficient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.ansatz.hardwareefficient.HardwareEfficientAnsatz.Entangler;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class HardwareEfficientAnsatzTest {

  private static Circuit circuit(HardwareEfficientAnsatz ansatz, int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    List<Integer> shape = ansatz.angleShape(wires, layers);
    ansatz.append(
        builder, layers, builder.weights(shape.stream().mapToInt(Integer::intValue).toArray()));
    return builder.build();
  }

  @Test
  void ringAndLine() {
    Circuit ring = circuit(new HardwareEfficientAnsatz(), 4, 2);
    assertEquals(Map.of("RX", 8, "RY", 8, "RZ", 8, "CNOT", 8), ring.gateCounts());
    assertEquals(24, ring.weights());
    Circuit line = circuit(new HardwareEfficientAnsatz("zy", Entangler.LINE), 3, 1);
    assertEquals(
        "[RZ[w[0]] on wire 0, RY[w[1]] on wire 0, RZ[w[2]] on wire 1, RY[w[3]] on wire 1,"
            + " RZ[w[4]] on wire 2, RY[w[5]] on wire 2, CNOT on wire 1 controlled by [0], CNOT on"
            + " wire 2 controlled by [1]]",
        line.operations().toString());
  }

  @Test
  void refusesOtherLetters() {
    assertEquals(
        "rotations takes one or more of the letters x, y, z, found \"xq\"",
        assertThrows(
                IllegalArgumentException.class,
                () -> new HardwareEfficientAnsatz("xq", Entangler.LINE))
            .getMessage());
  }
}
