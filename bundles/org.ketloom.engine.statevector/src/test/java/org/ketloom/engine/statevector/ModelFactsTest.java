package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** Facts about circuits of the published models that an exact engine must show. */
class ModelFactsTest {
  private static final double[] NONE = {};
  private final StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.best(), 13, 16);

  @AfterEach
  void close() {
    engine.close();
  }

  /**
   * The eight gates of the two-qubit unit in arXiv 2602.03405 are {@code exp(-i pi/4) exp(i (p1 XX
   * + p2 YY + p0 ZZ))}; under a control, so that the phase counts too.
   */
  @Test
  void convUnitIsTheCanonicalGate() {
    Random random = new Random(1);
    for (int round = 0; round < 10; round++) {
      CircuitBuilder gates = threeWires(new Random(round));
      CircuitBuilder core = threeWires(new Random(round));
      double[] p = random.doubles(3, -3, 3).toArray();
      convUnit(gates.controlledBy(0), p);
      CircuitBuilder controlled = core.controlledBy(0);
      controlled.canonical(1, 2, Angle.constant(p[1]), Angle.constant(p[2]), Angle.constant(p[0]));
      core.phase(0, Angle.constant(-Math.PI / 4));
      assertArrayEquals(expectations(core), expectations(gates), 1e-12);
    }
  }

  private static void convUnit(CircuitBuilder c, double[] p) {
    int q0 = 1;
    int q1 = 2;
    double half = Math.PI / 2;
    c.rz(q1, Angle.constant(-half));
    c.cnot(q1, q0);
    c.rz(q0, Angle.constant(half - 2 * p[0]));
    c.ry(q1, Angle.constant(2 * p[1] - half));
    c.cnot(q0, q1);
    c.ry(q1, Angle.constant(half - 2 * p[2]));
    c.cnot(q1, q0);
    c.rz(q0, Angle.constant(half));
  }

  /** A circuit that starts in some entangled state of three wires. */
  private static CircuitBuilder threeWires(Random random) {
    CircuitBuilder builder = Circuit.builder(3);
    for (int layer = 0; layer < 3; layer++) {
      for (int w = 0; w < 3; w++) {
        builder.gate(
            Gate.U3,
            new int[] {w},
            Angle.constant(random.nextGaussian()),
            Angle.constant(random.nextGaussian()),
            Angle.constant(random.nextGaussian()));
      }
      builder.cnot(0, 1).cnot(1, 2).cnot(2, 0);
    }
    return builder;
  }

  /** All 63 Pauli strings of three wires: they fix the state up to its phase. */
  private double[] expectations(CircuitBuilder builder) {
    for (int code = 1; code < 64; code++) {
      List<Integer> wires = new ArrayList<>();
      List<Pauli> paulis = new ArrayList<>();
      for (int w = 0; w < 3; w++) {
        int letter = code >> (2 * w) & 3;
        if (letter > 0) {
          wires.add(w);
          paulis.add(Pauli.values()[letter - 1]);
        }
      }
      builder.expect(new PauliTerm(1, wires, paulis));
    }
    return engine.compile(builder.build()).values(new Inputs(1, NONE, NONE, NONE, NONE));
  }

  /** The ancilla of a Hadamard test reads {@code Re <psi|U|psi>}. */
  @Test
  void hadamardTest() {
    Random random = new Random(2);
    double[] amplitudes = RandomCircuits.gaussian(8, random);
    double[] angles = random.doubles(12, -3, 3).toArray();

    CircuitBuilder test = Circuit.builder(4);
    test.on(0, 1, 2).prepareAmplitudes(test.features(8), false, 0);
    test.h(3);
    layers(test.controlledBy(3), angles);
    test.h(3).expect(PauliTerm.of(Pauli.Z, 3));
    double[] read = engine.compile(test.build()).values(Inputs.of(1, amplitudes, NONE));

    CircuitBuilder before = Circuit.builder(3);
    before.prepareAmplitudes(before.features(8), false, 0);
    CircuitBuilder after = Circuit.builder(3);
    after.prepareAmplitudes(after.features(8), false, 0);
    layers(after, angles);
    Inputs inputs = Inputs.of(1, amplitudes, NONE);
    ComplexMatrix psi = new NaiveSimulator(before.build()).state(inputs, 0);
    ComplexMatrix transformed = new NaiveSimulator(after.build()).state(inputs, 0);
    assertEquals(psi.realInner(transformed), read[0], 1e-12);
  }

  private static void layers(CircuitBuilder c, double[] angles) {
    for (int a = 0; a < angles.length; a += 4) {
      c.canonical(
          0,
          1,
          Angle.constant(angles[a]),
          Angle.constant(angles[a + 1]),
          Angle.constant(angles[a + 2]));
      c.rx(2, Angle.constant(angles[a + 3]));
      c.canonical(
          1,
          2,
          Angle.constant(angles[a + 3]),
          Angle.constant(angles[a]),
          Angle.constant(angles[a + 1]));
    }
  }

  /** Adaptive observables: gradients by state and entries, against central differences. */
  @Test
  void adaptiveObservableGradients() {
    Random random = new Random(3);
    CircuitBuilder builder = Circuit.builder(4);
    Angles features = builder.features(16);
    builder.prepareAmplitudes(features, false, 0);
    builder.canonical(0, 1, Angle.constant(0.3), Angle.constant(-0.8), Angle.constant(0.5));
    builder.expectHermitian(0, 1, 2, 3).expectHermitian(3, 0);
    Program program = engine.compile(builder.build());
    Inputs inputs = RandomCircuits.inputs(program.circuit(), 2, random);
    double[] cotangents = RandomCircuits.gaussian(4, random);
    var gradients = program.evaluate(inputs).vjp(cotangents);
    double step = 1e-5;
    for (double[][] pair :
        new double[][][] {
          {inputs.features(), gradients.features()},
          {inputs.hermitianEntries(), gradients.hermitianEntries()}
        }) {
      for (int i = 0; i < pair[0].length; i++) {
        double old = pair[0][i];
        pair[0][i] = old + step;
        double up = RandomCircuitTest.dot(cotangents, program.values(inputs));
        pair[0][i] = old - step;
        double down = RandomCircuitTest.dot(cotangents, program.values(inputs));
        pair[0][i] = old;
        assertEquals((up - down) / (2 * step), pair[1][i], 1e-7);
      }
    }
  }

  /** Meyer and Wallach's Q: 0 for a product, 1 for GHZ, (2^n - 2)/(2^n + 1) on Haar average. */
  @Test
  void entanglingCapability() {
    CircuitBuilder product = Circuit.builder(4);
    CircuitBuilder ghz = Circuit.builder(4);
    for (int w = 0; w < 4; w++) {
      product.ry(w, Angle.constant(0.4 + w));
    }
    ghz.h(0).cnot(0, 1).cnot(1, 2).cnot(2, 3);
    CircuitBuilder haar = Circuit.builder(4);
    haar.prepareAmplitudes(haar.features(32), true, 0);
    Random random = new Random(4);
    int states = 4000;
    double[] amplitudes = random.doubles(32 * states).map(u -> random.nextGaussian()).toArray();
    assertEquals(0, meyerWallach(product, 1, NONE), 1e-14);
    assertEquals(1, meyerWallach(ghz, 1, NONE), 1e-14);
    assertEquals(14.0 / 17, meyerWallach(haar, states, amplitudes), 0.003);
  }

  private double meyerWallach(CircuitBuilder builder, int batch, double[] features) {
    for (int w = 0; w < 4; w++) {
      for (Pauli pauli : Pauli.values()) {
        builder.expect(PauliTerm.of(pauli, w));
      }
    }
    double[] bloch = engine.compile(builder.build()).values(Inputs.of(batch, features, NONE));
    // 2 (1 - average purity), purity (1 + |r|^2) / 2 for a Bloch vector r.
    double squares = 0;
    for (double r : bloch) {
      squares += r * r;
    }
    return 1 - squares / (4 * batch);
  }
}
