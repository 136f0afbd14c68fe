package org.ketloom.observable.adaptive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.part.Options;
import org.ketloom.observable.adaptive.AdaptiveHead.Windows;

class AdaptiveHeadTest {

  private static Circuit circuit(AdaptiveHead head, int wires) {
    CircuitBuilder builder = Circuit.builder(wires);
    head.append(builder);
    Circuit circuit = builder.build();
    assertEquals(circuit.outputs(), head.outputs(wires));
    return circuit;
  }

  private static List<List<Integer>> windows(Windows windows, int locality, int wires) {
    return circuit(new AdaptiveHead(locality, windows, 1), wires).observables().stream()
        .map(Observable::wires)
        .toList();
  }

  @Test
  void windows() {
    assertEquals(List.of(List.of(0, 1, 2), List.of(1, 2, 3)), windows(Windows.SLIDING, 3, 4));
    assertEquals(
        List.of(List.of(0, 1, 2), List.of(1, 2, 3), List.of(2, 3, 0), List.of(3, 0, 1)),
        windows(Windows.WRAP, 3, 4));
    assertEquals(List.of(List.of(0, 1), List.of(0, 2), List.of(1, 2)), windows(Windows.ALL, 2, 3));
  }

  @Test
  void parameterCountsOfTheReference() {
    // 4^k per observable; (n - k + 1) 4^k sliding, n(n-1)/2 16 for pairs.
    assertEquals(14 * 64, circuit(new AdaptiveHead(3, Windows.SLIDING, 1), 16).hermitianEntries());
    assertEquals(120 * 16, circuit(new AdaptiveHead(2, Windows.ALL, 1), 16).hermitianEntries());
    assertEquals(560, new AdaptiveHead(3, Windows.ALL, 1).outputs(16));
    assertEquals(16 * 256, circuit(new AdaptiveHead(4, Windows.SLIDING, 16), 4).hermitianEntries());
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertEquals(
        "observable \"adaptive\": locality 3 needs as many wires (qubits), found 2",
        assertThrows(IllegalArgumentException.class, () -> new AdaptiveHead().outputs(2))
            .getMessage());
    refused("adaptive: locality must be 1 to 10, found 0", "locality", 0);
    refused("adaptive: locality must be 1 to 10, found 11", "locality", 11);
    refused("adaptive: copies must be at least 1, found 0", "copies", 0);
  }

  private static void refused(String message, String option, int value) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.with(new AdaptiveHead(), "adaptive", Map.of(option, value)))
            .getMessage());
  }
}
