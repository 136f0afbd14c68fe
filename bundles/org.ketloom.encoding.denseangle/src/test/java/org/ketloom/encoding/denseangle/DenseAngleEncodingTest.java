package org.ketloom.encoding.denseangle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Options;

class DenseAngleEncodingTest {

  @Test
  void twoFeaturesPerWireAndAnOddOneAlone() {
    CircuitBuilder builder = Circuit.builder(2);
    new DenseAngleEncoding().append(builder, builder.features(3));
    assertEquals(
        "[RY[x[0]] on wire 0, RZ[x[1]] on wire 0, RY[x[2]] on wire 1]",
        builder.build().operations().toString());
    assertEquals(4, new DenseAngleEncoding().capacity(2));
  }

  @Test
  void scaleActsOnThePolarAngle() {
    CircuitBuilder builder = Circuit.builder(1);
    new DenseAngleEncoding(2).append(builder, builder.features(2));
    assertEquals(
        "[RY[2.0*x[0]] on wire 0, RZ[x[1]] on wire 0]", builder.build().operations().toString());
  }

  @Test
  void aScaleBeyondWhichAnglesLoseTheirDigitsIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Options.with(new DenseAngleEncoding(), "encoding", Map.of("scale", 1e300)));
    assertEquals("encoding: scale must be -1000000 to 1000000, found 1.0E300", e.getMessage());
  }
}
