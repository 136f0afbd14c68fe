package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;

/** Values and gradients that are estimated from measurements. */
class ShotsTest {
  private static final StateVectorEngine ENGINE =
      new StateVectorEngine(2, Arithmetic.plain(), 13, 16);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Every gate, every observable but amplitudes; weights that several gates read. */
  @ParameterizedTest
  @CsvSource({"1, 12, 3", "2, 30, 2", "3, 40, 3", "4, 45, 2", "5, 30, 1"})
  void withoutEndTheyAreTheExactOnes(int wires, int gates, int batch) {
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(100L * wires + seed);
      Circuit circuit = measurable(wires, gates, random);
      Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
      double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
      Program exact = ENGINE.compile(circuit);
      Evaluation expected = exact.evaluate(inputs);
      Program measured = exact.withShots(Shots.EXACT);
      assertArrayEquals(expected.outputs(), measured.values(inputs), 1e-9);
      Evaluation found = measured.evaluate(inputs);
      assertArrayEquals(expected.outputs(), found.outputs(), 1e-9);
      assertGradients(expected.vjp(cotangents), found.vjp(cotangents), 1e-9);
    }
  }

  /** The amplitudes' rule prepares v + |v| e, which is nothing at all for the first of these. */
  @Test
  void amplitudesThatAreBasisStates() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles features = builder.features(4);
    builder.prepareAmplitudes(features, false, 0).h(0).cnot(0, 1).expect(PauliTerm.of(Pauli.Y, 0));
    Circuit circuit = builder.expect(PauliTerm.of(Pauli.X, 1)).probabilities(0).build();
    Inputs inputs =
        new Inputs(
            2,
            new double[] {-1, 0, 0, 0, 0, 0, 2.5, 0},
            new double[0],
            new double[0],
            new double[0]);
    double[] cotangents = {1, -0.5, 0.3, 2, 0.7, 1, 0.2, -1};
    Program exact = ENGINE.compile(circuit);
    assertGradients(
        exact.evaluate(inputs).vjp(cotangents),
        exact.withShots(Shots.EXACT).evaluate(inputs).vjp(cotangents),
        1e-12);
  }

  /** Means over seeds against exact values, in units of the means' own standard errors. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void estimatesAreWithinTheirStatisticalError(int seed) {
    int wires = 3;
    Random random = new Random(seed);
    Circuit circuit = measurable(wires, 18, random);
    Inputs inputs = RandomCircuits.inputs(circuit, 2, random);
    double[] cotangents = RandomCircuits.gaussian(2 * circuit.outputs(), random);
    Program exact = ENGINE.compile(circuit);
    Evaluation evaluation = exact.evaluate(inputs);
    int repeats = 150;
    double[][] values = new double[repeats][];
    double[][] gradients = new double[repeats][];
    for (int r = 0; r < repeats; r++) {
      Evaluation found = exact.withShots(new Shots(40, seed).at(r)).evaluate(inputs);
      values[r] = found.outputs();
      gradients[r] = all(found.vjp(cotangents));
    }
    assertMeans(evaluation.outputs(), values);
    assertMeans(all(evaluation.vjp(cotangents)), gradients);
  }

  @Test
  void seedsDrawOtherOutcomes() {
    CircuitBuilder builder = Circuit.builder(1);
    builder.ry(0, builder.features(1).at(0).times(builder.weights(1).at(0)));
    Program exact = ENGINE.compile(builder.expect(PauliTerm.of(Pauli.Z, 0)).build());
    Inputs inputs = Inputs.of(1, new double[] {0.9}, new double[] {1});
    Program measured = exact.withShots(new Shots(1000, 3));
    double once = measured.withSeed(1).values(inputs)[0];
    assertEquals(once, measured.withSeed(1).values(inputs)[0]);
    assertEquals(once, exact.withShots(new Shots(1000, 3).at(1)).values(inputs)[0]);
    assertNotEquals(once, measured.withSeed(2).values(inputs)[0]);
    assertSame(exact, exact.withSeed(1), "nothing is drawn for exact values");
  }

  @Test
  void theVarianceIsThatOfMeasuredSpins() {
    CircuitBuilder builder = Circuit.builder(1);
    Circuit circuit = builder.ry(0, Angle.constant(0.9)).expect(PauliTerm.of(Pauli.Z, 0)).build();
    Program exact = ENGINE.compile(circuit);
    Inputs inputs = Inputs.of(1, new double[0], new double[0]);
    for (int count : new int[] {1, 50, 800}) {
      int repeats = 3000;
      double squares = 0;
      for (int r = 0; r < repeats; r++) {
        double error = exact.withShots(new Shots(count, r)).values(inputs)[0] - Math.cos(0.9);
        squares += error * error;
      }
      double expected = Math.sin(0.9) * Math.sin(0.9) / count;
      // The relative deviation of a variance of so many values is about sqrt(2 / 3000) = 2.6 %.
      assertEquals(expected, squares / repeats, 0.13 * expected, count + " shots");
    }
  }

  @Test
  void stringsThatAgreeOnEveryWireShareOutcomes() {
    CircuitBuilder builder = Circuit.builder(3);
    builder.h(0).cnot(0, 1).cnot(1, 2);
    for (int wire = 0; wire < 3; wire++) {
      builder.expect(PauliTerm.of(Pauli.Z, wire));
    }
    builder.expect(
        new PauliTerm(2, List.of(0, 2), List.of(Pauli.Z, Pauli.Z)),
        new PauliTerm(0.5, List.of(), List.of()));
    builder.expect(new PauliTerm(1, List.of(0, 1, 2), List.of(Pauli.X, Pauli.X, Pauli.X)));
    Circuit circuit = builder.probabilities(2, 0).build();
    double[] found =
        ENGINE
            .compile(circuit)
            .withShots(new Shots(101, 5))
            .values(Inputs.of(1, new double[0], new double[0]));
    assertTrue(found[0] != 0, "an odd number of shots");
    assertEquals(found[0], found[1], 1e-12);
    assertEquals(found[0], found[2], 1e-12);
    assertEquals(2.5, found[3], 1e-12, "equal in every shot");
    assertEquals(1, found[4], 1e-12, "the state is its eigenvector");
    assertArrayEquals(
        new double[] {(1 + found[0]) / 2, 0, 0, (1 - found[0]) / 2},
        Arrays.copyOfRange(found, 5, 9),
        1e-12);
  }

  /** An eigenvector gives its eigenvalue in every shot, in whatever basis it is. */
  @Test
  void hermitiansAreMeasuredInTheirEigenbasis() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.h(0).gate(Gate.S, new int[] {0}).cnot(0, 1).expectHermitian(0, 1);
    // 3 on (|00> + i |11>) / sqrt 2, -1 on (|00> - i |11>) / sqrt 2, 7 and 5 elsewhere.
    double[] entries = {1, 7, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, 0, 0};
    Inputs inputs = new Inputs(1, new double[0], new double[0], new double[0], entries);
    Program exact = ENGINE.compile(builder.build());
    assertEquals(3, exact.values(inputs)[0], 1e-12);
    assertEquals(3, exact.withShots(new Shots(3, 1)).values(inputs)[0], 1e-12);
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    Random random = new Random(4);
    Circuit circuit = measurable(4, 30, random);
    Inputs inputs = RandomCircuits.inputs(circuit, 9, random);
    double[] cotangents = RandomCircuits.gaussian(9 * circuit.outputs(), random);
    Shots shots = new Shots(64, 11);
    double[] values = null;
    double[] gradients = null;
    for (int threads = 1; threads <= 3; threads++) {
      StateVectorEngine engine = new StateVectorEngine(threads, Arithmetic.best(), 13, 16);
      Evaluation found = engine.compile(circuit).withShots(shots).evaluate(inputs);
      double[] first = found.outputs().clone();
      double[] firstGradients = all(found.vjp(cotangents));
      values = values == null ? first : values;
      gradients = gradients == null ? firstGradients : gradients;
      assertArrayEquals(values, first);
      assertArrayEquals(gradients, firstGradients);
      assertArrayEquals(gradients, all(found.vjp(cotangents)), "a second sweep");
      found.update(inputs);
      assertArrayEquals(values, found.outputs());
      engine.close();
    }
    double[] others = ENGINE.compile(circuit).withShots(new Shots(64, 12)).values(inputs);
    assertFalse(Arrays.equals(values, others), "another seed");
  }

  /** Samples of a batch have outcomes of their own, which don't depend on those beside them. */
  @Test
  void samplesAreIndependent() {
    CircuitBuilder builder = Circuit.builder(1);
    Angle angle = builder.features(1).at(0);
    Program program =
        ENGINE
            .compile(builder.ry(0, angle).expect(PauliTerm.of(Pauli.Z, 0)).build())
            .withShots(new Shots(1000, 3));
    double[] two = program.values(Inputs.of(2, new double[] {1.5, 1.5}, new double[0]));
    double[] one = program.values(Inputs.of(1, new double[] {1.5}, new double[0]));
    assertEquals(one[0], two[0]);
    assertTrue(two[0] != two[1]);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4", "8", "16"})
  void eigenbasesMakeTheMatrixAgain(int n) {
    Random random = new Random(n);
    double[] entries = RandomCircuits.gaussian(n * n, random);
    double[] projector = new double[n * n];
    projector[0] = 2;
    for (double[] h : List.of(entries, new double[n * n], projector)) {
      double[] padded = new double[3 + n * n];
      System.arraycopy(h, 0, padded, 3, n * n);
      Eigenbasis basis = Eigenbasis.of(padded, 3, n);
      double[] sum = new double[n * n];
      double[] ones = new double[n * n];
      for (int m = 0; m < n; m++) {
        for (int e = 0; e < n * n; e++) {
          sum[e] += basis.values()[m] * basis.projectors()[m * n * n + e];
          ones[e] += basis.projectors()[m * n * n + e];
        }
      }
      assertArrayEquals(h, sum, 1e-12);
      double[] identity = new double[n * n];
      Arrays.fill(identity, 0, n, 1);
      assertArrayEquals(identity, ones, 1e-12);
    }
  }

  @Test
  void whatCanNotBeMeasuredIsRefused() {
    CircuitBuilder amplitudes = Circuit.builder(2).expect(PauliTerm.of(Pauli.Z, 0));
    Circuit circuit = amplitudes.amplitudes().build();
    assertRefused(
        "observable 1 reads amplitudes, which no measurement gives; read probabilities, Pauli"
            + " strings or Hermitians, or take exact values",
        circuit);
    assertRefused(
        "observable 0: a trainable Hermitian on 7 wires can't be estimated from measurements, at"
            + " most 6 wires can; take exact values",
        Circuit.builder(7).expectHermitian(0, 1, 2, 3, 4, 5, 6).build());
    List<Integer> many = IntStream.range(0, 21).boxed().toList();
    assertRefused(
        "observable 0: a Pauli string on 21 wires can't be estimated from measurements, at most 20"
            + " wires can; take exact values",
        Circuit.builder(21)
            .expect(new PauliTerm(1, many, many.stream().map(w -> Pauli.X).toList()))
            .build());
  }

  @Test
  void wrongInputsAreRefusedAsElsewhere() {
    CircuitBuilder builder = Circuit.builder(1);
    Angle angle = builder.features(1).at(0);
    Program program =
        ENGINE
            .compile(builder.rx(0, angle).expect(PauliTerm.of(Pauli.Z, 0)).build())
            .withShots(new Shots(10, 0));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> program.values(Inputs.of(1, new double[] {Double.NaN}, new double[0])));
    assertEquals("feature 0 of sample 0 is NaN, expected a finite number", refused.getMessage());
    Evaluation evaluation = program.evaluate(Inputs.of(1, new double[] {1}, new double[0]));
    assertThrows(IllegalArgumentException.class, () -> evaluation.vjp(new double[2]));
  }

  private static void assertRefused(String message, Circuit circuit) {
    Program program = ENGINE.compile(circuit);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> program.withShots(new Shots(100, 0)));
    assertEquals(message, refused.getMessage());
  }

  private static Circuit measurable(int wires, int gates, Random random) {
    while (true) {
      Circuit circuit = RandomCircuits.circuit(wires, gates, random);
      if (circuit.observables().stream().noneMatch(Observable.Amplitudes.class::isInstance)) {
        return circuit;
      }
    }
  }

  private static void assertGradients(Gradients expected, Gradients found, double tolerance) {
    assertArrayEquals(expected.features(), found.features(), tolerance, "features");
    assertArrayEquals(expected.weights(), found.weights(), tolerance, "weights");
    assertArrayEquals(expected.sampleAngles(), found.sampleAngles(), tolerance, "sample angles");
    assertArrayEquals(
        expected.hermitianEntries(), found.hermitianEntries(), tolerance, "Hermitian entries");
  }

  /**
   * No standard score is large, and neither is the mean of their squares: 1 on average, but outputs
   * that share outcomes make it spread.
   */
  private static void assertMeans(double[] expected, double[][] found) {
    double squares = 0;
    int counted = 0;
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      double mean = Arrays.stream(found).mapToDouble(f -> f[at]).average().orElseThrow();
      double variance =
          Arrays.stream(found).mapToDouble(f -> (f[at] - mean) * (f[at] - mean)).sum()
              / (found.length - 1.0);
      if (variance < 1e-20) {
        assertEquals(expected[i], mean, 1e-9);
        continue;
      }
      double score = (mean - expected[i]) / Math.sqrt(variance / found.length);
      assertTrue(Math.abs(score) < 5, "value " + i + " is off by " + score + " standard errors");
      squares += score * score;
      counted++;
    }
    assertTrue(counted > 5);
    assertTrue(squares / counted < 3, "mean of squared standard scores: " + squares / counted);
  }

  private static double[] all(Gradients g) {
    return IntStream.range(0, 4)
        .mapToObj(
            i ->
                switch (i) {
                  case 0 -> g.features();
                  case 1 -> g.weights();
                  case 2 -> g.sampleAngles();
                  default -> g.hermitianEntries();
                })
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }
}
