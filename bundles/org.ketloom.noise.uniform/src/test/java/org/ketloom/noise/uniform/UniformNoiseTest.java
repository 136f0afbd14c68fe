package org.ketloom.noise.uniform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.part.Options;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.tck.Conformance;

class UniformNoiseTest {

  private static UniformNoise noise(Map<String, ?> options) {
    return Options.with(new UniformNoise(), "noise \"uniform\"", options);
  }

  private static double[] values(Circuit circuit) {
    return new DensityMatrixEngine()
        .compile(circuit)
        .values(Inputs.of(1, new double[0], new double[0]));
  }

  @Test
  void everyGateIsFollowedByItsChannels() {
    Circuit circuit = Circuit.builder(2).x(1).cnot(1, 0).build();
    assertEquals(
        "[X on wire 1, DEPOLARIZING[0.1] on wire 1, PHASEDAMPING[0.2] on wire 1,"
            + " CNOT on wire 0 controlled by [1], DEPOLARIZING[0.3] on wires [1, 0],"
            + " PHASEDAMPING[0.6] on wire 1, PHASEDAMPING[0.6] on wire 0]",
        noise(Map.of("depolarizing", 0.1, "phaseDamping", 0.2, "severalWires", 3))
            .apply(circuit)
            .instructions()
            .toString()
            .replace("0.30000000000000004", "0.3")
            .replace("0.6000000000000001", "0.6"));
  }

  /** n gates on a wire leave {@code (1 - l)^n} of its Bloch vector. */
  @Test
  void depolarizingShrinksExpectationValues() {
    Circuit circuit = Circuit.builder(1).x(0).x(0).x(0).expect(PauliTerm.of(Pauli.Z, 0)).build();
    Circuit noisy = noise(Map.of("depolarizing", 0.02)).apply(circuit);
    double[] values = values(noisy);
    assertArrayEquals(new double[] {-Math.pow(0.98, 3)}, values, 1e-14);
  }

  @Test
  void strengthsStayBelowOne() {
    assertEquals(
        "noise \"uniform\": severalWires is 20.0, which makes 2.0 of a strength of 0.1; at most 1"
            + " is possible",
        assertThrows(
                IllegalArgumentException.class,
                () -> noise(Map.of("depolarizing", 0.1, "severalWires", 20)))
            .getMessage());
  }

  @Test
  void conforms() {
    new Conformance(new DensityMatrixEngine()).require(new UniformNoise());
  }
}
