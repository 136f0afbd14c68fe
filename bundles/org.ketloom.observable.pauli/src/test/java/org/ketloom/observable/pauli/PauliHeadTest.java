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
  void anAsteriskReadsAllNeighbours() {
    assertEquals(
        List.of(
            sum(List.of(0, 1), Pauli.X, Pauli.Z),
            sum(List.of(1, 2), Pauli.X, Pauli.Z),
            sum(List.of(0, 2), Pauli.Z, Pauli.X)),
        observables(3, "XZ*"));
    assertEquals(List.of(sum(List.of(0, 1), Pauli.Z, Pauli.Z)), observables(2, "ZZ*"));
    assertEquals(observables(3, "Y"), observables(3, "Y*"));
    refused(
        "observable \"pauli\": \"ZZZZ*\" has 4 letters for 3 wires; give no more letters than wires",
        "ZZZZ*");
    refused(
        "\"*\" is not a Pauli string; it takes the letters I, X, Y, Z and at least one that isn't I",
        "*");
  }

  private static Observable sum(List<Integer> wires, Pauli... paulis) {
    return new PauliSum(List.of(new PauliTerm(1, wires, List.of(paulis))));
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
        "observable \"pauli\": \"ZZ\" has 2 letters for 3 wires; give one letter per wire, a"
            + " single letter for all, or ZZ* for all neighbours",
        "ZZ");
  }

  private static void refused(String message, String... strings) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> observables(3, strings)).getMessage());
  }
}
