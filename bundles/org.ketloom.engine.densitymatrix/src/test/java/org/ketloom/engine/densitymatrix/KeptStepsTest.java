package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** Channels that are undone, and those before which the block is kept. */
class KeptStepsTest {
  private static final int BATCH = 9;
  private static final int LAYERS = 6;

  private static KeptSteps kept(Circuit circuit) {
    return new Compiler(circuit, new PlainKernels()).compile().kept();
  }

  /** Rotations and CNOT, a channel after each; its strengths are constants, or features. */
  private static Circuit layered(Channel.Kind kind, double strength, boolean given) {
    CircuitBuilder builder = Circuit.builder(3);
    Angles x = builder.features(1 + kind.strengths());
    Angles w = builder.weights(LAYERS, 3);
    Angle[] strengths = new Angle[kind.strengths()];
    for (int i = 0; i < strengths.length; i++) {
      double value = strength(kind, i, strength);
      strengths[i] = given ? x.at(1 + i).times(0).plus(value) : Angle.constant(value);
    }
    builder.ry(0, x.at(0));
    for (int layer = 0; layer < LAYERS; layer++) {
      for (int q = 0; q < 3; q++) {
        builder.rx(q, w.at(layer, q)).channel(kind, new int[] {q}, strengths);
        builder.rz(q, w.at(layer, q));
      }
      builder.cnot(layer % 3, (layer + 1) % 3);
      if (kind == Channel.Kind.DEPOLARIZING) {
        builder.channel(kind, new int[] {layer % 3, (layer + 1) % 3}, strengths);
      }
    }
    return builder.expect(PauliTerm.parse("Z0 X2")).purity(0, 1, 2).build();
  }

  private static double strength(Channel.Kind kind, int i, double strength) {
    // T1, T2, duration and population.
    return kind == Channel.Kind.THERMAL_RELAXATION
        ? new double[] {1, 0.8, strength, 0.2}[i]
        : strength;
  }

  private static Gradients gradients(Circuit circuit, Kernels kernels) {
    Random random = new Random(3);
    Inputs inputs =
        new Inputs(
            BATCH,
            random.doubles((long) BATCH * circuit.features(), -1, 1).toArray(),
            random.doubles(circuit.weights(), -1, 1).toArray(),
            new double[0],
            new double[0]);
    DensityMatrixEngine engine = new DensityMatrixEngine(1, kernels);
    Gradients found =
        engine
            .compile(circuit)
            .evaluate(inputs)
            .vjp(random.doubles((long) BATCH * circuit.outputs(), -1, 1).toArray());
    engine.close();
    return found;
  }

  @ParameterizedTest
  @EnumSource(
      value = Channel.Kind.class,
      names = {
        "DEPOLARIZING",
        "BIT_FLIP",
        "PHASE_FLIP",
        "BIT_PHASE_FLIP",
        "PAULI",
        "AMPLITUDE_DAMPING",
        "GENERALIZED_AMPLITUDE_DAMPING",
        "PHASE_DAMPING",
        "THERMAL_RELAXATION",
        "RESET_ERROR"
      })
  void weakChannelsAreUndone(Channel.Kind kind) {
    Circuit undone = layered(kind, 0.03, false);
    Circuit given = layered(kind, 0.03, true);
    assertEquals(0, kept(undone).count());
    assertTrue(kept(given).count() >= LAYERS, "strengths that are read can't be undone");
    for (Kernels kernels : List.of(new PlainKernels(), DensityMatrixEngine.best())) {
      Gradients expected = gradients(given, kernels);
      Gradients found = gradients(undone, kernels);
      assertArrayEquals(expected.weights(), found.weights(), 1e-12);
      int width = undone.features();
      for (int b = 0; b < BATCH; b++) {
        assertEquals(expected.features()[b * width], found.features()[b * width], 1e-13);
      }
    }
  }

  /** Every few channels the block is kept, so that rounding doesn't grow without a bound. */
  @ParameterizedTest
  @CsvSource({"0.5, 1", "0.9, 5", "0.999, 11", "1, 11"})
  void strongChannelsAreKept(double strength, int least) {
    Circuit undone = layered(Channel.Kind.DEPOLARIZING, strength, false);
    int count = kept(undone).count();
    assertTrue(count >= least && count <= 24, count + " kept");
    double[] expected =
        gradients(layered(Channel.Kind.DEPOLARIZING, strength, true), new PlainKernels()).weights();
    assertArrayEquals(expected, gradients(undone, new PlainKernels()).weights(), 1e-12);
  }

  @Test
  void whatHasNoInverseIsKept() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.h(0).measure(0).cnot(0, 1).reset(0).cnot(0, 1).postSelect(1, 0).cnot(0, 1);
    double h = Math.sqrt(0.5);
    double[][] mixes = {{h, 0, 0, h}, {0, h, h, 0}};
    builder.kraus(new KrausSet(mixes, new double[2][4]), 0);
    KeptSteps kept = kept(builder.purity(0).build());
    assertEquals(4, kept.count());
  }

  @Test
  void krausSetsOfTwoWiresAreUndone() {
    double a = Math.sqrt(0.97);
    double b = Math.sqrt(0.03);
    double[][] re = new double[2][16];
    for (int i = 0; i < 4; i++) {
      re[0][5 * i] = a;
      // CNOT
      re[1][4 * i + (i < 2 ? i : 5 - i)] = b;
    }
    KrausSet kraus = new KrausSet(re, new double[2][16]);
    CircuitBuilder builder = Circuit.builder(2);
    Angle w = builder.weights(1).at(0);
    builder.rx(0, w).kraus(kraus, 0, 1).ry(1, w);
    Circuit circuit = builder.expect(PauliTerm.parse("Z0 Z1")).purity(1).build();
    assertEquals(0, kept(circuit).count());
  }

  @Test
  void segmentsBeginAtKeptSteps() {
    CircuitBuilder builder = Circuit.builder(2);
    for (int i = 0; i < 7; i++) {
      builder.measure(0).cnot(0, 1);
    }
    KeptSteps kept = kept(builder.purity(0).build());
    assertEquals(7, kept.count());
    assertEquals(List.of(0, 6, 12), kept.segments(3));
    assertEquals(3, kept.count(6, 12));
    assertTrue(kept.at(12));
    assertTrue(!kept.at(13));
  }

  @Test
  void anInverseTellsHowRoundingGrows() {
    double[] damping = {1, 0, 0, 0, 0, 0.9, 0, 0, 0, 0, 0.9, 0, 0.19, 0, 0, 0.81};
    Inverse inverse = Inverse.of(damping, 4).orElseThrow();
    double[] product = new double[16];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        for (int k = 0; k < 4; k++) {
          product[4 * i + j] += inverse.matrix()[4 * i + k] * damping[4 * k + j];
        }
      }
    }
    double[] one = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    assertArrayEquals(one, product, 1e-15);
    // Of its block (1, 0; -c, 1) / z: the largest singular value, by hand.
    double c = 0.19;
    double z = 0.81;
    double sum = (z * z + c * c + 1) / (z * z);
    double largest = Math.sqrt((sum + Math.sqrt(sum * sum - 4 / (z * z))) / 2);
    assertTrue(inverse.amplification() >= largest - 1e-15);
    assertEquals(largest, inverse.amplification(), 0.05 * largest);
    double[] halved = new double[16];
    Arrays.setAll(halved, i -> i % 5 > 0 ? 0 : i == 0 ? 1 : 0.5);
    assertEquals(2, Inverse.of(halved, 4).orElseThrow().amplification(), 0.2);
    assertTrue(Inverse.of(new double[16], 4).isEmpty());
  }
}
