package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;

/**
 * Angles that are products, where the result is known in closed form; {@link RandomCircuits} has
 * them among all gates.
 */
class ProductsTest {
  private static final StateVectorEngine ENGINE =
      new StateVectorEngine(2, Arithmetic.best(), 13, 16);
  private static final double[] X = {0.3, -1.1, 0.7};
  private static final double W = 0.4;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** {@code <Z> = cos(x (1 + w) + b)}: a feature with trainable scale and offset. */
  private static Circuit upload() {
    CircuitBuilder builder = Circuit.builder(1);
    Angles x = builder.features(1);
    Angles w = builder.weights(2);
    builder.ry(0, x.at(0).times(w.at(0).plus(1))).ry(0, w.at(1));
    return builder.expect(PauliTerm.of(Pauli.Z, 0)).build();
  }

  private static Inputs inputs() {
    return Inputs.of(3, X, new double[] {W, 0.2});
  }

  private static double angle(int sample) {
    return X[sample] * (1 + W) + 0.2;
  }

  @Test
  void valuesAndGradientsOfAnUpload() {
    double[] cotangents = {1, -2, 0.5};
    for (Precision precision : Precision.values()) {
      double tolerance = precision == Precision.DOUBLE ? 1e-14 : 1e-6;
      Program program = ENGINE.compile(upload(), precision);
      assertEquals(upload(), program.circuit());
      double[] found = program.values(inputs());
      Gradients gradients = program.evaluate(inputs()).vjp(cotangents);
      double byScale = 0;
      double byOffset = 0;
      for (int b = 0; b < 3; b++) {
        double slope = -cotangents[b] * Math.sin(angle(b));
        assertEquals(Math.cos(angle(b)), found[b], tolerance);
        assertEquals(slope * (1 + W), gradients.features()[b], tolerance);
        byScale += slope * X[b];
        byOffset += slope;
      }
      assertArrayEquals(new double[] {byScale, byOffset}, gradients.weights(), tolerance);
      assertEquals(0, gradients.sampleAngles().length);
    }
  }

  /** {@code d2/dx dw cos(x (1 + w) + b) = -sin(..) - x (1 + w) cos(..)}, in any precision. */
  @Test
  void theHessianHasTheCurvatureOfTheProduct() {
    double[] one = {1, 1, 1};
    Direction byScale = Direction.ofWeights(1, 0);
    for (Precision precision : Precision.values()) {
      Gradients found =
          ENGINE.compile(upload(), precision).secondOrder().hvp(inputs(), one, byScale);
      for (int b = 0; b < 3; b++) {
        assertEquals(
            -Math.sin(angle(b)) - X[b] * (1 + W) * Math.cos(angle(b)), found.features()[b], 1e-13);
      }
    }
  }

  @Test
  void shotsWithoutEndAreExactAndFewAreUnbiasedCopiesOfTheirSeed() {
    Program exact = ENGINE.compile(upload());
    Program measured = exact.withShots(Shots.EXACT);
    double[] cotangents = {1, -2, 0.5};
    assertEquals(upload(), measured.circuit());
    RandomCircuitTest.assertGradients(
        exact.evaluate(inputs()).vjp(cotangents),
        measured.evaluate(inputs()).vjp(cotangents),
        "shots");
    Program few = exact.withShots(new Shots(7, 3));
    assertArrayEquals(few.values(inputs()), few.values(inputs()));
  }

  /** A circuit without products isn't wrapped: it runs what it always ran. */
  @Test
  void otherCircuitsAreCompiledAsTheyAre() {
    CircuitBuilder builder = Circuit.builder(1);
    builder.rx(0, builder.features(1).at(0)).expect(PauliTerm.of(Pauli.Z, 0));
    assertSame(StateVectorProgram.class, ENGINE.compile(builder.build()).getClass());
  }

  @Test
  void thePlanTellsOfTheProducts() {
    String plan = String.join("\n", ENGINE.compile(upload()).plan().lines(3));
    assertTrue(
        plan.contains(
            "products of angles are computed first and passed on as per-sample angles: 1"),
        plan);
  }

  @Test
  void badInputIsToldInTheCircuitsOwnTerms() {
    Program program = ENGINE.compile(upload());
    assertEquals(
        "the array sampleAngles has 3 values, expected 3 samples x 0",
        message(new Inputs(3, X, new double[2], new double[3], new double[0]), program));
    assertEquals(
        "feature 0 of sample 1 is NaN, expected a finite number",
        message(Inputs.of(2, new double[] {1, Double.NaN}, new double[2]), program));
    assertEquals(
        "the product x[0]*(w[0]+1.0) of sample 1 is Infinity, expected a finite number",
        message(Inputs.of(2, new double[] {1, 1e200}, new double[] {1e200, 0}), program));
    Evaluation evaluation = program.evaluate(inputs());
    assertThrows(
        IllegalArgumentException.class,
        () -> evaluation.update(Inputs.of(1, new double[] {1e200}, new double[] {1e200, 0})));
    RandomCircuitTest.assertGradients(
        program.evaluate(inputs()).vjp(X), evaluation.vjp(X), "after inputs that were refused");
  }

  private static String message(Inputs inputs, Program program) {
    return assertThrows(IllegalArgumentException.class, () -> program.values(inputs)).getMessage();
  }
}
