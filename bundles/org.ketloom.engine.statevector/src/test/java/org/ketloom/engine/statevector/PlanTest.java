package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** What is fused, what is left out, and the memory that is told. */
class PlanTest {
  private final StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.plain(), 12, 16);

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void namesWhatWasFused() {
    CircuitBuilder b = Circuit.builder(3);
    Angles x = b.features(3);
    Angles w = b.weights(6);
    b.ry(0, x.at(0)).ry(1, x.at(1)).ry(2, x.at(2)).rx(0, w.at(0));
    b.cnot(0, 1).cnot(1, 2);
    b.rx(1, w.at(1)).ry(1, w.at(2));
    b.cz(0, 1).cz(1, 2);
    b.ry(0, w.at(3)).rx(1, w.at(4));
    b.expect(PauliTerm.of(Pauli.X, 0)).expectHermitian(0, 1);
    ExecutionPlan plan = engine.compile(b.build()).plan();
    List<String> gates = plan.stages().stream().map(ExecutionPlan.Stage::gates).toList();
    assertEquals(
        List.of(
            "RY(0) RX(0) RY(1) RY(2)",
            "RX(1) RY(1)",
            "CZ(0,1) CZ(1,2)",
            "RY(0)",
            "RX(1)",
            "1 Hermitian of 4 rows",
            "1 Pauli string"),
        gates);
    assertEquals(List.of("no amplitude moved for CNOT(0,1) CNOT(1,2)"), plan.left());
    assertTrue(plan.kernels().startsWith("plain kernels"), plan.kernels());
    // 8 amplitudes in pairs, each 16 multiplications and 16 additions, one of each pair fused.
    assertEquals(2 * 16 * 4, plan.stages().get(1).flops());
    assertEquals(Math.ceil(20 / 8.0) * 8 * 8 * 16, plan.keptBytes(20));
    assertEquals(
        8.0 * 2 * 5 * 7 + plan.workingBytes(), plan.leastBytes(7), "features and outputs, twice");
    assertTrue(plan.lines(20).stream().anyMatch(l -> l.startsWith("memory for 20 samples: ")));
  }

  @Test
  void gatesThatNoObservableDependsOnAreLeftOut() {
    CircuitBuilder b = Circuit.builder(4);
    Angles w = b.weights(6);
    b.ry(0, w.at(0)).ry(1, w.at(1)).ry(3, w.at(2));
    b.cnot(0, 1).cnot(1, 2);
    b.rz(1, w.at(3)).cz(0, 3).ry(3, w.at(4)).controlledBy(1).rx(2, w.at(5));
    b.expect(new PauliTerm(1, List.of(0, 1), List.of(Pauli.Z, Pauli.Z)));
    Circuit circuit = b.build();
    var program = engine.compile(circuit);
    // CNOT(1,2) and the gates after it, and the one on wire 3.
    assertEquals(
        List.of(
            "no amplitude moved for CNOT(0,1)", "6 gates left out: no observable depends on them"),
        program.plan().left());
    Inputs inputs = Inputs.of(1, new double[0], new double[] {0.3, 0.7, 0.2, 1.1, -0.4, 0.9});
    double[] cotangents = {1};
    Gradients found = program.evaluate(inputs).vjp(cotangents);
    Gradients expected = new NaiveSimulator(circuit).vjp(inputs, cotangents);
    assertArrayEquals(expected.weights(), found.weights(), 1e-14);
    for (int i = 2; i < 6; i++) {
      assertEquals(0.0, found.weights()[i]);
    }
    assertTrue(Math.abs(found.weights()[1]) > 0.1);
  }

  @Test
  void largeStatesAreGrouped() {
    ExecutionPlan plan = engine.compile(rotationsAndRings(16)).plan();
    assertTrue(plan.kernels().contains("threads share a state"), plan.kernels());
    int groups =
        plan.stages().stream().mapToInt(ExecutionPlan.Stage::group).max().orElseThrow() + 1;
    // 48 gates after the product state.
    assertTrue(groups > 2 && groups < 12, groups + " groups");
  }

  @Test
  void aBatchThatCannotFitIsRefused() {
    StateVectorProgram program = (StateVectorProgram) engine.compile(rotationsAndRings(4));
    program.checkMemory(1000, 1 << 24);
    String message =
        assertThrows(IllegalArgumentException.class, () -> program.checkMemory(1_000_000, 1 << 24))
            .getMessage();
    assertTrue(
        message.contains("1000000 samples") && message.contains("MiB") && message.contains("-Xmx"),
        message);
  }

  /** Angle encoding; four layers of RX RY RZ and a ring of CNOT; Z of every wire. */
  private static Circuit rotationsAndRings(int wires) {
    CircuitBuilder b = Circuit.builder(wires);
    Angles x = b.features(wires);
    Angles w = b.weights(4, wires, 3);
    for (int q = 0; q < wires; q++) {
      b.ry(q, x.at(q));
    }
    for (int layer = 0; layer < 4; layer++) {
      for (int q = 0; q < wires; q++) {
        b.rx(q, w.at(layer, q, 0)).ry(q, w.at(layer, q, 1)).rz(q, w.at(layer, q, 2));
      }
      for (int q = 0; q < wires; q++) {
        b.cnot(q, (q + 1) % wires);
      }
    }
    for (int q = 0; q < wires; q++) {
      b.expect(PauliTerm.of(Pauli.Z, q));
    }
    return b.build();
  }
}
