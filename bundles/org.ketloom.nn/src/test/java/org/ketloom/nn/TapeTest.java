package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.ketloom.api.model.Tensor;
import org.nd4j.linalg.api.buffer.DataType;

class TapeTest {

  /** A little of everything that a U-Net has, on 8 x 8 images. */
  private static final class Net implements AutoCloseable {
    final ParameterStore store = new ParameterStore(DataType.FLOAT, 3);
    final Tape tape = new Tape(DataType.FLOAT);
    private final Conv2d in = new Conv2d(store, "in", 1, 8, 3);
    private final GroupNorm norm = new GroupNorm(store, "norm", 4, 8);
    private final Conv2d down = new Conv2d(store, "down", 8, 8, 3, 2, 1, Initializer.kaiming());
    private final Embedding label =
        new Embedding(store, "label", 4, 8, Groups.CLASSICAL, Initializer.normal(1));
    private final Conv2d out = new Conv2d(store, "out", 16, 1, 3);
    private final Adam adam =
        new Adam(store, Adam.Options.adam(1e-2), Map.of(), Schedule.constant());

    Variable apply(Variable x, int[] labels, long step) {
      Variable skip = norm.apply(in.apply(x)).silu();
      Variable low = down.apply(skip).add(label.apply(tape, labels).reshape(-1, 1, 1, 8)).silu();
      low = Functions.dropout(low, 0.1, RandomStreams.of(3, "dropout", step));
      return out.apply(Variable.concat(-1, List.of(Functions.upsample2(low), skip)));
    }

    double step(long step) {
      int batch = 16;
      var random = RandomStreams.of(5, "data", step);
      double[] noisy = new double[batch * 64];
      double[] clean = new double[batch * 64];
      int[] labels = new int[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = random.nextInt(4);
        for (int j = 0; j < 64; j++) {
          clean[i * 64 + j] = Math.sin((labels[i] + 1) * (j / 8) * 0.7);
          noisy[i * 64 + j] = clean[i * 64 + j] + 0.5 * random.nextGaussian();
        }
      }
      Variable prediction = apply(tape.constant(noisy, batch, 8, 8, 1), labels, step);
      Variable loss = Losses.meanSquaredError(prediction, tape.constant(clean, batch, 8, 8, 1));
      tape.backward(loss);
      store.clipGradients(1);
      adam.step();
      double value = loss.scalar();
      tape.clear();
      return value;
    }

    @Override
    public void close() {
      adam.close();
      tape.close();
      store.close();
    }
  }

  @Test
  void learnsAndUsesItsMemoryAgain() {
    try (Net net = new Net()) {
      double first = net.step(0);
      for (int i = 1; i < 20; i++) {
        net.step(i);
      }
      long pooled = net.tape.bytes();
      long physical = Pointer.physicalBytes();
      double last = 0;
      for (int i = 20; i < 320; i++) {
        last = net.step(i);
      }
      assertTrue(last < 0.15 * first, "loss " + first + " -> " + last);
      assertEquals(pooled, net.tape.bytes(), "the pool doesn't grow");
      long grown = Pointer.physicalBytes() - physical;
      assertTrue(grown < 200 << 20, "the process grew by " + (grown >> 20) + " MB");
    }
  }

  @Test
  void equalSeedsGiveEqualBits() {
    Map<String, Tensor> first = trained();
    assertEquals(first, trained());
  }

  private static Map<String, Tensor> trained() {
    try (Net net = new Net()) {
      for (int i = 0; i < 20; i++) {
        net.step(i);
      }
      return net.store.state();
    }
  }

  @Test
  void recordedAndFreedGradientsAgree() {
    try (Net net = new Net()) {
      Variable x = net.tape.fill(0.3, 2, 8, 8, 1);
      int[] labels = {1, 2};
      List<Parameter> parameters = List.copyOf(net.store.parameters());
      List<Variable> variables = parameters.stream().map(net.tape::parameter).toList();
      Variable loss = net.apply(x, labels, 0).square().mean();
      List<Variable> recorded = net.tape.gradients(loss, variables, true);
      net.tape.backward(loss);
      for (int i = 0; i < parameters.size(); i++) {
        assertArrayEquals(
            recorded.get(i).toDoubles(),
            Kernels.doubles(parameters.get(i).gradient()),
            1e-4,
            parameters.get(i).name());
      }
    }
  }

  @Test
  void gradientPenaltyReachesTheParameters() {
    try (ParameterStore store = new ParameterStore(DataType.DOUBLE, 1);
        Tape tape = new Tape(DataType.DOUBLE)) {
      Dense a = new Dense(store, "a", 3, 5);
      Dense b = new Dense(store, "b", 5, 1);
      double[] point = {0.3, -0.2, 0.8, 0.1, 0.5, -0.9};
      Parameter weight = store.parameters().iterator().next();
      penalty(tape, a, b, point, true);
      tape.clear();
      double[] found = Kernels.doubles(weight.gradient());
      double[] at = Kernels.doubles(weight.value());
      for (int i = 0; i < at.length; i++) {
        double[] moved = at.clone();
        moved[i] += 1e-5;
        Kernels.write(weight.value(), moved);
        double above = penalty(tape, a, b, point, false);
        moved[i] -= 2e-5;
        Kernels.write(weight.value(), moved);
        double below = penalty(tape, a, b, point, false);
        Kernels.write(weight.value(), at);
        assertEquals((above - below) / 2e-5, found[i], 1e-7);
      }
    }
  }

  /** (|d critic / d x| - 1)^2, the penalty of WGAN-GP. */
  private static double penalty(Tape tape, Dense a, Dense b, double[] point, boolean train) {
    Variable x = tape.input(point, 2, 3);
    Variable critic = b.apply(a.apply(x).tanh().leakyRelu(0.2)).sum();
    Variable g = tape.gradients(critic, List.of(x), true).get(0);
    Variable penalty = g.norm(1e-12).sub(1).square().mean();
    if (train) {
      tape.backward(penalty);
    }
    return penalty.scalar();
  }

  @Test
  void onlyTheStoresThatAreMeantGetGradients() {
    try (ParameterStore one = new ParameterStore(DataType.FLOAT, 1);
        ParameterStore two = new ParameterStore(DataType.FLOAT, 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      Dense generator = new Dense(one, "g", 2, 2);
      Dense critic = new Dense(two, "c", 2, 1);
      tape.backward(critic.apply(generator.apply(tape.fill(1, 3, 2))).sum(), two);
      assertEquals(0, one.gradientNorm());
      assertTrue(two.gradientNorm() > 0);
      tape.clear();
      // Gradients add up until they are set to zero.
      double once = two.gradientNorm();
      tape.backward(critic.apply(generator.apply(tape.fill(1, 3, 2))).sum(), two);
      assertEquals(2 * once, two.gradientNorm(), 1e-5);
    }
  }

  @Test
  void releasedValuesCantBeRead() {
    try (ParameterStore store = new ParameterStore(DataType.FLOAT, 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      Dense layer = new Dense(store, "layer", 2, 2);
      Variable kept = layer.apply(tape.fill(1, 3, 2)).keep();
      Variable gone = kept.tanh();
      double[] before = kept.toDoubles();
      Variable loss = gone.square().sum();
      tape.backward(loss);
      assertTrue(loss.scalar() > 0);
      assertArrayEquals(before, kept.toDoubles());
      String message = assertThrows(IllegalStateException.class, gone::toFloats).getMessage();
      assertTrue(message.contains("tanh[3, 2] was released by backward()"), message);
      tape.clear();
      assertThrows(IllegalStateException.class, kept::toFloats);
    }
  }

  @Test
  void withoutGradientNothingIsRecorded() {
    try (ParameterStore store = new ParameterStore(DataType.FLOAT, 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      Dense layer = new Dense(store, "layer", 2, 1);
      Variable y = tape.withoutGradient(() -> layer.apply(tape.fill(1, 3, 2)).sum());
      assertThrows(IllegalArgumentException.class, () -> tape.backward(y));
    }
  }

  @Test
  void gradientsOfWhatDoesNotMatterAreZero() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable x = tape.input(new double[] {1, 2}, 2);
      Variable unused = tape.input(new double[] {3}, 1);
      List<Variable> g = tape.gradients(x.square().sum(), List.of(x, unused), false);
      assertArrayEquals(new double[] {2, 4}, g.get(0).toDoubles());
      assertArrayEquals(new double[] {0}, g.get(1).toDoubles());
      Variable inner = x.mul(3);
      g = tape.gradients(inner.square().sum(), List.of(inner, x), false);
      assertArrayEquals(new double[] {6, 12}, g.get(0).toDoubles());
      assertArrayEquals(new double[] {18, 36}, g.get(1).toDoubles());
    }
  }
}
