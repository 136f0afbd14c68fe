package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.model.Tensor;
import org.nd4j.linalg.api.buffer.DataType;

class OptimizerTest {
  private static final double[] FIRST = {1, -2, 3};

  private static ParameterStore store() {
    ParameterStore store = new ParameterStore(DataType.DOUBLE, 1);
    store.create("a", "classical", (v, s, r) -> System.arraycopy(FIRST, 0, v, 0, 3), 3);
    store.create("b", "observable", Initializer.constant(5), 1);
    return store;
  }

  /** Adds the gradient of sum a^2 / 2 + 3 b: a, and 3. */
  private static void gradients(ParameterStore store) {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable[] p = store.parameters().stream().map(tape::parameter).toArray(Variable[]::new);
      tape.backward(p[0].square().sum().mul(0.5).add(p[1].mul(3)));
    }
  }

  private static double[] values(ParameterStore store, String name) {
    return store.state().get(name).doubles();
  }

  /** The algorithms as printed in the papers. */
  private static double[] byHand(double start, int steps, Adam.Options o, double fixed) {
    double x = start;
    double m = 0;
    double v = 0;
    for (int t = 1; t <= steps; t++) {
      double g = Double.isNaN(fixed) ? x : fixed;
      if (!o.decoupled()) {
        g += o.weightDecay() * x;
      }
      m = o.beta1() * m + (1 - o.beta1()) * g;
      v = o.beta2() * v + (1 - o.beta2()) * g * g;
      double mHat = m / (1 - Math.pow(o.beta1(), t));
      double vHat = v / (1 - Math.pow(o.beta2(), t));
      double decay = o.decoupled() ? o.rate() * o.weightDecay() * x : 0;
      x -= o.rate() * mHat / (Math.sqrt(vHat) + o.epsilon()) + decay;
    }
    return new double[] {x, m, v};
  }

  private static void compare(Adam.Options classical, Adam.Options observable) {
    try (ParameterStore store = store();
        Adam adam =
            new Adam(store, classical, Map.of("observable", observable), Schedule.constant())) {
      for (int i = 0; i < 5; i++) {
        gradients(store);
        adam.step();
      }
      Map<String, Tensor> state = adam.state();
      for (int i = 0; i < 3; i++) {
        double[] expected = byHand(FIRST[i], 5, classical, Double.NaN);
        assertEquals(expected[0], values(store, "a")[i], 1e-7);
        assertEquals(expected[1], state.get("adam.m/a").doubles()[i], 1e-7);
        assertEquals(expected[2], state.get("adam.v/a").doubles()[i], 1e-7);
      }
      assertEquals(byHand(5, 5, observable, 3)[0], values(store, "b")[0], 1e-7);
      assertEquals(5, adam.steps());
    }
  }

  @Test
  void adamByHand() {
    compare(Adam.Options.adam(0.1), Adam.Options.adam(0.5).betas(0.5, 0.9));
  }

  @Test
  void adamWithWeightDecayByHand() {
    compare(new Adam.Options(0.1, 0.9, 0.99, 0.01, 0.2, false), Adam.Options.adam(0.01));
  }

  @Test
  void adamWByHand() {
    compare(Adam.Options.adamW(0.1, 0.2), new Adam.Options(0.1, 0, 0.9, 1e-3, 0.3, true));
  }

  @Test
  void resumesBitForBit() {
    try (ParameterStore whole = store();
        ParameterStore first = store();
        ParameterStore second = store()) {
      run(whole, new HashMap<>(), 7);
      Map<String, Tensor> state = new HashMap<>();
      run(first, state, 4);
      second.restore(state);
      run(second, state, 3);
      assertEquals(whole.state(), second.state());
    }
  }

  private static void run(ParameterStore store, Map<String, Tensor> state, int steps) {
    try (Adam adam =
            new Adam(store, Adam.Options.adam(0.1), Map.of(), Schedule.warmUpCosine(2, 9, 0.1));
        MovingAverage average = new MovingAverage(store, 0.9)) {
      if (!state.isEmpty()) {
        adam.restore(state);
        average.restore(state);
      }
      for (int i = 0; i < steps; i++) {
        gradients(store);
        adam.step();
        average.update();
      }
      state.putAll(store.state());
      state.putAll(adam.state());
      state.putAll(average.state());
    }
  }

  @Test
  void clipsByTheNormOfAll() {
    try (ParameterStore store = store()) {
      gradients(store);
      double norm = Math.sqrt(1 + 4 + 9 + 9);
      assertEquals(norm, store.clipGradients(100), 1e-12);
      assertEquals(norm, store.clipGradients(2), 1e-12);
      assertEquals(2, store.gradientNorm(), 1e-12);
      Parameter a = store.parameters().iterator().next();
      assertArrayEquals(
          new double[] {2 / norm, -4 / norm, 6 / norm}, Kernels.doubles(a.gradient()), 1e-12);
      Kernels.write(a.gradient(), new double[] {0, Double.NaN, 0});
      assertTrue(
          assertThrows(ArithmeticException.class, () -> store.clipGradients(2))
              .getMessage()
              .contains("gradient of a is not finite"));
    }
  }

  @Test
  void movingAverageFollowsAndSwaps() {
    try (ParameterStore store = store();
        MovingAverage average = new MovingAverage(store, 0.15)) {
      Parameter b = store.parameters().stream().skip(1).findFirst().orElseThrow();
      Kernels.write(b.value(), new double[] {10});
      average.update();
      Kernels.write(b.value(), new double[] {20});
      average.update();
      double expected = 0.15 * (0.1 * 5 + 0.9 * 10) + 0.85 * 20;
      assertEquals(expected, average.state().get("ema/b").doubles()[0], 1e-12);
      try (MovingAverage.Swap swap = average.swapIn()) {
        assertEquals(expected, values(store, "b")[0], 1e-12);
        assertArrayEquals(FIRST, values(store, "a"), 1e-12);
        assertThrows(IllegalStateException.class, average::swapIn);
        assertTrue(swap != null);
      }
      assertEquals(20, values(store, "b")[0]);
    }
  }

  @Test
  void schedules() {
    Schedule s = Schedule.warmUpCosine(4, 14, 0.1);
    assertEquals(0.25, s.factor(0), 1e-12);
    assertEquals(1, s.factor(3), 1e-12);
    assertEquals(1, s.factor(4), 1e-12);
    assertEquals(0.55, s.factor(9), 1e-12);
    assertEquals(0.1, s.factor(14), 1e-12);
    assertEquals(0.1, s.factor(99), 1e-12);
    Schedule steps = Schedule.steps(10, 0.97);
    assertEquals(1, steps.factor(9), 1e-12);
    assertEquals(0.97 * 0.97, steps.factor(20), 1e-12);
    assertEquals(1, Schedule.constant().factor(123), 0);
  }

  @Test
  void refusesForeignStateAndKeepsItsOwn() {
    try (ParameterStore store = store()) {
      Map<String, Tensor> state = new HashMap<>(store.state());
      state.put("a", Tensor.of(new double[] {9, 9, 9}));
      state.put("b", Tensor.of(new double[2]));
      String message =
          assertThrows(IllegalArgumentException.class, () -> store.restore(state)).getMessage();
      assertTrue(message.contains("tensor b is double[2], expected DOUBLE [1]"), message);
      state.remove("b");
      message =
          assertThrows(IllegalArgumentException.class, () -> store.restore(state)).getMessage();
      assertTrue(message.contains("tensor b is missing"), message);
      assertArrayEquals(FIRST, values(store, "a"));
      assertThrows(
          IllegalStateException.class, () -> store.create("c", "x", Initializer.zeros(), 1));
    }
  }

  @Test
  void firstValuesDependOnSeedAndNameAlone() {
    try (ParameterStore one = new ParameterStore(DataType.FLOAT, 4);
        ParameterStore two = new ParameterStore(DataType.FLOAT, 4);
        ParameterStore three = new ParameterStore(DataType.FLOAT, 5)) {
      new Dense(one, "x", 50, 40);
      new Dense(two, "w", 7, 7);
      new Dense(two, "x", 50, 40);
      new Dense(three, "x", 50, 40);
      float[] a = one.state().get("x.weight").floats();
      assertArrayEquals(a, two.state().get("x.weight").floats());
      assertTrue(a[0] != three.state().get("x.weight").floats()[0]);
      double sum = 0;
      for (float v : a) {
        sum += v * v;
      }
      assertEquals(1.0 / 150, sum / a.length, 5e-4);
      assertEquals(Map.of("classical", 2040L), one.counts());
    }
  }

  @Test
  void initializersHaveTheirVariances() {
    long[] shape = {64, 32, 3, 3};
    assertEquals(2.0 / 288, variance(Initializer.kaiming(), shape), 3e-4);
    assertEquals(0.25, variance(Initializer.normal(0.5), shape), 1e-2);
    assertEquals(1.0 / 12, variance(Initializer.uniform(-0.5, 0.5), shape), 3e-3);
    assertEquals(0, variance(Initializer.zeros(), shape), 0);
  }

  private static double variance(Initializer initializer, long... shape) {
    double[] values = new double[(int) Shapes.length(shape)];
    initializer.fill(values, shape, RandomStreams.of(1, "variance"));
    double sum = 0;
    for (double v : values) {
      sum += v * v;
    }
    return sum / values.length;
  }

  @Test
  void parametersThatMemoryCanNotHoldAreRefused() {
    ParameterStore store = new ParameterStore(DataType.FLOAT, 1);
    String shape =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    store.create("wide", Groups.CLASSICAL, Initializer.zeros(), 1L << 40, 1L << 40))
            .getMessage();
    assertTrue(shape.contains("parameter wide of shape"), shape);
    String memory =
        assertThrows(
                IllegalArgumentException.class,
                () -> org.ketloom.nd4j.Nd4jBackend.requireMemory(1L << 60, "an array"))
            .getMessage();
    assertTrue(memory.startsWith("an array needs 1073741824.0 GiB"), memory);
  }
}
