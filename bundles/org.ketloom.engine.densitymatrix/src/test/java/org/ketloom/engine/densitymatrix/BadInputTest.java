package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

class BadInputTest {
  private static final double[] NONE = {};

  private final DensityMatrixEngine engine = new DensityMatrixEngine(2, new PlainKernels());

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void strengthsOutOfRangeNameTheSample() {
    CircuitBuilder builder = Circuit.builder(1);
    Angles x = builder.features(1);
    builder.channel(Channel.Kind.BIT_FLIP, new int[] {0}, x.at(0)).probabilities(0);
    Program program = engine.compile(builder.build());
    refused(
        "sample 9: the strength of BITFLIP[x[0]] on wire 0 is 1.5, expected 0 to 1",
        () -> program.values(Inputs.of(10, new double[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 1.5}, NONE)));
  }

  @Test
  void trainedStrengthsOutOfRangeAreNamed() {
    CircuitBuilder builder = Circuit.builder(2);
    Angle w = builder.weights(1).at(0);
    builder.depolarizing(w, 0, 1).probabilities(0);
    Program program = engine.compile(builder.build());
    refused(
        "the strength of DEPOLARIZING[w[0]] on wires [0, 1] is -0.1, expected 0 to"
            + " 1.0666666666666667",
        () -> program.values(Inputs.of(1, NONE, new double[] {-0.1})));
  }

  @Test
  void impossiblePostSelectionsNameTheSample() {
    CircuitBuilder builder = Circuit.builder(1);
    Angles x = builder.features(1);
    builder.ry(0, x.at(0)).postSelect(0, 1).probabilities(0);
    Program program = engine.compile(builder.build());
    refused(
        "sample 1: the post-selections succeed with probability 0, so there is nothing left to"
            + " read",
        () -> program.values(Inputs.of(2, new double[] {1, 0}, NONE)));
  }

  @Test
  void amplitudesOfAMixedStateAreRefused() {
    refused(
        "output 2 reads amplitudes, which a mixed state doesn't have; read the density matrix of"
            + " the wires, or use an engine of pure states, such as statevector",
        () -> engine.compile(Circuit.builder(1).probabilities(0).amplitudes().build()));
  }

  @Test
  void matricesThatAreNoStatesAreRefused() {
    CircuitBuilder builder = Circuit.builder(1);
    builder.prepareDensityMatrix(builder.features(4)).probabilities(0);
    Program program = engine.compile(builder.build());
    program.values(Inputs.of(1, new double[] {0.5, 0.5, 0.5, 0}, NONE));
    program.values(Inputs.of(1, new double[] {0, 3, 0, 0}, NONE));
    refused(
        "sample 1: the density matrix has the trace -1.0, expected above 0",
        () -> program.values(Inputs.of(2, new double[] {1, 0, 0, 0, -1, 0, 0, 0}, NONE)));
    String rest =
        " of its Cholesky decomposition); give a Hermitian matrix without negative eigenvalues";
    refused(
        "sample 0: the density matrix isn't positive semidefinite (row 1" + rest,
        () -> program.values(Inputs.of(1, new double[] {0.5, 0.5, 0.4, 0.4}, NONE)));
    refused(
        "sample 0: the density matrix isn't positive semidefinite (row 0" + rest,
        () -> program.values(Inputs.of(1, new double[] {0, 1, 0.1, 0}, NONE)));
    refused(
        "feature 2 of sample 0 is NaN, expected a finite number",
        () -> program.values(Inputs.of(1, new double[] {1, 0, Double.NaN, 0}, NONE)));
  }

  @Test
  void largeStatesAreRefusedBeforeTheyAreMade() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> DensityMatrixEngine.requireMemory(12, 1 << 30))
            .getMessage();
    assertTrue(
        message.startsWith(
            "density matrices of 12 wires need about 2.0 GiB for the smallest batch; the heap has"
                + " 1.0 GiB"),
        message);
    Program program = engine.compile(Circuit.builder(2).measure(0).probabilities(0).build());
    message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ((DensityMatrixProgram) program).checkMemory(1 << 20, 1 << 20))
            .getMessage();
    assertTrue(message.startsWith("a batch of 1048576 samples of this circuit needs"), message);
  }

  @Test
  void cotangentsHaveToFit() {
    Program program = engine.compile(Circuit.builder(1).h(0).probabilities(0).build());
    refused(
        "the array cotangents has 1 values, expected 2",
        () -> program.evaluate(Inputs.of(1, NONE, NONE)).vjp(new double[1]));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
