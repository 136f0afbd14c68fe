package org.ketloom.engine.trajectories;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Estimates;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.engine.statevector.StateVectorEngine;

/** Channels whose branches aren't unitary, trajectory by trajectory. */
class SweepTest {
  private final StateVectorEngine pure = new StateVectorEngine();

  /** Random gates, with a channel behind each third of them. */
  private static Circuit noisy(Random random, double damping) {
    return noisy(random, damping, Integer.MAX_VALUE);
  }

  /** As many gates of such a circuit. */
  private static Circuit noisy(Random random, double damping, int count) {
    Circuit gates = PauliFrameTest.flipped(random, false);
    int[] at = {0};
    return gates.map(
        (builder, instruction) -> {
          if (at[0] == count) {
            return;
          }
          builder.append(instruction);
          int wire = instruction.wires().get(0);
          switch (at[0]++ % 12) {
            case 2 -> builder.amplitudeDamping(wire, Angle.constant(damping));
            case 5 -> builder.kraus(halfReset(), PauliFrameTest.choose(2, random));
            case 8 -> builder.depolarizing(Angle.constant(0.3), PauliFrameTest.choose(2, random));
            case 11 -> builder.reset(wire);
            default -> {}
          }
        });
  }

  /** Nothing, or a reset of the second wire where the first is 1. */
  private static KrausSet halfReset() {
    double root = Math.sqrt(0.5);
    double[][] re = new double[3][16];
    for (int i = 0; i < 4; i++) {
      re[0][5 * i] = i < 2 ? 1 : root;
    }
    re[1][2 * 4 + 2] = root;
    re[2][2 * 4 + 3] = root;
    return new KrausSet(re, new double[3][16]);
  }

  /** Of few channels: of many resets a few trajectories would have all the weight. */
  @ParameterizedTest
  @CsvSource({"5,0.2", "6,0.6", "7,0.05", "8,0.4"})
  void valuesAreUnbiased(int seed, double damping) {
    Random random = new Random(seed);
    Circuit circuit = noisy(random, damping, 18);
    Inputs inputs = PauliFrameTest.inputs(circuit, random);
    double[] expected = new DensityMatrixEngine().compile(circuit).values(inputs);
    Estimates found = new TrajectoryEngine(pure, 20_000, seed).compile(circuit).estimates(inputs);
    for (int i = 0; i < expected.length; i++) {
      double error = found.standardErrors()[i];
      assertEquals(expected[i], found.values()[i], 5 * error + 1e-9, "output " + i);
    }
  }

  /** With the same numbers drawn, a mean over trajectories has a derivative like any function. */
  @ParameterizedTest
  @CsvSource({"1,0.1", "2,0.5", "3,0.97", "4,1"})
  void gradientsAreThoseOfTheTrajectories(int seed, double damping) {
    Random random = new Random(seed);
    Circuit circuit = noisy(random, damping);
    Inputs inputs = PauliFrameTest.inputs(circuit, random);
    Program program = new TrajectoryEngine(pure, 7, seed).compile(circuit);
    double[] cotangents =
        random.doubles((long) inputs.batch() * circuit.outputs(), -1, 1).toArray();
    Gradients found = program.evaluate(inputs).vjp(cotangents);
    compare(program, inputs, cotangents, inputs.features(), found.features());
    compare(program, inputs, cotangents, inputs.weights(), found.weights());
    compare(program, inputs, cotangents, inputs.sampleAngles(), found.sampleAngles());
    compare(program, inputs, cotangents, inputs.hermitianEntries(), found.hermitianEntries());
  }

  private static void compare(
      Program program, Inputs inputs, double[] cotangents, double[] read, double[] found) {
    double step = 1e-5;
    for (int i = 0; i < read.length; i++) {
      double before = read[i];
      read[i] = before + step;
      double above = dot(cotangents, program.values(inputs));
      read[i] = before - step;
      double below = dot(cotangents, program.values(inputs));
      read[i] = before;
      double expected = (above - below) / (2 * step);
      assertEquals(expected, found[i], 1e-6 * Math.max(1, Math.abs(expected)), "at " + i);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.9})
  void kernelsAgree(double damping) {
    Random random = new Random(9);
    Circuit circuit = noisy(random, damping);
    Inputs inputs = PauliFrameTest.inputs(circuit, random);
    double[] cotangents =
        random.doubles((long) inputs.batch() * circuit.outputs(), -1, 1).toArray();
    Gradients[] gradients = new Gradients[2];
    double[][] values = new double[2][];
    Kernels[] kernels = {Kernels.best(), new PlainKernels()};
    assertEquals(VectorKernels.class, kernels[0].getClass());
    for (int k = 0; k < 2; k++) {
      Program program =
          new TrajectoryProgram(
              new Unraveller(circuit, pure, kernels[k]).compile(), new Shots(13, 5));
      values[k] = program.values(inputs);
      gradients[k] = program.evaluate(inputs).vjp(cotangents);
    }
    assertArrayEquals(values[0], values[1], 1e-11);
    assertArrayEquals(gradients[0].features(), gradients[1].features(), 1e-10);
    assertArrayEquals(gradients[0].weights(), gradients[1].weights(), 1e-10);
  }

  /** Each halves the states of both branches and doubles their weights. */
  @Test
  void aThousandResetsNeitherVanishNorOverflow() {
    CircuitBuilder builder = Circuit.builder(1);
    for (int i = 0; i < 1000; i++) {
      builder.h(0).reset(0);
    }
    builder.ry(0, builder.weights(1).at(0));
    Circuit circuit = builder.expect(PauliTerm.of(Pauli.Z, 0)).build();
    Program program = new TrajectoryEngine(pure, 3, 1).compile(circuit);
    Inputs inputs = Inputs.of(1, new double[0], new double[] {0.7});
    assertEquals(Math.cos(0.7), program.values(inputs)[0], 1e-9);
    assertEquals(-Math.sin(0.7), program.evaluate(inputs).vjp(new double[] {1}).weights()[0], 1e-9);
  }

  /** A measurement that tells little: undone by inverses alone, 100 of them leave no digit. */
  @Test
  void whatInversesCannotUndoIsKept() {
    CircuitBuilder builder = Circuit.builder(2);
    double[][] weak = {{0.96, 0, 0, 0.28}, {0.28, 0, 0, 0.96}};
    KrausSet measurement = new KrausSet(weak, new double[2][4]);
    builder.h(0).h(1);
    for (int i = 0; i < 100; i++) {
      builder.kraus(measurement, i % 2).ry(i % 2, builder.weights(1).at(0)).cnot(i % 2, 1 - i % 2);
    }
    builder.kraus(measurement, 0);
    Circuit circuit =
        builder.expect(PauliTerm.parse("X0 Z1")).expect(PauliTerm.parse("X1")).build();
    Inputs inputs =
        Inputs.of(1, new double[0], new Random(3).doubles(circuit.weights(), -2, 2).toArray());
    double[] cotangents = {1, 0.5};
    Program program = new TrajectoryEngine(pure, 5, 2).compile(circuit);
    double[] found = program.evaluate(inputs).vjp(cotangents).weights();
    compare(program, inputs, cotangents, inputs.weights(), found);
  }
}
