package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.SecondOrder;
import org.ketloom.api.engine.WeightBlocks;

/**
 * Derivatives along directions and the Fubini-Study metric, against differences of the naive
 * simulator's values, gradients and states.
 */
class SecondOrderTest {
  /** Of five-point differences with a step of 1e-3, for derivatives of order one. */
  private static final double TOLERANCE = 1e-8;

  private static final double STEP = 1e-3;

  @ParameterizedTest
  @CsvSource({
    // wires, gates, batch, circuits
    "1, 14, 9, 4",
    "2, 30, 3, 6",
    "3, 45, 8, 4",
    "4, 45, 2, 4",
    "5, 40, 1, 2",
    "6, 30, 1, 1"
  })
  void productsAgreeWithDifferences(int wires, int gates, int batch, int circuits) {
    for (int seed = 0; seed < circuits; seed++) {
      Random random = new Random(100L * wires + seed);
      Circuit circuit = RandomCircuits.circuit(wires, gates, random);
      Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
      Direction direction = direction(circuit, batch, random);
      double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
      NaiveSimulator naive = new NaiveSimulator(circuit);
      double[] jvp = derivative(t -> naive.values(moved(inputs, direction, t)));
      double[] hvp = derivative(t -> flat(naive.vjp(moved(inputs, direction, t), cotangents)));
      for (StateVectorEngine engine : RandomCircuitTest.engines()) {
        String what = engine + ", seed " + seed + ", " + circuit;
        SecondOrder second = engine.compile(circuit).secondOrder();
        assertClose(jvp, second.jvp(inputs, direction), what);
        assertClose(hvp, flat(second.hvp(inputs, cotangents, direction)), what);
        engine.close();
      }
    }
  }

  /** Each array alone, so that none hides behind another. */
  @Test
  void eachPartOfTheInputsMoves() {
    Random random = new Random(8);
    CircuitBuilder builder = Circuit.builder(4);
    builder.on(2, 0).prepareAmplitudes(builder.features(6), true, 0.3);
    Angles w = builder.weights(2);
    Angles s = builder.sampleAngles(2);
    Angles x = builder.features(1);
    builder.h(1).controlledBy(1).on(0, 2, 3).canonical(0, 1, s.at(0), w.at(0), x.at(0));
    builder.rx(0, s.at(1)).cnot(0, 3).ry(3, w.at(1)).cz(3, 1).cnot(3, 0);
    builder.expectHermitian(3, 0).expectHermitian(3, 0).expectHermitian(1);
    builder.expect(PauliTerm.of(Pauli.X, 0)).probabilities(2, 3).amplitudes();
    Circuit circuit = builder.build();
    Inputs inputs = RandomCircuits.inputs(circuit, 3, random);
    Direction all = direction(circuit, 3, random);
    double[] cotangents = RandomCircuits.gaussian(3 * circuit.outputs(), random);
    double[] none = {};
    NaiveSimulator naive = new NaiveSimulator(circuit);
    for (Direction direction :
        List.of(
            new Direction(all.features(), none, none, none),
            Direction.ofWeights(all.weights()),
            new Direction(none, none, all.sampleAngles(), none),
            new Direction(none, none, none, all.hermitianEntries()),
            new Direction(none, none, none, none))) {
      double[] jvp = derivative(t -> naive.values(moved(inputs, direction, t)));
      double[] hvp = derivative(t -> flat(naive.vjp(moved(inputs, direction, t), cotangents)));
      for (StateVectorEngine engine : RandomCircuitTest.engines()) {
        SecondOrder second = engine.compile(circuit).secondOrder();
        assertClose(jvp, second.jvp(inputs, direction), engine.toString());
        assertClose(hvp, flat(second.hvp(inputs, cotangents, direction)), engine.toString());
        engine.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 14, 9", "2, 30, 3", "3, 45, 2", "4, 45, 2", "5, 35, 1"})
  void metricAgreesWithDifferencesOfStates(int wires, int gates, int batch) {
    Random random = new Random(wires);
    for (int round = 0; round < 2; round++) {
      Circuit circuit = RandomCircuits.circuit(wires, gates, random);
      Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
      Direction direction = direction(circuit, batch, random);
      int weights = circuit.weights();
      double[] full = new double[weights * weights];
      double[] product = new double[flat(zero(circuit, batch)).length];
      for (int b = 0; b < batch; b++) {
        ComplexMatrix psi = new NaiveSimulator(circuit).state(inputs, b);
        ComplexMatrix along = tangent(circuit, inputs, direction, b, psi);
        List<ComplexMatrix> tangents = new ArrayList<>();
        for (int i = 0; i < product.length; i++) {
          tangents.add(tangent(circuit, inputs, unit(circuit, batch, i), b, psi));
          product[i] += tangents.get(i).realInner(along);
        }
        int first = batch * circuit.features();
        for (int i = 0; i < full.length; i++) {
          ComplexMatrix row = tangents.get(first + i / weights);
          full[i] += row.realInner(tangents.get(first + i % weights));
        }
      }
      List<int[]> blocks =
          List.of(IntStream.range(0, weights).toArray(), new int[] {2, 0}, new int[0]);
      for (StateVectorEngine engine : RandomCircuitTest.engines()) {
        SecondOrder second = engine.compile(circuit).secondOrder();
        String what = engine + ", round " + round + ", " + circuit;
        List<double[]> found = second.metric(inputs, blocks);
        assertClose(full, found.get(0), what);
        assertClose(
            new double[] {
              full[2 * weights + 2], full[2 * weights], full[2 * weights], full[0],
            },
            found.get(1),
            what);
        assertEquals(0, found.get(2).length);
        assertClose(product, flat(second.metricProduct(inputs, direction)), what);
        engine.close();
      }
    }
  }

  /**
   * Layers of rotations on |0>, Stokes et al., arXiv 1909.02108: an RY moves the state by 1/4, an
   * RZ after it by the variance of Z/2.
   */
  @Test
  void metricOfOneQubit() {
    CircuitBuilder builder = Circuit.builder(1);
    Angles w = builder.weights(2, 1);
    builder.ry(0, w.at(0, 0)).rz(0, w.at(1, 0));
    Circuit circuit = builder.build();
    double t = 0.7;
    for (StateVectorEngine engine : RandomCircuitTest.engines()) {
      SecondOrder second = engine.compile(circuit).secondOrder();
      Inputs inputs = Inputs.of(3, new double[0], new double[] {t, -0.2});
      double z = Math.sin(t) * Math.sin(t) / 4;
      assertArrayEquals(
          new double[] {0.75, 0, 0, 3 * z},
          second.metric(inputs, WeightBlocks.full(circuit)).get(0),
          1e-14);
      List<double[]> byLayer = second.metric(inputs, WeightBlocks.byLayer(circuit));
      assertEquals(2, byLayer.size());
      assertArrayEquals(new double[] {3 * z}, byLayer.get(1), 1e-14);
      engine.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"9, 50, 9", "12, 60, 2", "13, 60, 1"})
  void bothLayoutsAgree(int wires, int gates, int batch) {
    Random random = new Random(wires);
    Circuit circuit = RandomCircuits.circuit(wires, gates, random);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    Direction direction = direction(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    List<double[]> expected = null;
    for (int largeFrom : new int[] {wires + 1, 3}) {
      StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.best(), largeFrom, 99);
      List<double[]> found =
          all(engine.compile(circuit).secondOrder(), inputs, cotangents, direction);
      for (int i = 0; expected != null && i < found.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i), 1e-10, "result " + i);
      }
      expected = found;
      engine.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 13", "7, 13", "9, 13", "200, 13", "1, 3", "9, 3", "70, 3"})
  void sameBitsForAnyNumberOfThreads(int batch, int largeFrom) {
    Random random = new Random(batch);
    Circuit circuit = RandomCircuits.circuit(4, 50, random);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    Direction direction = direction(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    List<double[]> expected = null;
    for (int threads : new int[] {1, 4}) {
      StateVectorEngine engine = new StateVectorEngine(threads, Arithmetic.best(), largeFrom, 99);
      SecondOrder second = engine.compile(circuit).secondOrder();
      for (int round = 0; round < 2; round++) {
        List<double[]> found = all(second, inputs, cotangents, direction);
        for (int i = 0; expected != null && i < found.size(); i++) {
          assertArrayEquals(expected.get(i), found.get(i), "result " + i);
        }
        expected = found;
      }
      engine.close();
    }
  }

  @Test
  void badInputNamesTheCulprit() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.rx(0, builder.features(2).at(0)).ry(0, builder.weights(3).at(0));
    Circuit circuit = builder.expect(PauliTerm.of(Pauli.Z, 0)).build();
    StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.best(), 13, 99);
    SecondOrder second = engine.compile(circuit).secondOrder();
    Inputs inputs = Inputs.of(2, new double[4], new double[3]);
    Direction good = Direction.ofWeights(1, 2, 3);
    assertMessage(
        "direction's weights has 2 values", () -> second.jvp(inputs, Direction.ofWeights(1, 2)));
    assertMessage(
        "direction's feature 1 of sample 1 is NaN",
        () ->
            second.metricProduct(
                inputs,
                new Direction(
                    new double[] {0, 0, 0, Double.NaN},
                    new double[0],
                    new double[0],
                    new double[0])));
    assertMessage("cotangents has 1 values", () -> second.hvp(inputs, new double[1], good));
    assertMessage(
        "features has 3 values",
        () -> second.jvp(Inputs.of(2, new double[3], new double[3]), good));
    assertMessage(
        "block 1 of the metric names weight 3; the circuit has 3",
        () -> second.metric(inputs, List.of(new int[] {2}, new int[] {3})));
    assertMessage(
        "block 0 of the metric names weight 1 twice",
        () -> second.metric(inputs, List.of(new int[] {1, 1})));
    CircuitCompiler.Plan plan =
        new CircuitCompiler(
                circuit, Arithmetic.best().get(Precision.DOUBLE), Layout.ofSamples(2), true)
            .compile();
    assertMessage("2 wires need 0 MiB", () -> new TangentProgram(plan, null, 100));
    engine.close();
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), "\"" + part + "\" is missing in: " + message);
  }

  private static List<double[]> all(
      SecondOrder second, Inputs inputs, double[] cotangents, Direction direction) {
    List<double[]> results = new ArrayList<>();
    results.add(second.jvp(inputs, direction));
    results.add(flat(second.hvp(inputs, cotangents, direction)));
    results.add(flat(second.metricProduct(inputs, direction)));
    results.addAll(second.metric(inputs, List.of(new int[] {0, 3, 1}, new int[] {2})));
    return results;
  }

  /** The part of the state's derivative that is orthogonal to the state. */
  private static ComplexMatrix tangent(
      Circuit circuit, Inputs inputs, Direction direction, int sample, ComplexMatrix psi) {
    NaiveSimulator naive = new NaiveSimulator(circuit);
    double[] flat =
        derivative(
            t -> {
              ComplexMatrix state = naive.state(moved(inputs, direction, t), sample);
              return Stream.of(state.re(), state.im()).flatMapToDouble(Arrays::stream).toArray();
            });
    int size = psi.rows();
    ComplexMatrix change =
        new ComplexMatrix(
            size, 1, Arrays.copyOf(flat, size), Arrays.copyOfRange(flat, size, 2 * size));
    double re = psi.realInner(change);
    double im = psi.times(0, 1).realInner(change);
    return change.plus(psi.times(-re, -im));
  }

  /** The direction of one number of the inputs, in the order of {@link #flat}. */
  private static Direction unit(Circuit circuit, int batch, int index) {
    Gradients zero = zero(circuit, batch);
    int left = index;
    for (double[] part :
        List.of(zero.features(), zero.weights(), zero.sampleAngles(), zero.hermitianEntries())) {
      if (left >= 0 && left < part.length) {
        part[left] = 1;
      }
      left -= part.length;
    }
    return new Direction(
        zero.features(), zero.weights(), zero.sampleAngles(), zero.hermitianEntries());
  }

  private static Gradients zero(Circuit circuit, int batch) {
    return new Gradients(
        new double[batch * circuit.features()],
        new double[circuit.weights()],
        new double[batch * circuit.sampleAngles()],
        new double[circuit.hermitianEntries()]);
  }

  private static Direction direction(Circuit circuit, int batch, Random random) {
    Inputs like = RandomCircuits.inputs(circuit, batch, random);
    return new Direction(
        scaled(like.features()),
        scaled(like.weights()),
        scaled(like.sampleAngles()),
        scaled(like.hermitianEntries()));
  }

  /** Short, so that differences are exact enough. */
  private static double[] scaled(double[] values) {
    return Arrays.stream(values).map(v -> 0.25 * v).toArray();
  }

  private static Inputs moved(Inputs inputs, Direction direction, double t) {
    return new Inputs(
        inputs.batch(),
        moved(inputs.features(), direction.features(), t),
        moved(inputs.weights(), direction.weights(), t),
        moved(inputs.sampleAngles(), direction.sampleAngles(), t),
        moved(inputs.hermitianEntries(), direction.hermitianEntries(), t));
  }

  private static double[] moved(double[] from, double[] direction, double t) {
    double[] to = from.clone();
    for (int i = 0; i < direction.length; i++) {
      to[i] += t * direction[i];
    }
    return to;
  }

  private static double[] flat(Gradients gradients) {
    return Stream.of(
            gradients.features(),
            gradients.weights(),
            gradients.sampleAngles(),
            gradients.hermitianEntries())
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  /** Five-point difference. */
  private static double[] derivative(Function<Double, double[]> function) {
    double[] near = difference(function, STEP);
    double[] far = difference(function, 2 * STEP);
    double[] result = new double[near.length];
    Arrays.setAll(result, i -> (4 * near[i] - far[i]) / 3);
    return result;
  }

  private static double[] difference(Function<Double, double[]> function, double step) {
    double[] up = function.apply(step);
    double[] down = function.apply(-step);
    double[] result = new double[up.length];
    Arrays.setAll(result, i -> (up[i] - down[i]) / (2 * step));
    return result;
  }

  private static void assertClose(double[] expected, double[] found, String what) {
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], found[i], TOLERANCE * (1 + Math.abs(expected[i])), what + ", at " + i);
    }
  }
}
