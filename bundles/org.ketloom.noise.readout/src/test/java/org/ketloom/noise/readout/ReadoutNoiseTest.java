package org.ketloom.noise.readout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Inputs;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.tck.Conformance;

class ReadoutNoiseTest {
  private static final Circuit CIRCUIT =
      Circuit.builder(2).x(1).probabilities(0).probabilities(1).build();

  private static double[] values(Circuit circuit) {
    return new DensityMatrixEngine()
        .compile(circuit)
        .values(Inputs.of(1, new double[0], new double[0]));
  }

  @Test
  void outcomesAreConfused() {
    double[] values = values(new ReadoutNoise(0.1, 0.2, List.of()).apply(CIRCUIT));
    assertArrayEquals(new double[] {0.9, 0.1, 0.2, 0.8}, values, 1e-14);
  }

  @Test
  void onlyTheChosenWires() {
    assertEquals(
        Set.of(1), new ReadoutNoise(0.1, 0.2, List.of(1)).apply(CIRCUIT).readoutErrors().keySet());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ReadoutNoise(0.1, 0.2, List.of(2)).apply(CIRCUIT));
    assertEquals("readout error: there is no wire 2; the wires are 0 to 1", e.getMessage());
  }

  @Test
  void whatReadsNoWireIsRefused() {
    CircuitBuilder builder = Circuit.builder(1);
    builder.expectHermitian(0);
    assertEquals(
        "errors of the readout act on Pauli strings and probabilities, and the circuit reads"
            + " neither: choose a Pauli head or another noise model",
        assertThrows(
                IllegalArgumentException.class, () -> new ReadoutNoise().apply(builder.build()))
            .getMessage());
  }

  @Test
  void conforms() {
    new Conformance(new DensityMatrixEngine()).require(new ReadoutNoise());
  }
}
