package org.ketloom.ansatz.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.tck.Conformance;

class SimAnsatzTest {
  private static final StateVectorEngine ENGINE = new StateVectorEngine();

  static IntStream numbers() {
    return IntStream.rangeClosed(1, 19);
  }

  private static Circuit circuit(int number, int wires, int layers) {
    SimAnsatz ansatz = new SimAnsatz(number);
    CircuitBuilder builder = Circuit.builder(wires);
    int[] shape = ansatz.angleShape(wires, layers).stream().mapToInt(Integer::intValue).toArray();
    ansatz.append(builder, layers, builder.weights(shape));
    return builder.build();
  }

  /** Gates as {@code RX0}, {@code CRX3-2} for a control on wire 3 and the target on wire 2. */
  private static String gates(Circuit circuit) {
    return circuit.operations().stream()
        .map(SimAnsatzTest::gate)
        .collect(Collectors.joining(" "))
        .replace("CX", "CNOT");
  }

  private static String gate(Instruction instruction) {
    Operation gate = (Operation) instruction;
    String target = "" + gate.wires().get(0);
    return gate.controls().isEmpty()
        ? gate.gate() + target
        : "C" + gate.gate() + gate.controls().get(0) + "-" + target;
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void conforms(int number) {
    assertEquals(List.of(), new Conformance(ENGINE).check(new SimAnsatz(number)));
  }

  /** The paper's counts of angles, of a layer on four wires; circuit 10 has four more. */
  @ParameterizedTest
  @CsvSource({
    "1,8", "2,8", "3,11", "4,11", "5,28", "6,28", "7,19", "8,19", "9,4", "10,4", "11,12", "12,12",
    "13,16", "14,16", "15,8", "16,11", "17,11", "18,12", "19,12"
  })
  void noAngleIsUsedTwice(int number, int each) {
    for (int layers = 1; layers <= 3; layers++) {
      Circuit circuit = circuit(number, 4, layers);
      int expected = layers * each + (number == 10 ? 4 : 0);
      assertEquals(expected, circuit.weights());
      List<Integer> read =
          circuit.operations().stream()
              .flatMap(o -> o.angles().stream())
              .map(angle -> angle.index())
              .toList();
      assertEquals(IntStream.range(0, expected).boxed().toList(), read);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3",
    "2, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CNOT3-2 CNOT2-1 CNOT1-0",
    "4, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CRX3-2 CRX2-1 CRX1-0",
    "5, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3"
        + " CRZ3-2 CRZ3-1 CRZ3-0 CRZ2-3 CRZ2-1 CRZ2-0 CRZ1-3 CRZ1-2 CRZ1-0 CRZ0-3 CRZ0-2 CRZ0-1"
        + " RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3",
    "8, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CRX1-0 CRX3-2" + " RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CRX2-1",
    "9, H0 H1 H2 H3 CZ3-2 CZ2-1 CZ1-0 RX0 RX1 RX2 RX3",
    "10, RY0 RY1 RY2 RY3 CZ3-2 CZ2-1 CZ1-0 CZ0-3 RY0 RY1 RY2 RY3",
    "11, RY0 RY1 RY2 RY3 RZ0 RZ1 RZ2 RZ3 CNOT1-0 CNOT3-2 RY1 RY2 RZ1 RZ2 CNOT2-1",
    "12, RY0 RY1 RY2 RY3 RZ0 RZ1 RZ2 RZ3 CZ1-0 CZ3-2 RY1 RY2 RZ1 RZ2 CZ2-1",
    "13, RY0 RY1 RY2 RY3 CRZ3-0 CRZ2-3 CRZ1-2 CRZ0-1"
        + " RY0 RY1 RY2 RY3 CRZ3-2 CRZ0-3 CRZ1-0 CRZ2-1",
    "15, RY0 RY1 RY2 RY3 CNOT3-0 CNOT2-3 CNOT1-2 CNOT0-1"
        + " RY0 RY1 RY2 RY3 CNOT3-2 CNOT0-3 CNOT1-0 CNOT2-1",
    "17, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CRX1-0 CRX3-2 CRX2-1",
    "19, RX0 RX1 RX2 RX3 RZ0 RZ1 RZ2 RZ3 CRX3-0 CRX2-3 CRX1-2 CRX0-1"
  })
  void asDrawn(int number, String expected) {
    assertEquals(expected, gates(circuit(number, 4, 1)));
  }

  /** What differs between these in nothing but the axis under control. */
  @ParameterizedTest
  @CsvSource({"3,4", "5,6", "7,8", "13,14", "16,17", "18,19"})
  void pairsOfCircuitsDifferInTheControlledAxis(int turnsZ, int turnsX) {
    assertEquals(gates(circuit(turnsX, 4, 2)), gates(circuit(turnsZ, 4, 2)).replace("CRZ", "CRX"));
  }

  @Test
  void circuit10RepeatsAllButItsFirstColumn() {
    assertEquals(
        "RY0 RY1 RY2 CZ2-1 CZ1-0 CZ0-2 RY0 RY1 RY2 CZ2-1 CZ1-0 CZ0-2 RY0 RY1 RY2",
        gates(circuit(10, 3, 2)));
    assertEquals("RY0 RY1 CZ1-0 RY0 RY1", gates(circuit(10, 2, 1)));
  }

  @Test
  void whatCantBeIsRefused() {
    assertEquals(
        "circuit must be from 1 to 19, found 20",
        assertThrows(IllegalArgumentException.class, () -> new SimAnsatz(20)).getMessage());
    assertEquals(
        "ansatz \"sim\": circuit 2 entangles wires (qubits), so it needs at least 2, found 1",
        assertThrows(IllegalArgumentException.class, () -> new SimAnsatz(2).angleShape(1, 1))
            .getMessage());
    assertEquals(List.of(2, 2), new SimAnsatz(1).angleShape(1, 2));
  }
}
