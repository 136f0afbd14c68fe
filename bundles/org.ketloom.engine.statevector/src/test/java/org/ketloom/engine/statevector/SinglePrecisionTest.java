package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;

/** Single precision against double precision, which is tested against the naive simulator. */
class SinglePrecisionTest {
  /** What {@link Precision#SINGLE} promises, in parts of the largest number of an array. */
  private static final double TOLERANCE = 5e-6;

  @ParameterizedTest
  @CsvSource({
    // wires, gates, batch, circuits
    "1, 12, 7, 6",
    "2, 30, 9, 6",
    "3, 60, 8, 6",
    "4, 50, 9, 6",
    "5, 50, 3, 6",
    "6, 60, 2, 4",
    "8, 80, 9, 3",
    "10, 100, 9, 2",
    "12, 100, 2, 1",
    "14, 100, 1, 1"
  })
  void valuesAndAllGradients(int wires, int gates, int batch, int circuits) {
    for (int seed = 0; seed < circuits; seed++) {
      Random random = new Random(1000L * wires + seed);
      Circuit circuit = RandomCircuits.circuit(wires, gates, random);
      Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
      double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
      for (Map<Precision, Arithmetic> arithmetics :
          List.of(Arithmetic.plain(), Arithmetic.best())) {
        for (int largeFrom : new int[] {3, wires + 1}) {
          StateVectorEngine engine =
              new StateVectorEngine(2, arithmetics, largeFrom, largeFrom + 3);
          Evaluation wide = engine.compile(circuit).evaluate(inputs);
          Program program = engine.compile(circuit, Precision.SINGLE);
          String what = engine + ", seed " + seed + ", " + circuit;
          Evaluation narrow = program.evaluate(inputs);
          assertClose(wide.outputs(), narrow.outputs(), what);
          assertArrayEquals(narrow.outputs(), program.values(inputs));
          Gradients expected = wide.vjp(cotangents);
          assertClose(expected, narrow.vjp(cotangents), what);
          assertClose(expected, narrow.vjp(cotangents), "second sweep, " + what);
          engine.close();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"7, 4, 13, 16", "64, 4, 13, 16", "70, 4, 3, 16", "3, 5, 3, 3", "2, 9, 3, 3"})
  void sameBitsForAnyNumberOfThreads(int batch, int wires, int largeFrom, int slicedFrom) {
    Random random = new Random(batch);
    Circuit circuit = RandomCircuits.circuit(wires, 50, random);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    Evaluation expected = null;
    Gradients gradients = null;
    for (int threads = 1; threads <= 3; threads++) {
      StateVectorEngine engine =
          new StateVectorEngine(threads, Arithmetic.best(), largeFrom, slicedFrom);
      Evaluation found = engine.compile(circuit, Precision.SINGLE).evaluate(inputs);
      Gradients foundGradients = found.vjp(cotangents);
      if (expected != null) {
        assertArrayEquals(expected.outputs(), found.outputs());
        assertArrayEquals(gradients.features(), foundGradients.features());
        assertArrayEquals(gradients.weights(), foundGradients.weights());
        assertArrayEquals(gradients.sampleAngles(), foundGradients.sampleAngles());
        assertArrayEquals(gradients.hermitianEntries(), foundGradients.hermitianEntries());
      }
      expected = found;
      gradients = foundGradients;
      engine.close();
    }
  }

  @Test
  void statesTakeHalfOfTheMemory() {
    Circuit circuit = RandomCircuits.circuit(6, 30, new Random(1));
    StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.plain(), 13, 16);
    ExecutionPlan wide = engine.compile(circuit).plan();
    ExecutionPlan narrow = engine.compile(circuit, Precision.SINGLE).plan();
    assertEquals(wide.keptBytes(100), 2 * narrow.keptBytes(100));
    assertTrue(narrow.workingBytes() < wide.workingBytes());
    assertEquals("plain kernels, single precision, 8 samples side by side", narrow.kernels());
    engine.close();
  }

  @Test
  void secondDerivativesAreInDoublePrecision() {
    Random random = new Random(2);
    Circuit circuit = RandomCircuits.circuit(4, 40, random);
    Inputs inputs = RandomCircuits.inputs(circuit, 3, random);
    Direction direction = Direction.ofWeights(RandomCircuits.gaussian(circuit.weights(), random));
    StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.best(), 13, 16);
    assertArrayEquals(
        engine.compile(circuit).secondOrder().jvp(inputs, direction),
        engine.compile(circuit, Precision.SINGLE).secondOrder().jvp(inputs, direction));
    engine.close();
  }

  private static void assertClose(Gradients expected, Gradients found, String what) {
    assertClose(expected.features(), found.features(), "features, " + what);
    assertClose(expected.weights(), found.weights(), "weights, " + what);
    assertClose(expected.sampleAngles(), found.sampleAngles(), "sample angles, " + what);
    assertClose(expected.hermitianEntries(), found.hermitianEntries(), "Hermitian, " + what);
  }

  private static void assertClose(double[] expected, double[] found, String what) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertArrayEquals(expected, found, TOLERANCE * Math.max(1, largest), what);
  }
}
