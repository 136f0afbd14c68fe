package org.ketloom.encoding.phase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Options;

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

  @Test
  void aScaleBeyondWhichAnglesLoseTheirDigitsIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Options.with(new PhaseEncoding(), "encoding", Map.of("scale", 1e300)));
    assertEquals("encoding: scale must be -1000000 to 1000000, found 1.0E300", e.getMessage());
  }
}
