package org.ketloom.encoding.amplitude;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Options;

class AmplitudeEncodingTest {

  private static AmplitudePreparation preparation(AmplitudeEncoding encoding, int features) {
    CircuitBuilder builder = Circuit.builder(2);
    encoding.append(builder, builder.features(features));
    return builder.build().preparation().orElseThrow();
  }

  @Test
  void preparesTheStateFromTheFeatures() {
    assertEquals(
        new AmplitudePreparation(List.of(0, 1), 0, 3, false, 0.1),
        preparation(new AmplitudeEncoding(false, 0.1), 3));
    assertEquals(
        new AmplitudePreparation(List.of(0, 1), 0, 4, true, 0),
        preparation(new AmplitudeEncoding(true, 0), 8));
    assertThrows(IllegalArgumentException.class, () -> preparation(new AmplitudeEncoding(), 5));
  }

  @Test
  void capacityGrowsWithTheStates() {
    assertEquals(16, new AmplitudeEncoding().capacity(4));
    assertEquals(32, new AmplitudeEncoding(true, 0).capacity(4));
    assertEquals(1 << 30, new AmplitudeEncoding().capacity(40));
    assertEquals(1 << 30, new AmplitudeEncoding(true, 0).capacity(40));
  }

  @Test
  void aPaddingThatOverflowsIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Options.with(new AmplitudeEncoding(), "encoding", Map.of("padding", 1e300)));
    assertEquals("encoding: padding must be -1000000 to 1000000, found 1.0E300", e.getMessage());
  }
}
