package org.ketloom.encoding.basis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class BasisEncodingTest {

  @Test
  void aBitTurnsItsWireByPi() {
    CircuitBuilder builder = Circuit.builder(2);
    new BasisEncoding().append(builder, builder.features(2));
    Circuit circuit = builder.build();
    assertEquals(java.util.Map.of("RY", 2), circuit.gateCounts());
    assertEquals(
        new Angle(Angle.Source.FEATURE, 1, Math.PI, 0),
        circuit.operations().get(1).angles().get(0));
    assertEquals(2, new BasisEncoding().capacity(2));
  }
}
