package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.engine.densitymatrix.RandomCircuits.Sample;
import org.ketloom.engine.densitymatrix.RandomCircuits.StartKind;

/**
 * Random circuits of every gate, channel, start and observable against sums over Kraus operators.
 */
class RandomCircuitTest {
  private static final double TOLERANCE = 1e-12;
  private static final double STEP = 1e-3;

  private static List<DensityMatrixEngine> engines() {
    return List.of(
        new DensityMatrixEngine(1, new PlainKernels()),
        new DensityMatrixEngine(3, DensityMatrixEngine.best()));
  }

  @Test
  void vectorKernelsAreTestedWhereTheirModuleIs() {
    boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assertEquals(
        there ? "VectorKernels" : "PlainKernels",
        DensityMatrixEngine.best().getClass().getSimpleName());
  }

  @ParameterizedTest
  @CsvSource({"1, 30, 9, 8", "2, 40, 9, 8", "3, 40, 3, 5", "4, 40, 2, 3"})
  void values(int wires, int instructions, int batch, int circuits) {
    for (int seed = 0; seed < circuits; seed++) {
      for (StartKind start : StartKind.values()) {
        Random random = new Random(1000L * wires + seed);
        Sample sample = RandomCircuits.of(wires, instructions, batch, start, random);
        double[] expected = new NaiveSimulator(sample.circuit()).values(sample.inputs());
        for (DensityMatrixEngine engine : engines()) {
          Program program = engine.compile(sample.circuit());
          double[] found = program.values(sample.inputs());
          String what = engine + ", " + start + ", seed " + seed;
          double tolerance = TOLERANCE / probability(sample, found);
          assertArrayEquals(expected, found, tolerance, what);
          assertArrayEquals(found, program.evaluate(sample.inputs()).outputs(), 0, what);
          engine.close();
        }
      }
    }
  }

  /** What is divided by, so that rounding counts for more: the last output is the least of them. */
  private static double probability(Sample sample, double[] outputs) {
    double least = 1;
    int width = sample.circuit().outputs();
    for (int b = 0; b < sample.inputs().batch(); b++) {
      least = Math.min(least, outputs[(b + 1) * width - 1]);
    }
    return least;
  }

  @ParameterizedTest
  @CsvSource({"1, 14, 9, 4", "2, 16, 3, 4", "3, 20, 2, 2"})
  void gradientsAgreeWithDifferencesOfTheNaiveSimulator(
      int wires, int instructions, int batch, int circuits) {
    for (int seed = 0; seed < circuits; seed++) {
      for (StartKind start : StartKind.values()) {
        Random random = new Random(2000L * wires + seed);
        Sample sample = RandomCircuits.of(wires, instructions, batch, start, random);
        double[] cotangents =
            random.doubles((long) batch * sample.circuit().outputs(), -1, 1).toArray();
        double[][] expected = differences(sample, cotangents);
        for (DensityMatrixEngine engine : engines()) {
          String what = engine + ", " + start + ", seed " + seed;
          Evaluation evaluation = engine.compile(sample.circuit()).evaluate(sample.inputs());
          assertAgrees(expected, evaluation.vjp(cotangents), what);
          assertAgrees(expected, evaluation.vjp(cotangents), "second sweep, " + what);
          engine.close();
        }
      }
    }
  }

  private static void assertAgrees(double[][] expected, Gradients found, String what) {
    double[][] all = arrays(found);
    for (int a = 0; a < all.length; a++) {
      for (int i = 0; i < all[a].length; i++) {
        double tolerance = 1e-7 * (1 + Math.abs(expected[a][i]));
        assertEquals(expected[a][i], all[a][i], tolerance, what + ", array " + a + " at " + i);
      }
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

  /** Differences of the sixth order. */
  private static double[][] differences(Sample sample, double[] cotangents) {
    NaiveSimulator naive = new NaiveSimulator(sample.circuit());
    Inputs inputs = sample.inputs();
    double[][] given = {
      inputs.features(), inputs.weights(), inputs.sampleAngles(), inputs.hermitianEntries()
    };
    double[] weights = {45, -9, 1};
    double[][] found = new double[given.length][];
    for (int a = 0; a < given.length; a++) {
      found[a] = new double[given[a].length];
      for (int i = 0; i < given[a].length; i++) {
        double old = given[a][i];
        for (int k = 1; k <= 3; k++) {
          given[a][i] = old + k * STEP;
          double up = dot(cotangents, naive.values(inputs));
          given[a][i] = old - k * STEP;
          double down = dot(cotangents, naive.values(inputs));
          found[a][i] += weights[k - 1] * (up - down) / (60 * STEP);
        }
        given[a][i] = old;
      }
    }
    return found;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
