package org.ketloom.encoding.angle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Options;
import org.ketloom.encoding.angle.AngleEncoding.Axis;

class AngleEncodingTest {

  private static String gates(AngleEncoding encoding) {
    CircuitBuilder builder = Circuit.builder(3);
    encoding.append(builder, builder.features(2));
    return builder.build().operations().toString();
  }

  @Test
  void rotatesOneWirePerFeature() {
    assertEquals("[RY[x[0]] on wire 0, RY[x[1]] on wire 1]", gates(new AngleEncoding()));
    assertEquals(
        "[RX[0.5*x[0]] on wire 0, RX[0.5*x[1]] on wire 1]", gates(new AngleEncoding(Axis.X, 0.5)));
    assertEquals(
        "[H on wire 0, RZ[x[0]] on wire 0, H on wire 1, RZ[x[1]] on wire 1]",
        gates(new AngleEncoding(Axis.Z, 1)));
    assertEquals(3, new AngleEncoding().capacity(3));
  }

  @Test
  void aScaleBeyondWhichAnglesLoseTheirDigitsIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Options.with(new AngleEncoding(), "encoding", Map.of("scale", 1e300)));
    assertEquals("encoding: scale must be -1000000 to 1000000, found 1.0E300", e.getMessage());
  }
}
