package org.ketloom.encoding.angle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
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
}
