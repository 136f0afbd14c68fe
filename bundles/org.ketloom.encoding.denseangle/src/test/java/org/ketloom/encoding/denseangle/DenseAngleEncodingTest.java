package org.ketloom.encoding.denseangle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

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
}
