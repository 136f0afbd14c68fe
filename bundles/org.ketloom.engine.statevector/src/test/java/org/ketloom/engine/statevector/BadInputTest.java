package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** Every error is one line that names the culprit. */
class BadInputTest {
  private final StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.best(), 13, 16);

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void tooManyWiresAreRefusedWithAnEstimate() {
    assertMessage(() -> engine.compile(Circuit.builder(40).build()), "40 wires", "32.0 TiB");
    assertMessage(() -> engine.compile(Circuit.builder(3000).build()), "3000 wires");
    assertMessage(
        () -> StateVectorEngine.checkMemory(Layout.ofAmplitudes(20), 8, 1 << 20),
        "20 wires",
        "32.0 MiB",
        "1.0 MiB");
    StateVectorEngine.checkMemory(Layout.ofAmplitudes(20), 8, 1L << 30);
  }

  @Test
  void negativeThreads() {
    assertMessage(() -> new StateVectorEngine(-1, Arithmetic.best(), 13, 16), "threads", "-1");
  }

  @Test
  void wrongLengthsNameTheArray() {
    Program program = program();
    double[] f = new double[4];
    double[] w = new double[1];
    double[] s = new double[2];
    double[] h = new double[4];
    assertEquals(4, program.values(new Inputs(2, f, w, s, h)).length);
    assertMessage(() -> program.values(new Inputs(2, w, w, s, h)), "features", "2 samples x 2");
    assertMessage(() -> program.values(new Inputs(2, f, f, s, h)), "weights", "4");
    assertMessage(() -> program.values(new Inputs(2, f, w, f, h)), "sampleAngles");
    assertMessage(() -> program.values(new Inputs(2, f, w, s, s)), "hermitianEntries");
    assertMessage(() -> program.values(new Inputs(0, f, w, s, h)), "at least 1 sample");
    assertMessage(
        () -> program.evaluate(new Inputs(2, f, w, s, h)).vjp(new double[3]), "cotangents", "3");
  }

  @Test
  void numbersThatAreNotFiniteNameSampleAndIndex() {
    Program program = program();
    assertMessage(
        () ->
            program.evaluate(
                new Inputs(
                    2,
                    new double[] {0, 0, 0, Double.NaN},
                    new double[1],
                    new double[2],
                    new double[4])),
        "feature 1 of sample 1",
        "NaN");
    assertMessage(
        () ->
            program.values(
                new Inputs(
                    2,
                    new double[4],
                    new double[] {Double.NEGATIVE_INFINITY},
                    new double[2],
                    new double[4])),
        "weight 0",
        "-Infinity");
    assertMessage(
        () ->
            program.values(
                new Inputs(
                    2,
                    new double[4],
                    new double[1],
                    new double[] {0, Double.POSITIVE_INFINITY},
                    new double[4])),
        "per-sample angle 0 of sample 1");
    assertMessage(
        () ->
            program.values(
                new Inputs(
                    2,
                    new double[4],
                    new double[1],
                    new double[2],
                    new double[] {0, 0, Double.NaN, 0})),
        "Hermitian entry 2");
    assertMessage(
        () ->
            program
                .evaluate(new Inputs(2, new double[4], new double[1], new double[2], new double[4]))
                .vjp(new double[] {0, 0, Double.NaN, 0}),
        "cotangent 0 of sample 1");
  }

  @Test
  void zeroVectorNamesTheSample() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.prepareAmplitudes(builder.features(3), false, 0);
    builder.expect(PauliTerm.of(Pauli.Z, 0));
    Program program = engine.compile(builder.build());
    double[] features = {1, 2, 3, 0, 0, 0, 1e-300, 0, 0};
    assertMessage(() -> program.values(Inputs.of(3, features, new double[0])), "sample 1", "zero");
    features[4] = 1e200;
    features[6] = 1e-300;
    double[] values = program.values(Inputs.of(3, features, new double[0]));
    assertEquals(1, values[1], 1e-15);
    assertEquals(1, values[2], 1e-15);
  }

  private Program program() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.rx(0, builder.features(2).at(0)).ry(0, builder.weights(1).at(0));
    builder.rz(1, builder.sampleAngles(1).at(0));
    builder.expect(PauliTerm.of(Pauli.Z, 0)).expectHermitian(0);
    return engine.compile(builder.build());
  }

  private static void assertMessage(Executable call, String... parts) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), "\"" + part + "\" is missing in: " + message);
    }
  }

  @Test
  void refusesWhatIsNotPure() {
    StateVectorEngine engine = new StateVectorEngine();
    assertMessage(
        () -> engine.compile(Circuit.builder(1).h(0).measure(0).build()),
        "engine \"statevector\" takes circuits of pure states and unitary gates, found"
            + " instruction 1, MEASURE on wire 0; use an engine for mixed states, such as"
            + " density-matrix");
    assertMessage(
        () -> engine.compile(Circuit.builder(1).h(0).purity(0).build()),
        "observable 0, purity of wires [0]");
    engine.close();
  }
}
