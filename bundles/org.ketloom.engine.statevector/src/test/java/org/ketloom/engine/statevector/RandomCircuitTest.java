package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;

/** Random circuits of every gate and observable against the naive simulator, on all kernels. */
class RandomCircuitTest {
  private static final double TOLERANCE = 1e-10;

  /** All kernels, with samples side by side and with each sample as a block of its own. */
  static List<StateVectorEngine> engines() {
    return engines(13);
  }

  private static List<StateVectorEngine> engines(int never) {
    List<StateVectorEngine> engines = new ArrayList<>();
    for (Map<Precision, Arithmetic> kernels : List.of(Arithmetic.plain(), Arithmetic.best())) {
      for (int largeFrom : new int[] {3, never}) {
        engines.add(new StateVectorEngine(2, kernels, largeFrom, largeFrom + 3));
      }
    }
    return engines;
  }

  @Test
  void vectorKernelsAreTestedWhereTheirModuleIs() {
    boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assertEquals(
        there ? "VectorKernels" : "PlainKernels",
        Arithmetic.best().get(Precision.DOUBLE).kernels().getClass().getSimpleName());
  }

  @ParameterizedTest
  @CsvSource({
    // wires, gates, batch, circuits
    "1, 12, 7, 6",
    "2, 30, 9, 8",
    "3, 40, 64, 6",
    "3, 60, 8, 8",
    "4, 50, 9, 8",
    "5, 50, 3, 6",
    "6, 40, 2, 4",
    "7, 30, 1, 3",
    "8, 26, 2, 3",
    "9, 30, 2, 2",
    "10, 30, 2, 2",
    "11, 30, 2, 1",
    "12, 30, 2, 1",
    "13, 26, 1, 1",
    "14, 26, 1, 1"
  })
  void valuesAndAllGradients(int wires, int gates, int batch, int circuits) {
    for (int seed = 0; seed < circuits; seed++) {
      Random random = new Random(1000L * wires + seed + batch);
      Circuit circuit = RandomCircuits.circuit(wires, gates, random);
      assertAgrees(circuit, RandomCircuits.inputs(circuit, batch, random), random, "seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 20, 9", "3, 50, 9", "5, 60, 3", "6, 60, 2", "9, 50, 2", "12, 40, 1"})
  void amplitudesWithTheirPhase(int wires, int gates, int batch) {
    Random random = new Random(wires);
    Circuit circuit = RandomCircuits.ofAmplitudes(wires, gates, random);
    assertAgrees(circuit, RandomCircuits.inputs(circuit, batch, random), random, "amplitudes");
  }

  private static void assertAgrees(Circuit circuit, Inputs inputs, Random random, String name) {
    double[] cotangents = RandomCircuits.gaussian(inputs.batch() * circuit.outputs(), random);
    NaiveSimulator naive = new NaiveSimulator(circuit);
    double[] expected = naive.values(inputs);
    Gradients gradients = naive.vjp(inputs, cotangents);
    for (StateVectorEngine engine : engines(circuit.wires() + 1)) {
      Program program = engine.compile(circuit);
      String what = engine + ", " + name + ", " + circuit;
      assertArrayEquals(expected, program.values(inputs), TOLERANCE, what);
      Evaluation evaluation = program.evaluate(inputs);
      assertArrayEquals(expected, evaluation.outputs(), TOLERANCE, what);
      assertGradients(gradients, evaluation.vjp(cotangents), what);
      assertGradients(gradients, evaluation.vjp(cotangents), "second sweep, " + what);
      engine.close();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void gradientsAgreeWithCentralDifferences(StateVectorEngine engine) {
    double step = 1e-5;
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      Circuit circuit = RandomCircuits.circuit(4, 40, random);
      Inputs inputs = RandomCircuits.inputs(circuit, 3, random);
      double[] cotangents = RandomCircuits.gaussian(3 * circuit.outputs(), random);
      Program program = engine.compile(circuit);
      Gradients gradients = program.evaluate(inputs).vjp(cotangents);
      double[][] given = {
        inputs.features(), inputs.weights(), inputs.sampleAngles(), inputs.hermitianEntries()
      };
      double[][] found = {
        gradients.features(),
        gradients.weights(),
        gradients.sampleAngles(),
        gradients.hermitianEntries()
      };
      for (int a = 0; a < given.length; a++) {
        for (int i = 0; i < given[a].length; i++) {
          double old = given[a][i];
          given[a][i] = old + step;
          double up = dot(cotangents, program.values(inputs));
          given[a][i] = old - step;
          double down = dot(cotangents, program.values(inputs));
          given[a][i] = old;
          double expected = (up - down) / (2 * step);
          assertEquals(
              expected, found[a][i], 1e-6 * (1 + Math.abs(expected)), "array " + a + " at " + i);
        }
      }
    }
    engine.close();
  }

  static void assertGradients(Gradients expected, Gradients found, String what) {
    assertArrayEquals(expected.features(), found.features(), TOLERANCE, "features, " + what);
    assertArrayEquals(expected.weights(), found.weights(), TOLERANCE, "weights, " + what);
    assertArrayEquals(
        expected.sampleAngles(), found.sampleAngles(), TOLERANCE, "sample angles, " + what);
    assertArrayEquals(
        expected.hermitianEntries(), found.hermitianEntries(), TOLERANCE, "Hermitian, " + what);
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
