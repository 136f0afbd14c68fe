package org.ketloom.engine.trajectories;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Estimates;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.part.Options;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.engine.statevector.StateVectorEngine;

/** Trajectories against exact density matrices. */
class TrajectoriesTest {
  private static final int BATCH = 3;

  /** Beyond so many standard errors a test of a few hundred numbers doesn't come by chance. */
  private static final double ERRORS = 5;

  private final StateVectorEngine pure = new StateVectorEngine();
  private final DensityMatrixEngine exact = new DensityMatrixEngine();

  private static Circuit circuit(Channel.Kind kind) {
    CircuitBuilder builder = Circuit.builder(2);
    Angles x = builder.features(2);
    Angles w = builder.weights(8);
    Angles s = builder.sampleAngles(1);
    builder.ry(0, x.at(0)).ry(1, w.at(0)).cnot(0, 1).rx(0, s.at(0));
    append(builder, kind, w);
    builder.rxx(0, 1, w.at(1)).ry(1, x.at(1));
    append(builder.on(1, 0), kind, w);
    builder.rz(0, w.at(2)).ry(0, w.at(2));
    return observed(builder);
  }

  private static void append(CircuitBuilder builder, Channel.Kind kind, Angles w) {
    int[] on = kind == Channel.Kind.DEPOLARIZING ? new int[] {0, 1} : new int[] {0};
    if (kind == Channel.Kind.KRAUS) {
      // A Hadamard gate or a reset.
      double a = Math.sqrt(0.35);
      double b = Math.sqrt(0.3);
      double[][] re = {{a, a, a, -a}, {b, 0, 0, 0}, {0, b, 0, 0}};
      builder.kraus(new KrausSet(re, new double[3][4]), 0);
    } else if (kind == Channel.Kind.THERMAL_RELAXATION) {
      builder.channel(
          kind,
          on,
          w.at(3).times(0.5).plus(3),
          w.at(4).times(0.5).plus(2.5),
          w.at(5).times(0.3).plus(0.6),
          w.at(6).times(0.2).plus(0.3));
    } else {
      Angle[] strengths = new Angle[kind.strengths()];
      for (int i = 0; i < strengths.length; i++) {
        strengths[i] = w.at(3 + i).times(0.1).plus(0.2);
      }
      builder.channel(kind, on, strengths);
    }
  }

  private static Circuit observed(CircuitBuilder builder) {
    double h = Math.sqrt(0.5);
    builder.readoutError(1, new ReadoutError(0.1, 0.05));
    builder.expect(PauliTerm.parse("Z0 Y1"), PauliTerm.parse("X0").times(0.5));
    builder.probabilities(0).probabilities(1, 0).expectHermitian(0, 1).densityMatrix(0);
    return builder.fidelity(new double[] {h, 0, 0, h}, 1).successProbability().build();
  }

  private static Inputs inputs(Circuit circuit) {
    Random random = new Random(7);
    return new Inputs(
        BATCH,
        random.doubles((long) BATCH * circuit.features(), -1, 1).toArray(),
        random.doubles(circuit.weights(), -1, 1).toArray(),
        random.doubles((long) BATCH * circuit.sampleAngles(), -1, 1).toArray(),
        random.doubles(circuit.hermitianEntries(), -1, 1).toArray());
  }

  @ParameterizedTest
  @EnumSource(
      value = Channel.Kind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"POST_SELECT_0", "POST_SELECT_1"})
  void valuesAndGradientsAreUnbiased(Channel.Kind kind) {
    assertUnbiased(circuit(kind));
  }

  /** Before and after a channel that ends a segment, so that each segment reads products. */
  @Test
  void productsOfAnglesAreUnbiased() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles x = builder.features(2);
    Angles w = builder.weights(8);
    Angles s = builder.sampleAngles(1);
    builder.ry(0, x.at(0).times(w.at(0).plus(1))).ry(1, s.at(0).times(w.at(1))).cnot(0, 1);
    append(builder, Channel.Kind.KRAUS, w);
    append(builder, Channel.Kind.DEPOLARIZING, w);
    builder.rxx(0, 1, x.at(1).times(w.at(2).plus(1)).plus(0.3)).ry(1, x.at(0)).rz(1, w.at(2));
    assertUnbiased(observed(builder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixed", "haar", "amplitudes"})
  void startsAreUnbiased(String start) {
    CircuitBuilder builder = Circuit.builder(2);
    Angles x = builder.features(4);
    Angles w = builder.weights(1);
    switch (start) {
      case "mixed" -> builder.prepareMixed();
      case "haar" -> builder.on(1).prepareHaarRandom(3);
      default -> builder.prepareAmplitudes(x, false, 0);
    }
    builder.ry(0, w.at(0)).cnot(0, 1).amplitudeDamping(1, Angle.constant(0.3)).rx(1, w.at(0));
    assertUnbiased(observed(builder));
  }

  private void assertUnbiased(Circuit circuit) {
    Inputs inputs = inputs(circuit);
    double[] cotangents = new Random(8).doubles((long) BATCH * circuit.outputs(), -1, 1).toArray();
    Program program = exact.compile(circuit);
    double[] expected = program.values(inputs);
    double[][] gradients = arrays(program.evaluate(inputs).vjp(cotangents));

    Program sampled = new TrajectoryEngine(pure, 2000, 5).compile(circuit);
    Estimates estimates = sampled.estimates(inputs);
    assertClose(expected, estimates.values(), estimates.standardErrors(), "values");

    int seeds = 20;
    double[][][] found = new double[seeds][][];
    for (int seed = 0; seed < seeds; seed++) {
      found[seed] = arrays(sampled.withTrajectories(100, seed).evaluate(inputs).vjp(cotangents));
    }
    for (int a = 0; a < gradients.length; a++) {
      double[] means = new double[gradients[a].length];
      double[] errors = new double[means.length];
      for (int i = 0; i < means.length; i++) {
        double squares = 0;
        for (double[][] one : found) {
          means[i] += one[a][i] / seeds;
          squares += one[a][i] * one[a][i] / seeds;
        }
        errors[i] = Math.sqrt(Math.max(0, squares - means[i] * means[i]) / (seeds - 1));
      }
      assertClose(gradients[a], means, errors, "gradients " + a);
    }
  }

  private static double[][] arrays(Gradients gradients) {
    return new double[][] {
      gradients.features(),
      gradients.weights(),
      gradients.sampleAngles(),
      gradients.hermitianEntries()
    };
  }

  private static void assertClose(double[] expected, double[] found, double[] errors, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], ERRORS * errors[i] + 1e-9, what + " at " + i);
    }
  }

  /**
   * {@code <Z>} after RY(w) and amplitude damping is {@code (1 - g) cos w + g}. Differentiating the
   * normalised state after a jump that was drawn leaves out that the probabilities of jumps depend
   * on w.
   */
  @Test
  void theNaiveRuleIsBiasedAndThisOneIsNot() {
    double g = 0.6;
    double w = 1.9;
    CircuitBuilder builder = Circuit.builder(1);
    builder.ry(0, builder.weights(1).at(0)).amplitudeDamping(0, Angle.constant(g));
    Circuit circuit = builder.expect(PauliTerm.parse("Z0")).build();
    double right = -(1 - g) * Math.sin(w);

    double step = 1e-6;
    double stays = 1 - g * Math.pow(Math.sin(w / 2), 2);
    // After a jump the state is |0> whatever w is.
    double naive = stays * (undamped(g, w + step) - undamped(g, w - step)) / (2 * step);
    assertTrue(Math.abs(naive - right) > 0.3 * Math.abs(right), naive + " and " + right);

    Inputs inputs = Inputs.of(1, new double[0], new double[] {w});
    int count = 20_000;
    double found =
        new TrajectoryEngine(pure, count, 3)
            .compile(circuit)
            .evaluate(inputs)
            .vjp(new double[] {1})
            .weights()[0];
    // A trajectory's derivative is at most 1 / q, of which 0.77 and 0.23 are the least here.
    double error = 1 / 0.23 / Math.sqrt(count);
    assertEquals(right, found, ERRORS * error);
    assertTrue(Math.abs(naive - right) > 1.5 * ERRORS * error);
  }

  /** {@code <Z>} of the normalised state without a jump. */
  private static double undamped(double g, double w) {
    double zero = Math.pow(Math.cos(w / 2), 2);
    double one = (1 - g) * Math.pow(Math.sin(w / 2), 2);
    return (zero - one) / (zero + one);
  }

  @Test
  void resultsDependOnSeedSampleAndTrajectoryAlone() {
    Circuit circuit = circuit(Channel.Kind.AMPLITUDE_DAMPING);
    Inputs three = inputs(circuit);
    Inputs one =
        new Inputs(
            1,
            Arrays.copyOf(three.features(), 2),
            three.weights(),
            Arrays.copyOf(three.sampleAngles(), 1),
            three.hermitianEntries());
    Program program = new TrajectoryEngine(pure, 50, 5).compile(circuit);
    double[] all = program.values(three);
    assertArrayEquals(all, program.values(three));
    double[] alone = program.values(one);
    assertArrayEquals(Arrays.copyOf(all, alone.length), alone);
    assertNotEquals(all[0], program.withTrajectories(50, 6).values(three)[0]);
  }

  /** As the steps of a training draw them, with products of angles as without. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void seedsOfStepsDrawAnewAndAreUnbiased(boolean products) {
    CircuitBuilder builder = Circuit.builder(2);
    Angle x = builder.features(1).at(0);
    Angle w = builder.weights(1).at(0);
    builder.ry(0, products ? x.times(w) : x).depolarizing(Angle.constant(0.3), 0);
    builder.cnot(0, 1).amplitudeDamping(1, Angle.constant(0.4)).rx(1, w);
    Circuit circuit = builder.expect(PauliTerm.parse("Z1")).build();
    Inputs inputs = Inputs.of(1, new double[] {0.8}, new double[] {0.5});
    Program program = new TrajectoryEngine(pure, 20, 5).compile(circuit);
    int steps = 400;
    double[] values = new double[steps];
    double[] slopes = new double[steps];
    for (int step = 0; step < steps; step++) {
      values[step] = program.withSeed(step).values(inputs)[0];
      slopes[step] = slope(program.withSeed(step), inputs);
    }
    assertEquals(values[3], program.withSeed(3).values(inputs)[0]);
    assertEquals(slopes[3], slope(program.withSeed(3), inputs));
    assertTrue(Arrays.stream(values).distinct().count() > 1);
    assertTrue(Arrays.stream(slopes).distinct().count() > 1);
    // The seed of the engine still counts.
    Program other = new TrajectoryEngine(pure, 20, 6).compile(circuit);
    assertNotEquals(slopes[3], slope(other.withSeed(3), inputs));
    Program reference = exact.compile(circuit);
    assertSame(reference, reference.withSeed(3));
    assertMean(reference.values(inputs)[0], values);
    assertMean(slope(reference, inputs), slopes);
  }

  private static double slope(Program program, Inputs inputs) {
    return program.evaluate(inputs).vjp(new double[] {1}).weights()[0];
  }

  private static void assertMean(double expected, double[] found) {
    double mean = Arrays.stream(found).average().orElseThrow();
    double squares = Arrays.stream(found).map(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / found.length / (found.length - 1));
    assertEquals(expected, mean, ERRORS * error);
  }

  @Test
  void standardErrorsAreThoseOfTheMeans() {
    Circuit circuit = circuit(Channel.Kind.DEPOLARIZING);
    Inputs inputs = inputs(circuit);
    Program program = new TrajectoryEngine(pure, 200, 0).compile(circuit);
    int seeds = 200;
    double sum = 0;
    double squares = 0;
    double told = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Estimates estimates = program.withTrajectories(200, seed).estimates(inputs);
      sum += estimates.values()[0] / seeds;
      squares += estimates.values()[0] * estimates.values()[0] / seeds;
      told += estimates.standardErrors()[0] / seeds;
    }
    // A standard deviation of 200 numbers is known to 5 parts of 100.
    assertEquals(1, told / Math.sqrt(squares - sum * sum), 0.2);
  }

  @Test
  void refusesWhatItCannotEstimate() {
    TrajectoryEngine engine = new TrajectoryEngine(pure, 10, 0);
    refused(
        "engine \"trajectories\" runs no post-selections, found POSTSELECT0 on wire 0: a ratio of"
            + " means is biased; use engine density-matrix",
        () -> engine.compile(Circuit.builder(1).postSelect(0, 0).build()));
    refused(
        "engine \"trajectories\" reads what is linear in the density matrix, found observable 0, a"
            + " purity; use engine density-matrix, or statevector for amplitudes",
        () -> engine.compile(Circuit.builder(1).purity(0).build()));
    refused(
        "trajectories must be at least 2, for a standard error, found 1",
        () -> new TrajectoryEngine(pure, 1, 0));
    CircuitBuilder builder = Circuit.builder(1);
    builder.channel(Channel.Kind.BIT_FLIP, new int[] {0}, builder.features(1).at(0));
    Program program = engine.compile(builder.probabilities(0).build());
    refused(
        "sample 1: the strength of BITFLIP[x[0]] on wire 0 is 2.0, expected 0 to 1",
        () -> program.values(Inputs.of(2, new double[] {0, 2}, new double[0])));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void numberAndSeedAreOptions() {
    TrajectoryEngine prototype = new TrajectoryEngine(pure, 100, 0);
    assertEquals(Map.of("trajectories", 100, "seed", 0L), Options.values(prototype));
    assertEquals(
        new TrajectoryEngine(pure, 50, 3),
        Options.with(prototype, "engine", Map.of("trajectories", "50", "seed", "3")));
    refused(
        "engine: trajectories must be at least 2, found 1",
        () -> Options.with(prototype, "engine", Map.of("trajectories", 1)));
  }

  @Test
  void aPlanIsOfAllTrajectories() {
    Program program =
        new TrajectoryEngine(pure, 50, 5).compile(circuit(Channel.Kind.AMPLITUDE_DAMPING));
    ExecutionPlan ten = program.withTrajectories(10, 1).plan();
    ExecutionPlan fifty = program.withTrajectories(50, 1).plan();
    assertTrue(
        ten.kernels().startsWith("10 trajectories of each sample, states that aren't normalised, "),
        ten.kernels());
    assertEquals(5 * ten.flops(), fifty.flops());
    assertTrue(ten.flops() > 0);
    // Six arrays of states of two wires, complex.
    assertEquals(4 * 10 * 6 * 8 * Double.BYTES, ten.keptBytes(4));
    assertTrue(ten.leastBytes(1) >= 6 * 8 * Double.BYTES, ten::toString);
    Program flips = new TrajectoryEngine(pure, 50, 5).compile(circuit(Channel.Kind.BIT_FLIP));
    assertTrue(flips.plan().kernels().startsWith("50 trajectories of each sample, pure states; "));
    assertEquals(4 * 50 * 8 * Double.BYTES, flips.plan().keptBytes(4));
  }
}
