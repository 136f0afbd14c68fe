package org.ketloom.observable.pauli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Observable.PauliSum;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;

class PauliHeadTest {

  private static List<Observable> observables(int wires, String... strings) {
    CircuitBuilder builder = Circuit.builder(wires);
    PauliHead head = new PauliHead(List.of(strings));
    head.append(builder);
    Circuit circuit = builder.build();
    assertEquals(circuit.outputs(), head.outputs(wires));
    return circuit.observables();
  }

  @Test
  void lettersReadEveryWireAndStringsReadOnce() {
    assertEquals(
        List.of(
            new PauliSum(List.of(PauliTerm.of(Pauli.X, 0))),
            new PauliSum(List.of(PauliTerm.of(Pauli.X, 1))),
            new PauliSum(List.of(PauliTerm.of(Pauli.Z, 0))),
            new PauliSum(List.of(PauliTerm.of(Pauli.Z, 1)))),
        observables(2, "X", "Z"));
    assertEquals(
        List.of(new PauliSum(List.of(new PauliTerm(1, List.of(0, 2), List.of(Pauli.Y, Pauli.Z))))),
        observables(3, "YIZ"));
  }

  @Test
  void refusesWhatIsNoString() {
    refused("strings is empty; give at least one, for example Z");
    refused(
        "\"ZA\" is not a Pauli string; it takes the letters I, X, Y, Z and at least one that isn't I",
        "ZA");
    refused(
        "\"II\" is not a Pauli string; it takes the letters I, X, Y, Z and at least one that isn't I",
        "II");
    refused(
        "observable \"pauli\": \"ZZ\" has 2 letters for 3 wires; give one letter per wire, or a"
            + " single letter for all",
        "ZZ");
  }

  private static void refused(String message, String... strings) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> observables(3, strings)).getMessage());
  }
}
