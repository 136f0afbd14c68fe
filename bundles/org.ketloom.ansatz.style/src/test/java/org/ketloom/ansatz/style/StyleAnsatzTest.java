package org.ketloom.ansatz.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class StyleAnsatzTest {
  private final StyleAnsatz ansatz = new StyleAnsatz();

  private Circuit circuit(int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    ansatz.append(builder, layers, builder.weights(ansatz.angleShape(wires, layers).get(0)));
    return builder.build();
  }

  /** With two numbers per angle: 4 L n + 2 n + 2 L parameters on three wires. */
  @Test
  void anglesAreThoseOfThePublishedCircuit() {
    for (int layers : List.of(2, 4, 6)) {
      int angles = ansatz.angleShape(3, layers).get(0);
      assertEquals(4 * layers * 3 + 2 * 3 + 2 * layers, 2 * angles);
      assertEquals(angles, circuit(3, layers).weights());
    }
  }

  @Test
  void threeLayersOnThreeWires() {
    assertEquals(
        "[RY[w[0]] on wire 0, RZ[w[1]] on wire 0, RY[w[2]] on wire 1, RZ[w[3]] on wire 1,"
            + " RY[w[4]] on wire 2, RZ[w[5]] on wire 2,"
            + " CRY[w[6]] on wire 1 controlled by [0], CRY[w[7]] on wire 2 controlled by [0],"
            + " RY[w[8]] on wire 0, RZ[w[9]] on wire 0, RY[w[10]] on wire 1, RZ[w[11]] on wire 1,"
            + " RY[w[12]] on wire 2, RZ[w[13]] on wire 2,"
            + " RY[w[14]] on wire 0, RZ[w[15]] on wire 0, RY[w[16]] on wire 1, RZ[w[17]] on wire 1,"
            + " RY[w[18]] on wire 2, RZ[w[19]] on wire 2,"
            + " CRY[w[20]] on wire 2 controlled by [1], CRY[w[21]] on wire 0 controlled by [2],"
            + " RY[w[22]] on wire 0, RY[w[23]] on wire 1, RY[w[24]] on wire 2]",
        circuit(3, 3).operations().toString());
  }

  @Test
  void otherNumbersOfWires() {
    assertEquals(Map.of("RY", 55, "RZ", 50, "CRY", 20), circuit(5, 10).gateCounts());
    assertEquals(Map.of("RY", 15, "RZ", 10, "CRY", 4), circuit(5, 2).gateCounts());
    assertThrows(IllegalArgumentException.class, () -> ansatz.angleShape(1, 2));
  }
}
