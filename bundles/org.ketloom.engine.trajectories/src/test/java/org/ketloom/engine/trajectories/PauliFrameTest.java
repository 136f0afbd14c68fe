package org.ketloom.engine.trajectories;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.engine.statevector.StateVectorEngine;

/** Pauli strings that are carried through circuits, and trajectories that are rows. */
class PauliFrameTest {
  private static final int WIRES = 4;
  private static final int BATCH = 3;
  private static final int EACH = 4;

  private final StateVectorEngine pure = new StateVectorEngine();
  private final DensityMatrixEngine exact = new DensityMatrixEngine();

  /**
   * Flips that are certain between random gates of every kind, with and without controls: two
   * trajectories are then exact.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void certainFlipsAreCarriedThroughEveryGate(int seed) {
    Random random = new Random(seed);
    assertExact(flipped(random, seed % 2 == 0), random);
  }

  /** The same in a sweep, since channels whose branches may be no unitary ones are around it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void certainBranchesAreSweptThroughEveryGate(int seed) {
    Random random = new Random(seed);
    Circuit inside = flipped(random, seed % 2 == 0);
    int[] at = {0};
    int last = inside.instructions().size() - 1;
    Circuit circuit =
        inside.map(
            (builder, instruction) -> {
              if (at[0] == 0) {
                builder.amplitudeDamping(1, Angle.constant(0));
              }
              builder.append(instruction);
              if (at[0] % 20 == 19) {
                builder.kraus(certain(random), choose(2, random));
              }
              if (at[0]++ == last) {
                builder.amplitudeDamping(2, Angle.constant(0));
              }
            });
    assertExact(circuit, random);
  }

  /** A unitary channel, of which the engine doesn't know that it is one. */
  private static KrausSet certain(Random random) {
    UnitaryMatrix unitary = unitary(2, random.nextDouble());
    double[][] re = new double[1][16];
    double[][] im = new double[1][16];
    for (int i = 0; i < 16; i++) {
      re[0][i] = unitary.re(i / 4, i % 4);
      im[0][i] = unitary.im(i / 4, i % 4);
    }
    return new KrausSet(re, im);
  }

  static Inputs inputs(Circuit circuit, Random random) {
    return new Inputs(
        BATCH,
        random.doubles((long) BATCH * circuit.features(), -2, 2).toArray(),
        random.doubles(circuit.weights(), -2, 2).toArray(),
        random.doubles((long) BATCH * circuit.sampleAngles(), -2, 2).toArray(),
        random.doubles(circuit.hermitianEntries(), -1, 1).toArray());
  }

  private void assertExact(Circuit circuit, Random random) {
    Inputs inputs = inputs(circuit, random);
    double[] cotangents = random.doubles((long) BATCH * circuit.outputs(), -1, 1).toArray();
    Program expected = exact.compile(circuit);
    Program found = new TrajectoryEngine(pure, 2, 1).compile(circuit);
    assertArrayEquals(expected.values(inputs), found.values(inputs), 1e-12);
    Gradients right = expected.evaluate(inputs).vjp(cotangents);
    Gradients gradients = found.evaluate(inputs).vjp(cotangents);
    assertArrayEquals(right.features(), gradients.features(), 1e-11);
    assertArrayEquals(right.weights(), gradients.weights(), 1e-11);
    assertArrayEquals(right.sampleAngles(), gradients.sampleAngles(), 1e-11);
    assertArrayEquals(right.hermitianEntries(), gradients.hermitianEntries(), 1e-11);
  }

  static Circuit flipped(Random random, boolean sumsAlone) {
    CircuitBuilder builder = Circuit.builder(WIRES);
    List<Angles> sources =
        List.of(builder.features(EACH), builder.weights(EACH), builder.sampleAngles(EACH));
    List<Gate> deck = new ArrayList<>();
    for (int repeat = 0; repeat < 4; repeat++) {
      deck.addAll(List.of(Gate.values()));
      deck.addAll(List.of(Gate.X, Gate.Y, Gate.Z));
    }
    Collections.shuffle(deck, random);
    for (Gate gate : deck) {
      int controls = random.nextInt(3) == 0 ? 1 + random.nextInt(WIRES - gate.wires()) : 0;
      int[] all = choose(gate.wires() + controls, random);
      int[] on = Arrays.copyOf(all, gate.wires());
      CircuitBuilder view =
          controls == 0
              ? builder
              : builder.controlledBy(Arrays.copyOfRange(all, gate.wires(), all.length));
      if (gate.isUnitary()) {
        view.unitary(unitary(gate.wires(), random.nextDouble()), on);
      } else {
        Angle[] angles = new Angle[gate.angles()];
        for (int a = 0; a < angles.length; a++) {
          int source = random.nextInt(4);
          angles[a] =
              source == 3
                  ? Angle.constant(random.nextGaussian())
                  : sources.get(source).at(random.nextInt(EACH)).times(0.7).plus(0.2);
        }
        view.gate(gate, on, angles);
      }
      Channel.Kind[] flips = {
        Channel.Kind.BIT_FLIP, Channel.Kind.PHASE_FLIP, Channel.Kind.BIT_PHASE_FLIP
      };
      builder.channel(flips[random.nextInt(3)], choose(1, random), Angle.constant(1));
    }
    builder.readoutError(1, new ReadoutError(0.1, 0.05));
    builder.expect(PauliTerm.parse("Z0 Y1"), PauliTerm.parse("X2").times(0.5));
    builder.expect(PauliTerm.of(Pauli.Z, 3));
    if (!sumsAlone) {
      double h = Math.sqrt(0.5);
      builder.probabilities(2, 0).probabilities(1).expectHermitian(3, 1).densityMatrix(0, 2);
      builder.fidelity(new double[] {h, 0, 0, h}, 1).successProbability();
    }
    return builder.build();
  }

  static int[] choose(int count, Random random) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, WIRES).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().limit(count).mapToInt(Integer::intValue).toArray();
  }

  /** Between the first and the last basis state a rotation with phases, elsewhere the identity. */
  private static UnitaryMatrix unitary(int wires, double t) {
    int rows = 1 << wires;
    double[] re = new double[rows * rows];
    double[] im = new double[rows * rows];
    for (int i = 1; i < rows - 1; i++) {
      re[i * rows + i] = 1;
    }
    re[0] = Math.cos(t);
    re[rows * rows - 1] = Math.cos(t);
    im[rows - 1] = Math.sin(t);
    im[(rows - 1) * rows] = Math.sin(t);
    return new UnitaryMatrix(re, im);
  }

  /** Counts the rows that an engine runs. */
  private QuantumEngine counting(AtomicInteger rows) {
    return circuit -> {
      Program program = pure.compile(circuit);
      return (Program)
          Proxy.newProxyInstance(
              Program.class.getClassLoader(),
              new Class<?>[] {Program.class},
              (proxy, method, arguments) -> {
                if (arguments != null && arguments[0] instanceof Inputs inputs) {
                  rows.addAndGet(inputs.batch());
                }
                return method.invoke(program, arguments);
              });
    };
  }

  private static Circuit bell(double strength) {
    return bell(2, strength);
  }

  private static Circuit bell(int wires, double strength) {
    CircuitBuilder builder = Circuit.builder(wires);
    builder.ry(0, builder.features(1).at(0)).depolarizing(Angle.constant(strength), 0);
    builder.cnot(0, 1).depolarizing(Angle.constant(strength), 1);
    return builder.expect(PauliTerm.parse("Z0 Z1")).probabilities(0, 1).build();
  }

  @Test
  void trajectoriesWithTheSameBranchesAreOneRow() {
    AtomicInteger rows = new AtomicInteger();
    Inputs inputs = Inputs.of(2, new double[] {0.3, 0.4}, new double[0]);
    new TrajectoryEngine(counting(rows), 100, 1).compile(bell(0)).values(inputs);
    assertEquals(2, rows.getAndSet(0));
    Program noisy = new TrajectoryEngine(counting(rows), 1000, 1).compile(bell(0.5));
    noisy.values(inputs);
    // Two channels of four strings each, all of which are drawn.
    assertEquals(2 * 16, rows.getAndSet(0));
    double[] cotangents = new double[2 * 5];
    cotangents[0] = 1;
    noisy.evaluate(inputs).vjp(cotangents);
    assertEquals(2 * 16, rows.get(), "the sweep has the states of the values");
  }

  /** As many trajectories as can be kept, and more than that: 6 GB, an eighth of the heap. */
  @ParameterizedTest
  @ValueSource(ints = {50, 400_000})
  void anEvaluationIsUsedAgain(int trajectories) {
    Circuit circuit = bell(10, 0.3);
    Program program = new TrajectoryEngine(pure, trajectories, 1).compile(circuit);
    Inputs one = Inputs.of(1, new double[] {0.3}, new double[0]);
    Inputs two = Inputs.of(2, new double[] {1.3, 0.4}, new double[0]);
    double[] cotangents = {1, 0.5, 0, 0, 0, 1, 0.5, 0, 0, 0};
    Evaluation used = program.evaluate(one);
    double[] ofOne = used.outputs();
    double[] slope = used.vjp(Arrays.copyOf(cotangents, 5)).features();
    assertArrayEquals(slope, used.vjp(Arrays.copyOf(cotangents, 5)).features(), "a second sweep");
    used.update(two);
    Evaluation fresh = program.evaluate(two);
    assertArrayEquals(fresh.outputs(), used.outputs());
    assertArrayEquals(fresh.vjp(cotangents).features(), used.vjp(cotangents).features());
    Inputs wrong = Inputs.of(1, new double[] {Double.NaN}, new double[0]);
    assertThrows(IllegalArgumentException.class, () -> used.update(wrong));
    assertArrayEquals(fresh.vjp(cotangents).features(), used.vjp(cotangents).features());
    used.update(one);
    assertArrayEquals(ofOne, used.outputs());
    assertArrayEquals(slope, used.vjp(Arrays.copyOf(cotangents, 5)).features());
  }

  /** More trajectories than are run at once, wherever in a batch the sample is. */
  @Test
  void wherePiecesAreCutDependsOnTheSampleAlone() {
    double[] features = {0.3, 0.4, 0.5};
    Circuit circuit = bell(0.2);
    Program program = new TrajectoryEngine(pure, 9000, 4).compile(circuit);
    double[] cotangents = {1, 0.5, 0, 0, 0, 1, 0.5, 0, 0, 0, 1, 0.5, 0, 0, 0};
    Inputs three = Inputs.of(3, features, new double[0]);
    double[] together = program.values(three);
    double[] gradients = program.evaluate(three).vjp(cotangents).features();
    for (int count = 1; count < 3; count++) {
      Inputs fewer = Inputs.of(count, Arrays.copyOf(features, count), new double[0]);
      double[] alone = program.values(fewer);
      assertArrayEquals(Arrays.copyOf(together, alone.length), alone);
      assertArrayEquals(
          Arrays.copyOf(gradients, count),
          program.evaluate(fewer).vjp(Arrays.copyOf(cotangents, 5 * count)).features());
    }
  }
}
