package org.ketloom.encoding.phase;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class PhaseEncodingTest {

  @Test
  void phasesFollowHadamards() {
    CircuitBuilder builder = Circuit.builder(2);
    new PhaseEncoding(2).append(builder, builder.features(2));
    assertEquals(
        "[H on wire 0, PHASE[2.0*x[0]] on wire 0, H on wire 1, PHASE[2.0*x[1]] on wire 1]",
        builder.build().operations().toString());
    assertEquals(2, new PhaseEncoding().capacity(2));
  }
}
