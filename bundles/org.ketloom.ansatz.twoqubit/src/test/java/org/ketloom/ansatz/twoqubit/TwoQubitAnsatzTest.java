package org.ketloom.ansatz.twoqubit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz.Block;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz.Pattern;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Operation;

class TwoQubitAnsatzTest {

  private static Circuit circuit(TwoQubitAnsatz ansatz, int wires, int layers) {
    CircuitBuilder builder = Circuit.builder(wires);
    ansatz.append(builder, layers, builder.weights(ansatz.angleShape(wires, layers).get(0)));
    return builder.build();
  }

  private static List<List<Integer>> pairs(Circuit circuit) {
    return circuit.operations().stream()
        .filter(o -> o.gate() == Gate.CANONICAL)
        .map(Operation::wires)
        .toList();
  }

  @Test
  void everyAngleIsUsedOnceInOrder() {
    for (Block block : Block.values()) {
      for (Pattern pattern : Pattern.values()) {
        for (boolean mixing : new boolean[] {false, true}) {
          for (int wires = 2; wires <= 5; wires++) {
            Circuit circuit = circuit(new TwoQubitAnsatz(block, pattern, mixing), wires, 3);
            assertEquals(
                IntStream.range(0, circuit.weights()).boxed().toList(),
                circuit.operations().stream()
                    .flatMap(o -> o.angles().stream())
                    .map(a -> a.index())
                    .toList());
          }
        }
      }
    }
  }

  @Test
  void layerOfThePaperHasSixteenAnglesOnFourWires() {
    // arXiv 2602.03405, released code: angles per layer 4 * 3 + 4 on the ring, 13 on the open line.
    assertEquals(List.of(160), new TwoQubitAnsatz().angleShape(4, 10));
    assertEquals(List.of(13), new TwoQubitAnsatz(Block.CORE, Pattern.LINE, true).angleShape(4, 1));
  }

  @Test
  void patterns() {
    assertEquals(
        List.of(List.of(0, 1), List.of(2, 3), List.of(1, 2), List.of(3, 0)),
        pairs(circuit(new TwoQubitAnsatz(), 4, 1)));
    assertEquals(
        List.of(List.of(0, 1), List.of(2, 3), List.of(1, 2), List.of(3, 4)),
        pairs(circuit(new TwoQubitAnsatz(Block.GENERAL, Pattern.LINE, false), 5, 1)));
    assertEquals(
        List.of(List.of(0, 1), List.of(2, 3), List.of(1, 2), List.of(0, 1), List.of(2, 3)),
        pairs(circuit(new TwoQubitAnsatz(Block.CORE, Pattern.BRICK, false), 4, 3)));
    assertEquals(List.of(List.of(0, 1)), pairs(circuit(new TwoQubitAnsatz(), 2, 1)));
  }

  @Test
  void needsTwoWires() {
    assertEquals(
        "ansatz \"two-qubit\" needs at least 2 wires (qubits), found 1",
        assertThrows(IllegalArgumentException.class, () -> new TwoQubitAnsatz().angleShape(1, 1))
            .getMessage());
  }
}
