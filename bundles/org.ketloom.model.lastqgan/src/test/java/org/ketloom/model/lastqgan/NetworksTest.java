package org.ketloom.model.lastqgan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.ketloom.ansatz.cnotline.CnotLineAnsatz;
import org.ketloom.ansatz.style.StyleAnsatz;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sizes as published, and gradients against finite differences. */
class NetworksTest {
  private static final ImageShape MNIST = new ImageShape(1, 28, 28);

  private static LastQgan published(Map<String, ?> changes) {
    return Options.with(Options.defaults(LastQgan.class), "last-qgan", changes);
  }

  private static ParameterStore store() {
    return new ParameterStore(DataType.DOUBLE, 3);
  }

  private static long size(ParameterStore store) {
    return store.parameters().stream().mapToLong(Parameter::length).sum();
  }

  private static ModelContext context(Map<String, Part> parts) {
    return TestContext.of(MNIST, Fixtures.ENGINE).withClasses(10).withParts(parts);
  }

  private static Circuit circuit(LastQgan options, Part ansatz, Part head) {
    return StyleCircuit.circuit(
        options, context(Map.of(LastQgan.ANSATZ, ansatz, LastQgan.OBSERVABLE, head)));
  }

  private static final Part XZ = new PauliHead(List.of("X", "Z"));

  @Test
  void theCircuitsHaveThePublishedNumbersOfParameters() {
    LastQgan a = published(Map.of());
    Circuit ring = circuit(a, Fixtures.PARTS.get(LastQgan.ANSATZ), XZ);
    assertEquals(20, ring.outputs());
    ParameterStore store = store();
    new StyleCircuit(store, a, Fixtures.ENGINE.compile(ring));
    assertEquals(Map.of("circuit", 3960L), store.counts());
    assertEquals(3960, StyleCircuit.parameters(a, ring));

    LastQgan b = published(Map.of("layers", 4));
    assertEquals(880, StyleCircuit.parameters(b, circuit(b, new CnotLineAnsatz(), XZ)));

    for (int layers : List.of(2, 4)) {
      LastQgan style =
          published(
              Map.of("wires", 3, "layers", layers, "latent", 3, "noise", 5, "style", "component"));
      Circuit circuit = circuit(style, new StyleAnsatz(), new PauliHead());
      ParameterStore own = store();
      new StyleCircuit(own, style, Fixtures.ENGINE.compile(circuit));
      assertEquals(Map.of("circuit", 4L * layers * 3 + 2 * 3 + 2 * layers), own.counts());
    }
  }

  @Test
  void trainableObservablesAreCounted() {
    LastQgan options = published(Map.of("wires", 4, "latent", 4));
    Circuit circuit =
        circuit(options, new CnotLineAnsatz(), new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1));
    ParameterStore store = store();
    new StyleCircuit(store, options, Fixtures.ENGINE.compile(circuit));
    assertEquals(Map.of("circuit", 48L * 11, "observable", 64L), store.counts());
    assertEquals(48 * 11 + 64, StyleCircuit.parameters(options, circuit));
  }

  @ParameterizedTest
  @CsvSource({"10, 705162, 137217", "20, 716692, 142337", "30, 728222, 147457"})
  void theClassicalGanHasThePublishedNumbersOfParameters(int latent, long wide, long critic) {
    LastQgan options = published(Map.of("latent", latent, "noise", latent, "critic", "wide"));
    ParameterStore store = store();
    new WideGenerator(store, store(), options);
    assertEquals(wide, size(store));
    ParameterStore criticWeights = store();
    new Critic(criticWeights, options);
    assertEquals(critic, size(criticWeights));
  }

  @Test
  void rivalsHaveAboutAsManyParametersAsTheCircuit() {
    LastQgan options = published(Map.of());
    ParameterStore dense = store();
    new DenseStyle(dense, options, 3960);
    assertEquals(4004, size(dense));
    ParameterStore fourier = store();
    new FourierSurrogate(fourier, options, 3960, 1);
    assertEquals(3960, size(fourier));
    ParameterStore critic = store();
    new Critic(critic, options);
    assertEquals(2 * 20 + 20 * 112 + 112 * 56 + 56, size(critic));
  }

  /** The exact second-order gradient, for every parameter of the critic. */
  @ParameterizedTest
  @EnumSource(LastQgan.CriticKind.class)
  void gradientPenalty(LastQgan.CriticKind kind) {
    LastQgan options = Fixtures.options(Map.of("critic", kind.name()));
    ParameterStore store = store();
    Critic critic = new Critic(store, options);
    double[] real = random("real", 20);
    double[] made = random("made", 20);
    double[] shares = {0.1, 0.9, 0.5, 0.3, 0.7};
    Critic.Moments moments = Critic.Moments.of(real, 4);
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      compare(
          store,
          tape,
          () ->
              critic.gradientPenalty(
                  tape.constant(real, 5, 4), tape.constant(made, 5, 4), shares, moments, null));
    }
  }

  /** The whole loss of the critic, dropout included. */
  @ParameterizedTest
  @EnumSource(LastQgan.Loss.class)
  void criticLoss(LastQgan.Loss loss) {
    LastQgan options = Fixtures.options(Map.of("loss", loss.name()));
    ParameterStore store = store();
    Critic critic = new Critic(store, options);
    double[] real = random("real", 20);
    double[] made = random("made", 20);
    double[] shares = {0.1, 0.9, 0.5, 0.3, 0.7};
    Critic.Moments moments = Critic.Moments.of(real, 4);
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      compare(
          store,
          tape,
          () ->
              critic
                  .loss(
                      options,
                      tape.constant(real, 5, 4),
                      tape.constant(made, 5, 4),
                      shares,
                      moments,
                      RandomStreams.of(9, "dropout"))
                  .loss());
    }
  }

  /** Each generator, through the critic's score. */
  @ParameterizedTest
  @CsvSource({
    "circuit, dense",
    "circuit, component",
    "dense, dense",
    "fourier, dense",
    "wide, dense"
  })
  void generatorGradients(String kind, String style) {
    LastQgan options =
        Fixtures.options(
            Map.of("generator", kind, "style", style, "init", "width", "initWidth", 1.0));
    ParameterStore store = store();
    Circuit circuit =
        StyleCircuit.circuit(options, Fixtures.context(Fixtures.GREY, 1, TensorCache.NONE));
    Generator generator =
        switch (options.generator()) {
          case CIRCUIT -> new StyleCircuit(store, options, Fixtures.ENGINE.compile(circuit));
          case DENSE -> new DenseStyle(store, options, 60);
          case FOURIER -> new FourierSurrogate(store, options, 60, 2);
          case WIDE -> new WideGenerator(store, store(), options);
        };
    double[] noise = random("noise", 15);
    double[] weights = random("weights", 20);
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      compare(
          store,
          tape,
          () ->
              generator
                  .apply(tape.constant(noise, 5, 3), BatchNorm.Mode.TRAIN)
                  .mul(tape.constant(weights, 5, 4))
                  .sum());
    }
  }

  /** The mean of many estimates is as near to the exact gradient as their spread allows. */
  @Test
  void gradientsOfMeasurementsAreUnbiased() {
    LastQgan options = Fixtures.options(Map.of("init", "width", "initWidth", 1.0));
    ParameterStore store = store();
    Generator exact =
        new StyleCircuit(
            store,
            options,
            Fixtures.ENGINE.compile(
                StyleCircuit.circuit(
                    options, Fixtures.context(Fixtures.GREY, 1, TensorCache.NONE))));
    double[] expected = gradient(store, exact);
    int times = 150;
    double[] sums = new double[expected.length];
    double[] squares = new double[expected.length];
    for (int i = 0; i < times; i++) {
      double[] found = gradient(store, exact.withShots(new Shots(50, 8).at(i)));
      for (int k = 0; k < found.length; k++) {
        sums[k] += found[k];
        squares[k] += found[k] * found[k];
      }
    }
    for (int k = 0; k < expected.length; k++) {
      double mean = sums[k] / times;
      double error = Math.sqrt(Math.max(0, squares[k] / times - mean * mean) / times);
      assertEquals(expected[k], mean, 4.5 * error + 1e-12, "gradient " + k);
    }
    double deviation = distance(expected, gradient(store, exact.withShots(new Shots(50, 8))));
    assertTrue(deviation > 1e-3, "50 shots show: " + deviation);
  }

  /** Gradient of a weighted sum of five samples' latents by all parameters. */
  private static double[] gradient(ParameterStore store, Generator generator) {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable latents =
          generator.apply(tape.constant(random("noise", 15), 5, 3), BatchNorm.Mode.TRAIN);
      tape.backward(latents.mul(tape.constant(random("weights", 20), 5, 4)).sum(), store);
      double[] all =
          store.parameters().stream()
              .flatMapToDouble(p -> Arrays.stream(p.gradient().dup().data().asDouble()))
              .toArray();
      store.zeroGradients();
      return all;
    }
  }

  /** Styles: all layers of one noise are that noise's sample; a layer in between is neither's. */
  @Test
  void styleMixing() {
    LastQgan options = Fixtures.options(Map.of("init", "full-circle"));
    ParameterStore store = store();
    StyleCircuit generator =
        new StyleCircuit(
            store,
            options,
            Fixtures.ENGINE.compile(
                StyleCircuit.circuit(
                    options, Fixtures.context(Fixtures.GREY, 1, TensorCache.NONE))));
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable a = tape.constant(random("a", 3), 1, 3);
      Variable b = tape.constant(random("b", 3), 1, 3);
      double[] ofA = generator.apply(a, BatchNorm.Mode.INFER).toDoubles();
      double[] ofB = generator.apply(b, BatchNorm.Mode.INFER).toDoubles();
      double[] mixed = generator.mix(a, b, 1).toDoubles();
      assertEquals(0, distance(ofB, generator.mix(a, b, 0).toDoubles()), 1e-12);
      assertEquals(0, distance(ofA, generator.mix(a, b, 2).toDoubles()), 1e-12);
      assertEquals(0, distance(ofA, generator.mix(a, a, 1).toDoubles()), 1e-12);
      assertTrue(distance(mixed, ofA) > 1e-3 && distance(mixed, ofB) > 1e-3);
    }
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  private static double[] random(String purpose, int n) {
    SplitMix64 random = RandomStreams.of(4, purpose);
    return random.doubles(n, -1, 1).toArray();
  }

  /** Gradients for some values of every parameter, against central differences. */
  private static void compare(ParameterStore store, Tape tape, Supplier<Variable> loss) {
    tape.backward(loss.get(), store);
    tape.clear();
    double step = 1e-5;
    for (Parameter p : store.parameters()) {
      INDArray values = p.value().reshape(p.length());
      INDArray gradient = p.gradient().reshape(p.length());
      for (long i = 0; i < p.length(); i += Math.max(1, p.length() / 7)) {
        double at = values.getDouble(i);
        values.putScalar(i, at + step);
        double above = loss.get().scalar();
        tape.clear();
        values.putScalar(i, at - step);
        double below = loss.get().scalar();
        tape.clear();
        values.putScalar(i, at);
        double expected = (above - below) / (2 * step);
        assertEquals(
            expected,
            gradient.getDouble(i),
            1e-6 * Math.max(1, Math.abs(expected)),
            p.name() + " at " + i);
      }
    }
  }
}
