package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.nn.GradientCheck.shape;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.nd4j.linalg.api.buffer.DataType;

class QuantumLayerTest {

  /**
   * RY(feature) RY(weight) RY(per-sample angle) on one wire, worked out by hand: with their sum t,
   * the state is (cos t/2, sin t/2), Z is cos t, and a Hermitian (c0, c1, a, b) is c0 cos^2 t/2 +
   * c1 sin^2 t/2 + a sin t.
   */
  private static final class Turns implements Program {
    private final Circuit circuit;
    private final boolean repeats;
    private int evaluations;

    /**
     * @param repeats whether an evaluation can be used again
     */
    Turns(boolean repeats) {
      this.repeats = repeats;
      CircuitBuilder b = Circuit.builder(1);
      b.ry(0, b.features(1).at(0)).ry(0, b.weights(1).at(0)).ry(0, b.sampleAngles(1).at(0));
      b.expect(PauliTerm.of(Pauli.Z, 0)).expectHermitian(0);
      circuit = b.build();
    }

    @Override
    public Circuit circuit() {
      return circuit;
    }

    @Override
    public double[] values(Inputs in) {
      double[] h = in.hermitianEntries();
      double[] y = new double[2 * in.batch()];
      for (int i = 0; i < in.batch(); i++) {
        double t = angle(in, i);
        y[2 * i] = Math.cos(t);
        y[2 * i + 1] = (h[0] + h[1]) / 2 + (h[0] - h[1]) / 2 * Math.cos(t) + h[2] * Math.sin(t);
      }
      return y;
    }

    @Override
    public Evaluation evaluate(Inputs given) {
      evaluations++;
      return new Evaluation() {
        private Inputs in = given;
        private double[] outputs = values(given);

        @Override
        public void update(Inputs next) {
          if (!repeats) {
            throw new UnsupportedOperationException();
          }
          in = next;
          outputs = values(next);
        }

        @Override
        public double[] outputs() {
          return outputs;
        }

        @Override
        public Gradients vjp(double[] g) {
          double[] h = in.hermitianEntries();
          double[] perSample = new double[in.batch()];
          double weight = 0;
          double[] entries = new double[4];
          for (int i = 0; i < in.batch(); i++) {
            double t = angle(in, i);
            double second = -(h[0] - h[1]) / 2 * Math.sin(t) + h[2] * Math.cos(t);
            perSample[i] = -g[2 * i] * Math.sin(t) + g[2 * i + 1] * second;
            weight += perSample[i];
            entries[0] += g[2 * i + 1] * (1 + Math.cos(t)) / 2;
            entries[1] += g[2 * i + 1] * (1 - Math.cos(t)) / 2;
            entries[2] += g[2 * i + 1] * Math.sin(t);
          }
          return new Gradients(perSample, new double[] {weight}, perSample.clone(), entries);
        }
      };
    }

    private static double angle(Inputs in, int sample) {
      return in.features()[sample] + in.weights()[0] + in.sampleAngles()[sample];
    }
  }

  private static final Program TURNS = new Turns(true);

  private static Variable run(List<Variable> x) {
    return new QuantumLayer("turns", TURNS).run(x.get(0), x.get(1), x.get(2), x.get(3));
  }

  @Test
  void carriesEveryGradient() {
    GradientCheck.of(
            (t, x) -> run(List.of(x.get(0).mul(2).tanh(), x.get(1), x.get(2), x.get(3))).square(),
            shape(3, 1),
            shape(1),
            shape(3, 1),
            shape(4))
        .first();
  }

  @Test
  void evaluationsAreUsedAgainWhenTheirGradientsAreNotAskedForAnyMore() {
    for (boolean repeats : List.of(true, false)) {
      Turns turns = new Turns(repeats);
      QuantumLayer layer = new QuantumLayer("turns", turns);
      try (Tape tape = new Tape(DataType.DOUBLE)) {
        for (int step = 0; step < 3; step++) {
          Variable x = tape.input(new double[] {0.3 + step, 0.5}, 2, 1);
          Variable y = tape.input(new double[] {0.7 - step}, 1, 1);
          Variable w = tape.fill(0.1, 1);
          Variable h = tape.fill(0, 4);
          Variable first = layer.run(x, w, tape.fill(0, 2, 1), h);
          Variable second = layer.run(y, w, tape.fill(0, 1, 1), h);
          Variable sum = first.sum().add(second.sum());
          List<Variable> g = tape.gradients(sum, List.of(x, y), false);
          assertArrayEquals(
              new double[] {-Math.sin(0.4 + step), -Math.sin(0.6)}, g.get(0).toDoubles(), 1e-12);
          assertArrayEquals(new double[] {-Math.sin(0.8 - step)}, g.get(1).toDoubles(), 1e-12);
          tape.clear();
        }
      }
      assertEquals(repeats ? 2 : 6, turns.evaluations);
    }
  }

  /** The memory of what the first walk backwards has passed may serve others by then. */
  @Test
  void gradientsAreRefusedOnceTheirMemoryIsReleased() {
    try (ParameterStore store = new ParameterStore(DataType.FLOAT, 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      QuantumLayer layer =
          new QuantumLayer(store, "quantum", TURNS, Initializer.constant(0.4), Initializer.zeros());
      Variable loss = layer.apply(tape, tape.fill(0.3, 2, 1), tape.fill(0, 2, 1)).sum();
      tape.backward(loss);
      assertThrows(IllegalStateException.class, () -> tape.backward(loss));
    }
  }

  @Test
  void learnsAnAngle() {
    try (ParameterStore store = new ParameterStore(DataType.FLOAT, 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      QuantumLayer layer =
          new QuantumLayer(store, "quantum", TURNS, Initializer.constant(0.4), Initializer.zeros());
      assertEquals(Map.of("circuit", 1L, "observable", 4L), store.counts());
      try (Adam adam = new Adam(store, Adam.Options.adam(0.1), Map.of(), Schedule.constant())) {
        for (int i = 0; i < 150; i++) {
          Variable x = tape.constant(new double[] {0.1, -0.4}, 2, 1);
          Variable zero = tape.fill(0, 2, 1);
          Variable target =
              tape.constant(new double[] {Math.cos(1.1), 0.5, Math.cos(0.6), 0.5}, 2, 2);
          tape.backward(Losses.meanSquaredError(layer.apply(tape, x, zero), target));
          adam.step();
          tape.clear();
        }
      }
      assertEquals(1, store.state().get("quantum.weights").floats()[0], 2e-2);
      float[] entries = store.state().get("quantum.hermitians").floats();
      double half = (entries[0] + entries[1]) / 2;
      double rest = (entries[0] - entries[1]) / 2;
      assertEquals(0.5, half + rest * Math.cos(1.1) + entries[2] * Math.sin(1.1), 2e-2);
    }
  }

  /** A program whose values tell the seed. */
  private record Seeded(long seed) implements Program {
    @Override
    public Circuit circuit() {
      CircuitBuilder b = Circuit.builder(1);
      return b.ry(0, b.features(1).at(0)).expect(PauliTerm.of(Pauli.Z, 0)).build();
    }

    @Override
    public Program withSeed(long other) {
      return new Seeded(other);
    }

    @Override
    public double[] values(Inputs in) {
      return new double[] {seed};
    }

    @Override
    public Evaluation evaluate(Inputs in) {
      throw new AssertionError("values alone are asked for");
    }
  }

  @Test
  void drawsByTheSeedAndTheName() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      QuantumLayer layer = new QuantumLayer("one", new Seeded(0));
      Variable x = tape.constant(new double[1], 1, 1);
      double first = layer.withSeed(1).apply(tape, x, null).scalar();
      assertEquals(first, layer.withSeed(1).apply(tape, x, null).scalar());
      assertNotEquals(first, layer.withSeed(2).apply(tape, x, null).scalar());
      QuantumLayer other = new QuantumLayer("other", new Seeded(0));
      assertNotEquals(first, other.withSeed(1).apply(tape, x, null).scalar());
    }
    QuantumLayer exact = new QuantumLayer("turns", TURNS);
    assertSame(exact, exact.withSeed(1));
  }

  /** {@code cos(w0 + w1 x)}: the last weight is an encoding's. */
  private static final class Scaled implements Program {
    @Override
    public Circuit circuit() {
      CircuitBuilder b = Circuit.builder(1);
      Angles w = b.weights(2);
      b.ry(0, w.at(0)).ry(0, b.features(1).at(0).times(w.at(1)));
      return b.expect(PauliTerm.of(Pauli.Z, 0)).build();
    }

    private static double angle(Inputs in, int i) {
      return in.weights()[0] + in.weights()[1] * in.features()[i];
    }

    @Override
    public double[] values(Inputs in) {
      return IntStream.range(0, in.batch()).mapToDouble(i -> Math.cos(angle(in, i))).toArray();
    }

    @Override
    public org.ketloom.api.engine.Evaluation evaluate(Inputs in) {
      double[] outputs = values(in);
      return new org.ketloom.api.engine.Evaluation() {
        @Override
        public double[] outputs() {
          return outputs;
        }

        @Override
        public Gradients vjp(double[] cotangents) {
          Gradients g = Gradients.zeros(circuit(), in.batch());
          for (int i = 0; i < in.batch(); i++) {
            double slope = -cotangents[i] * Math.sin(angle(in, i));
            g.features()[i] = slope * in.weights()[1];
            g.weights()[0] += slope;
            g.weights()[1] += slope * in.features()[i];
          }
          return g;
        }
      };
    }
  }

  @Test
  void anEncodingsWeightsAreAParameterOfTheirOwn() {
    try (ParameterStore store = new ParameterStore(DataType.DOUBLE, 1);
        Tape tape = new Tape(DataType.DOUBLE)) {
      QuantumLayer layer =
          new QuantumLayer(
              store,
              "quantum",
              new Scaled(),
              Initializer.constant(0.2),
              1,
              Initializer.constant(1.5),
              Initializer.zeros());
      assertEquals(Map.of("circuit", 2L), store.counts());
      assertEquals(
          List.of("quantum.weights", "quantum.encoding"), List.copyOf(store.state().keySet()));
      Variable y = layer.apply(tape, tape.constant(new double[] {0.4, -1}, 2, 1), null);
      assertArrayEquals(new double[] {Math.cos(0.8), Math.cos(-1.3)}, y.toDoubles(), 1e-12);
      tape.backward(y.sum());
      try (Adam adam = new Adam(store, Adam.Options.adam(0.1), Map.of(), Schedule.constant())) {
        adam.step();
      }
      // Adam's first step is its rate against the sign of the gradient: of -sin(0.8) + sin(1.3) and
      // of -0.4 sin(0.8) - sin(1.3).
      assertEquals(0.1, store.state().get("quantum.weights").doubles()[0], 1e-6);
      assertEquals(1.6, store.state().get("quantum.encoding").doubles()[0], 1e-6);
    }
  }

  @Test
  void anEncodingMayHaveAllWeightsButNoMore() {
    try (ParameterStore store = new ParameterStore(DataType.DOUBLE, 1);
        Tape tape = new Tape(DataType.DOUBLE)) {
      Initializer one = Initializer.constant(1);
      QuantumLayer layer =
          new QuantumLayer(store, "all", new Scaled(), one, 2, one, Initializer.zeros());
      Variable y = layer.apply(tape, tape.fill(0.5, 1, 1), null);
      assertArrayEquals(new double[] {Math.cos(1.5)}, y.toDoubles(), 1e-12);
      assertEquals(
          "none: 3 of the circuit's weights belong to its encoding, expected 0 to 2",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new QuantumLayer(store, "none", new Scaled(), one, 3, one, one))
              .getMessage());
    }
  }

  @Test
  void valuesAloneNeedNoGradient() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable y =
          run(
              List.of(
                  tape.constant(new double[] {0.5, 1}, 2, 1),
                  tape.constant(new double[] {0.25}, 1),
                  tape.fill(0, 2, 1),
                  tape.fill(0, 4)));
      assertArrayEquals(new double[] {Math.cos(0.75), 0, Math.cos(1.25), 0}, y.toDoubles(), 1e-12);
    }
  }

  @Test
  void secondDerivativeIsRefusedByName() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable x = tape.input(new double[] {0.5}, 1, 1);
      Variable one = tape.fill(1, 1);
      Variable y = run(List.of(x, one, tape.fill(0, 1, 1), tape.fill(0, 4))).sum();
      Variable g = tape.gradients(y, List.of(x), true).get(0);
      assertEquals(-Math.sin(1.5), g.scalar(), 1e-12);
      Variable again = g.square().sum();
      String message =
          assertThrows(
                  UnsupportedOperationException.class,
                  () -> tape.gradients(again, List.of(x), false))
              .getMessage();
      assertTrue(message.contains("turns can be differentiated once"), message);
    }
  }

  @Test
  void errorsNameTheInput() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable x = tape.fill(0, 2, 1);
      Variable w = tape.fill(0, 1);
      Variable h = tape.fill(0, 4);
      error("turns: features has shape [2, 3], expected [2, 1]", tape.fill(0, 2, 3), w, x, h);
      error("turns: per-sample angles has shape [1, 1]", x, w, tape.fill(0, 1, 1), h);
      error("turns: the circuit reads 1 weights, none are given", x, null, x, h);
      error("turns: Hermitian entries has shape [1], expected [4]", x, w, x, w);
      error("tell the size of the batch", null, w, null, h);
    }
  }

  private static void error(String part, Variable... in) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new QuantumLayer("turns", TURNS).run(in[0], in[1], in[2], in[3]))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
