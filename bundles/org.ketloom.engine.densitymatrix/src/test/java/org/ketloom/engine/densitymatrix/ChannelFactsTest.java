package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** What is known of channels on paper. */
class ChannelFactsTest {
  private final DensityMatrixEngine engine = new DensityMatrixEngine();

  @AfterEach
  void close() {
    engine.close();
  }

  /** The map of the Bloch vector: {@code (x, y, z) <- (d_x x, d_y y, d_z z + c)}. */
  @ParameterizedTest
  @CsvSource({
    "DEPOLARIZING, .3, .7, .7, .7, 0",
    // p = .1 of some error: l = 4 p / 3
    "DEPOLARIZING, .13333333333333333, .86666666666666667, .86666666666666667,"
        + " .86666666666666667, 0",
    "BIT_FLIP, .2, 1, .6, .6, 0",
    "PHASE_FLIP, .2, .6, .6, 1, 0",
    "BIT_PHASE_FLIP, .2, .6, 1, .6, 0",
    "PAULI, .1 .2 .3, 0, .2, .4, 0",
    "AMPLITUDE_DAMPING, .36, .8, .8, .64, .36",
    "GENERALIZED_AMPLITUDE_DAMPING, .36 .25, .8, .8, .64, .18",
    "PHASE_DAMPING, .36, .8, .8, 1, 0",
    // The same as a phase flip with p = (1 - sqrt(1 - g)) / 2.
    "PHASE_FLIP, .0527864045000421, .8944271909999159, .8944271909999159, 1, 0",
    "PHASE_DAMPING, .2, .8944271909999159, .8944271909999159, 1, 0",
    // exp(-1/30), exp(-1/50), (1 - exp(-1/50)) .8
    "THERMAL_RELAXATION, 50 30 1 .1, .9672161004820059, .9672161004820059, .9801986733067553,"
        + " .015841061354595807",
    // T1 < T2
    "THERMAL_RELAXATION, 30 50 1 .1, .9801986733067553, .9801986733067553, .9672161004820059,"
        + " .02622711961439527",
    "RESET_ERROR, .1 .3, .6, .6, .6, -.2",
    "RESET, , 0, 0, 0, 1",
    "MEASURE, , 0, 0, 1, 0"
  })
  void mapsTheBlochVector(
      Channel.Kind kind, String strengths, double dx, double dy, double dz, double c) {
    CircuitBuilder builder = Circuit.builder(1);
    Angles matrix = builder.features(4);
    builder.prepareDensityMatrix(matrix);
    String[] parts = strengths == null ? new String[0] : strengths.split(" ");
    Angle[] given = new Angle[parts.length];
    for (int i = 0; i < parts.length; i++) {
      given[i] = Angle.constant(Double.parseDouble(parts[i]));
    }
    builder.channel(kind, new int[] {0}, given);
    for (String string : new String[] {"X0", "Y0", "Z0"}) {
      builder.expect(PauliTerm.parse(string));
    }
    double x = 0.3;
    double y = -0.4;
    double z = 0.5;
    // The Hermitian layout: diagonal, real and imaginary part of the upper triangle.
    double[] rho = {(1 + z) / 2, (1 - z) / 2, x / 2, -y / 2};
    double[] found = engine.compile(builder.build()).values(Inputs.of(1, rho, new double[0]));
    assertArrayEquals(new double[] {dx * x, dy * y, dz * z + c}, found, 1e-15);
  }

  @Test
  void depolarizingEachWireIsNotDepolarizingBoth() {
    double h = Math.sqrt(0.5);
    double[] bell = {h, 0, 0, h, 0, 0, 0, 0};
    Angle strength = Angle.constant(0.2);
    CircuitBuilder local = Circuit.builder(2).h(0).cnot(0, 1);
    local.depolarizing(strength, 0).depolarizing(strength, 1).fidelity(bell, 0, 1);
    assertEquals(0.73, only(local.build()), 1e-15);
    CircuitBuilder global = Circuit.builder(2).h(0).cnot(0, 1);
    global.depolarizing(strength, 0, 1).fidelity(bell, 0, 1);
    assertEquals(0.85, only(global.build()), 1e-15);
  }

  private double only(Circuit circuit) {
    double[] values = engine.compile(circuit).values(Inputs.of(1, new double[0], new double[0]));
    assertEquals(1, values.length);
    return values[0];
  }

  @Test
  void readoutErrorsAreAffineAndMultiply() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.ry(0, Angle.constant(0.7)).ry(1, Angle.constant(1.9)).cnot(0, 1);
    builder.expect(PauliTerm.parse("Z0")).expect(PauliTerm.parse("Z1"));
    builder.expect(PauliTerm.parse("Z0 Z1")).expect(PauliTerm.parse("X0"));
    Program exact = engine.compile(builder.build());
    Circuit misread =
        builder
            .readoutError(0, new ReadoutError(0.03, 0.08))
            .readoutError(1, new ReadoutError(0.1, 0.02))
            .build();
    Inputs none = Inputs.of(1, new double[0], new double[0]);
    double[] e = exact.values(none);
    double[] m = engine.compile(misread).values(none);
    assertEquals(0.89 * e[0] + 0.05, m[0], 1e-15);
    assertEquals(0.88 * e[1] - 0.08, m[1], 1e-15);
    double product = 0.89 * 0.88 * e[2] - 0.89 * 0.08 * e[0] + 0.05 * 0.88 * e[1] - 0.05 * 0.08;
    assertEquals(product, m[2], 1e-15);
    assertEquals(0.89 * e[3] + 0.05, m[3], 1e-15);
  }

  /** Pauli channels and depolarizing are linear in their strength: df/dp = f(1) - f(0). */
  @ParameterizedTest
  @CsvSource({"BIT_FLIP", "PHASE_FLIP", "BIT_PHASE_FLIP", "DEPOLARIZING"})
  void linearStrengthsHaveConstantDerivatives(Channel.Kind kind) {
    CircuitBuilder builder = Circuit.builder(2);
    Angle strength = builder.weights(1).at(0);
    builder.ry(0, Angle.constant(0.7)).rx(1, Angle.constant(1.1)).cnot(0, 1);
    builder.channel(kind, new int[] {0}, strength).rxx(0, 1, Angle.constant(0.4));
    builder.expect(PauliTerm.parse("Y0 X1")).expect(PauliTerm.parse("X0"));
    builder.expect(PauliTerm.parse("Z0 Z1"));
    Program program = engine.compile(builder.build());
    double[] zero = program.values(Inputs.of(1, new double[0], new double[] {0}));
    double[] one = program.values(Inputs.of(1, new double[0], new double[] {1}));
    for (int k = 0; k < 3; k++) {
      double[] cotangents = new double[3];
      cotangents[k] = 1;
      double found =
          program
              .evaluate(Inputs.of(1, new double[0], new double[] {0.37}))
              .vjp(cotangents)
              .weights()[0];
      assertEquals(one[k] - zero[k], found, 1e-14);
    }
  }

  @Test
  void statesStayStates() {
    for (int seed = 0; seed < 20; seed++) {
      RandomCircuits.Sample sample =
          RandomCircuits.of(
              3, 40, 1, RandomCircuits.StartKind.values()[seed % 5], new Random(seed));
      CircuitBuilder builder =
          sample.circuit().map(CircuitBuilder::append).toBuilder().densityMatrix(0, 1, 2);
      double[] values = engine.compile(builder.build()).values(sample.inputs());
      double[] re = new double[64];
      double[] im = new double[64];
      HermitianEntries.matrix(8, values, values.length - 64, re, im);
      double trace = 0;
      for (int i = 0; i < 8; i++) {
        trace += re[9 * i];
      }
      assertEquals(1, trace, 1e-12);
      assertTrue(smallestPivot(re, im) >= -1e-12, "seed " + seed);
    }
  }

  /**
   * Of {@code rho + 1e-12}, by Cholesky's decomposition: negative if rho has such an eigenvalue.
   */
  private static double smallestPivot(double[] re, double[] im) {
    double smallest = Double.MAX_VALUE;
    for (int k = 0; k < 8; k++) {
      re[9 * k] += 1e-12;
    }
    for (int k = 0; k < 8; k++) {
      double pivot = re[9 * k];
      smallest = Math.min(smallest, pivot);
      for (int i = k + 1; i < 8; i++) {
        for (int j = k + 1; j < 8; j++) {
          double a = re[8 * i + k];
          double b = im[8 * i + k];
          double c = re[8 * j + k];
          double d = im[8 * j + k];
          re[8 * i + j] -= (a * c + b * d) / pivot;
          im[8 * i + j] -= (b * c - a * d) / pivot;
        }
      }
    }
    return smallest;
  }

  @Test
  void aMeasuredAncillaIsTracedOut() {
    // Teleportation of a phase: resetting the ancilla leaves the data wire's reduced state.
    CircuitBuilder builder = Circuit.builder(2);
    builder.ry(0, Angle.constant(0.9)).cnot(0, 1).reset(1);
    builder.densityMatrix(0).purity(0, 1).probabilities(1);
    double[] values =
        engine.compile(builder.build()).values(Inputs.of(1, new double[0], new double[0]));
    double p = Math.pow(Math.cos(0.45), 2);
    double[] expected = {p, 1 - p, 0, 0, p * p + (1 - p) * (1 - p), 1, 0};
    assertArrayEquals(expected, values, 1e-15);
  }

  @Test
  void postSelectionDividesByItsProbability() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.ry(0, Angle.constant(0.9)).cnot(0, 1).ry(1, Angle.constant(0.4)).postSelect(1, 1);
    builder.successProbability().probabilities(0);
    double[] values =
        engine.compile(builder.build()).values(Inputs.of(1, new double[0], new double[0]));
    double zero = Math.pow(Math.cos(0.45) * Math.sin(0.2), 2);
    double one = Math.pow(Math.sin(0.45) * Math.cos(0.2), 2);
    double p = zero + one;
    assertArrayEquals(new double[] {p, zero / p, one / p}, values, 1e-15);
  }
}
