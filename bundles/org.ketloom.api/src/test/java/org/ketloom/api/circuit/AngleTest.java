package org.ketloom.api.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle.Factor;
import org.ketloom.api.circuit.Angle.Source;

class AngleTest {
  private static final Angle X = new Angle(Source.FEATURE, 2, 1, 0);
  private static final Angle W = new Angle(Source.WEIGHT, 5, 1, 0);

  @Test
  void aProductKeepsScalesAndOffsets() {
    Angle scaled = X.times(3).times(W.times(0.5).plus(1)).plus(0.25);
    assertEquals(
        new Angle(Source.FEATURE, 2, 1.5, 0.25, Optional.of(new Factor(Source.WEIGHT, 5, 2))),
        scaled);
    assertEquals("1.5*x[2]*(w[5]+2.0)+0.25", scaled.toString());
    assertEquals("-x[2]*w[5]", X.times(W).times(-1).toString());
    assertEquals(0.5, scaled.times(2).offset());
    assertEquals(3, scaled.times(2).scale());
    assertEquals(scaled.factor(), scaled.times(2).plus(1).factor());
  }

  @Test
  void theAngleWithTheOffsetBecomesTheFactor() {
    assertEquals(
        new Angle(Source.WEIGHT, 5, 1, 0, Optional.of(new Factor(Source.FEATURE, 2, 1))),
        X.plus(1).times(W));
  }

  @Test
  void aConstantIsAScale() {
    assertEquals(X.times(2), X.times(Angle.constant(2)));
    assertEquals(X.plus(1).times(2), Angle.constant(2).times(X.plus(1)));
    assertEquals(X.times(0.5), X.times(W.times(0).plus(0.5)));
    assertEquals("0.0*x[2]*w[5]", X.times(0).times(W).toString());
  }

  @Test
  void whatNoProductCanSayIsRefused() {
    for (List<Angle> pair :
        List.of(List.of(X.plus(1), W.plus(1)), List.of(X.times(W), W), List.of(W, X.times(W)))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> pair.get(0).times(pair.get(1)));
      assertEquals(
          "an angle is a product of at most two numbers, of which one may have an offset; found ("
              + pair.get(0)
              + ") * ("
              + pair.get(1)
              + "); write the rest as further gates",
          e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new Factor(Source.CONSTANT, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Factor(Source.WEIGHT, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Factor(Source.WEIGHT, 0, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Angle(Source.CONSTANT, 0, 0, 1, Optional.of(new Factor(Source.WEIGHT, 0, 0))));
  }

  @Test
  void circuitsCheckFactorsAndTellThemApart() {
    assertNotEquals(circuit(X0.times(W0)).fingerprint(), circuit(X0).fingerprint());
    assertNotEquals(
        circuit(X0.times(W0)).fingerprint(), circuit(X0.times(W0.plus(1))).fingerprint());
    assertEquals(circuit(X0.times(W0)), circuit(X0.times(W0)).toBuilder().build());
    assertEquals(
        "gate 0 (RX on [0]): weight 5 was not declared; the circuit declares 1",
        assertThrows(IllegalArgumentException.class, () -> circuit(X0.times(W))).getMessage());
  }

  @Test
  void aStrengthIsNoProduct() {
    CircuitBuilder builder = Circuit.builder(1);
    Angle product = builder.features(1).at(0).times(builder.weights(1).at(0));
    assertEquals(
        "gate 0 (DEPOLARIZING on [0]): a strength reads one number, found the product x[0]*w[0]",
        assertThrows(IllegalArgumentException.class, () -> builder.depolarizing(product, 0))
            .getMessage());
  }

  private static final Angle X0 = new Angle(Source.FEATURE, 0, 1, 0);
  private static final Angle W0 = new Angle(Source.WEIGHT, 0, 1, 0);

  private static Circuit circuit(Angle angle) {
    CircuitBuilder builder = Circuit.builder(1);
    builder.features(1);
    builder.weights(1);
    return builder.rx(0, angle).expect(PauliTerm.of(Pauli.Z, 0)).build();
  }
}
