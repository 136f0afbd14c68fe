package org.ketloom.api.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CircuitBuilderTest {

  private static CircuitBuilder bell() {
    return Circuit.builder(2).h(0).cnot(0, 1);
  }

  @Test
  void knowsItsShape() {
    CircuitBuilder builder = Circuit.builder(3);
    Angles x = builder.features(3);
    Angles w = builder.weights(2, 3);
    Angles s = builder.sampleAngles(1);
    for (int wire = 0; wire < 3; wire++) {
      builder.ry(wire, x.at(wire)).rx(wire, w.at(1, wire));
    }
    builder.cnot(0, 1).cz(1, 2).controlledBy(0).rz(2, s.at(0));
    builder.expect(PauliTerm.of(Pauli.Z, 0)).expectHermitian(0, 2).probabilities(1, 2);
    Circuit circuit = builder.build();

    assertEquals(3, circuit.wires());
    assertEquals(3, circuit.features());
    assertEquals(6, circuit.weights());
    assertEquals(1, circuit.sampleAngles());
    assertEquals(16, circuit.hermitianEntries());
    assertEquals(1 + 1 + 4, circuit.outputs());
    assertEquals(List.of(2, 3), circuit.blocks().get(1).shape());
    assertEquals(Map.of("RY", 3, "RX", 3, "CNOT", 1, "CZ", 1, "CRZ", 1), circuit.gateCounts());
    assertEquals(5, circuit.depth());
    assertEquals(5, circuit.operations().get(5).angles().get(0).index());
  }

  @Test
  void everyGateHasAMethodOfItsName() throws ReflectiveOperationException {
    for (Gate gate : Gate.values()) {
      if (gate.isUnitary()) {
        continue;
      }
      Class<?>[] types = new Class<?>[gate.wires() + gate.angles()];
      Object[] arguments = new Object[types.length];
      List<Angle> angles = new ArrayList<>();
      for (int i = 0; i < types.length; i++) {
        types[i] = i < gate.wires() ? int.class : Angle.class;
        arguments[i] = i < gate.wires() ? 1 - i : Angle.constant(i);
        if (i >= gate.wires()) {
          angles.add(Angle.constant(i));
        }
      }
      CircuitBuilder builder = Circuit.builder(2);
      CircuitBuilder.class
          .getMethod(gate.name().toLowerCase(Locale.ROOT), types)
          .invoke(builder, arguments);
      List<Integer> wires = gate.wires() == 1 ? List.of(1) : List.of(1, 0);
      assertEquals(
          List.of(new Operation(gate, wires, List.of(), angles, Optional.empty())),
          builder.build().operations());
    }
  }

  @Test
  void comparingCircuitsCostsOneDigest() {
    Circuit circuit = bell().build();
    assertSame(circuit.fingerprint(), circuit.fingerprint());
    assertEquals(bell().build().hashCode(), circuit.hashCode());
    assertNotEquals(bell().x(1).build(), circuit);
  }

  @Test
  void viewsMapWiresAndAddControls() {
    CircuitBuilder builder = Circuit.builder(4);
    builder.controlledBy(3).on(2, 0).cnot(0, 1);
    Operation operation = builder.build().operations().get(0);
    assertEquals(List.of(0), operation.wires());
    assertEquals(List.of(3, 2), operation.controls());
    assertEquals("CCX", operation.name());
  }

  @Test
  void fingerprintIsStableAndTellsCircuitsApart() {
    // Pinned: checkpoints hold fingerprints, so that it must not change between releases.
    assertEquals(
        "c80a1fb456b001e52ff392ada65be12ed1bf9ee63bd9d611555d9b0887f2d2dd",
        bell().build().fingerprint());
    assertEquals(bell().build(), bell().build());
    assertNotEquals(bell().build().fingerprint(), bell().x(1).build().fingerprint());
    assertNotEquals(
        bell().rx(0, Angle.constant(0.1)).build(), bell().rx(0, Angle.constant(0.2)).build());
    assertNotEquals(
        bell().expect(PauliTerm.of(Pauli.Z, 0)).build(),
        bell().expect(PauliTerm.of(Pauli.Z, 1)).build());
  }

  @Test
  void errorsNameGateAndWire() {
    refused("gate 2 (RX on [7]): there is no wire 7; the wires are 0 to 1", () -> rx(7));
    refused("gate 2 (SWAP on [1, 1]): wire 1 is named twice", () -> swap(1, 1));
    refused(
        "gate 2 (X on [0] controlled by [0]): wire 0 is also a control",
        () -> bell().controlledBy(0).gate(Gate.X, new int[] {0}));
    refused(
        "gate 2 (X on [7] controlled by [0]): there is no wire 7; the wires are 0 to 1",
        () -> bell().cnot(0, 7));
    refused("gate 2, control: there is no wire 7; the wires are 0 to 1", () -> bell().cnot(7, 0));
    refused(
        "gate 2 (RX on [0]) takes 1 angles, found 0", () -> bell().gate(Gate.RX, new int[] {0}));
    refused(
        "gate 2 (RX on [0]): weight 0 was not declared; the circuit declares 0",
        () -> bell().rx(0, new Angle(Angle.Source.WEIGHT, 0, 1, 0)));
    refused(
        "observable 0: there is no wire 2; the wires are 0 to 1",
        () -> bell().expectHermitian(0, 2));
    refused(
        "a circuit needs at least 1 wire (qubit), found 0; ask for 1 or more",
        () -> Circuit.builder(0));
    refused("no angle at [3]: the block of weight angles has shape 3", () -> weights(3).at(3));
  }

  @Test
  void amplitudesMustFitAndComeFirst() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles five = builder.features(5);
    refused(
        "5 amplitudes don't fit into the 4 basis states of 2 wires; give at most as many, or more"
            + " wires",
        () -> builder.prepareAmplitudes(five, false, 0));
    CircuitBuilder late = bell();
    Angles four = late.features(4);
    refused(
        "amplitudes can be prepared once, before the first gate, and not under a control",
        () -> late.prepareAmplitudes(four, false, 0));
  }

  @Test
  void amplitudesAreReadOfAllWires() {
    Circuit circuit = bell().amplitudes().build();
    assertEquals(8, circuit.outputs());
    assertNotEquals(bell().probabilities(0, 1).build().fingerprint(), circuit.fingerprint());
    refused(
        "observable 0: amplitudes are read from all wires, at most 20; found 1 of 2",
        () -> bell().on(1).amplitudes());
  }

  @Test
  void refusesWhatIsNotUnitary() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new UnitaryMatrix(new double[] {1, 0, 0, 1.001}, new double[4]));
    assertTrue(error.getMessage().startsWith("the matrix is not unitary: rows 1 and 1 miss"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new UnitaryMatrix(new double[] {1, 0, 0, Double.NaN}, new double[4]));
  }

  @Test
  void onlyTheCircuitsBuilderBuilds() {
    assertThrows(IllegalStateException.class, () -> Circuit.builder(3).on(0, 1).build());
    assertThrows(IllegalStateException.class, () -> bell().controlledBy(0).build());
  }

  private static CircuitBuilder rx(int wire) {
    return bell().rx(wire, Angle.constant(1));
  }

  private static CircuitBuilder swap(int a, int b) {
    return bell().gate(Gate.SWAP, new int[] {a, b});
  }

  private static Angles weights(int... shape) {
    return bell().weights(shape);
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void anInterruptedThreadAddsNothing() {
    CircuitBuilder builder = bell();
    Thread.currentThread().interrupt();
    try {
      String message =
          assertThrows(CancellationException.class, () -> builder.controlledBy(1).h(0))
              .getMessage();
      assertTrue(message.contains("abandoned at gate 2 (H on [0] controlled by [1])"), message);
      for (Executable more :
          List.<Executable>of(
              () -> builder.features(1),
              () -> builder.expect(PauliTerm.of(Pauli.Z, 0)),
              () -> builder.expectHermitian(0),
              () -> builder.probabilities(0),
              builder::amplitudes)) {
        assertThrows(CancellationException.class, more);
      }
    } finally {
      Thread.interrupted();
    }
    assertEquals(bell().build(), builder.build());
  }
}
