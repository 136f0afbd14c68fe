package org.ketloom.model.latentflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.ansatz.clusterstate.ClusterStateAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.nn.Losses;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Tape;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sizes of fields, and their gradients against finite differences. */
class FieldTest {
  private static final ReuploadingEncoding PLAIN = new ReuploadingEncoding("y", 1, false, false, 0);

  private static long size(LatentFlow options, TestContext context) {
    try (ParameterStore store = new ParameterStore(DataType.FLOAT, 1)) {
      FieldTraining.field(store, options, context);
      return store.parameters().stream().mapToLong(Parameter::length).sum();
    }
  }

  /** 8 maps of 8 x (20 + 10 + 8) and 8, 64 angles of the ansatz, 16 observables to 20 latents. */
  @Test
  void controlsAreAsLargeAsTheCircuit() {
    TestContext context =
        TestContext.of(new ImageShape(1, 28, 28), Fixtures.ENGINE)
            .withClasses(10)
            .withParts(
                Map.of(
                    LatentFlow.ENCODING,
                    PLAIN,
                    LatentFlow.ANSATZ,
                    new ClusterStateAnsatz(true),
                    LatentFlow.OBSERVABLE,
                    new PauliHead(List.of("X", "Z"))));
    LatentFlow options = Options.defaults(LatentFlow.class);
    Map<String, Object> sizes = Map.of("wires", 8, "layers", 8, "timeFeatures", 4);
    long one = 8 * (8 * 38 + 8) + 64 + 16 * 20;
    for (int circuits : new int[] {1, 3}) {
      long expected = circuits * one + 20;
      for (String field : List.of("circuit", "mlp", "fourier")) {
        Map<String, Object> chosen = Map.of("field", field, "circuits", circuits);
        LatentFlow sized = Options.with(options, "latent-flow", sizes);
        long found = size(Options.with(sized, "latent-flow", chosen), context);
        if (field.equals("circuit")) {
          assertEquals(expected, found);
        }
        // An MLP is one unit wider or narrower, which is some 100 parameters.
        assertEquals(expected, found, 0.025 * expected, field);
      }
    }
  }

  static List<TestContext> compositions() {
    TestContext usual = Fixtures.context();
    return List.of(
        usual,
        usual
            .withPart(LatentFlow.ENCODING, new ReuploadingEncoding("yz", 1, false, false, 1))
            .withPart(LatentFlow.ANSATZ, new TwoQubitAnsatz()),
        usual.withPart(
            LatentFlow.OBSERVABLE, new AdaptiveHead(2, AdaptiveHead.Windows.SLIDING, 2)));
  }

  /** Every parameter of maps, circuit and head, through preconditioning and guidance's dropout. */
  @ParameterizedTest
  @MethodSource("compositions")
  void gradientsAreThoseOfDifferences(TestContext context) {
    for (Map<String, Object> changes :
        List.<Map<String, Object>>of(
            Map.of("precision", "double"),
            Map.of("precision", "double", "inputs", "shared"),
            Map.of("precision", "double", "circuits", 3),
            Map.of("field", "mlp"),
            Map.of("field", "fourier"))) {
      compare(Fixtures.options(changes), context);
    }
  }

  private static void compare(LatentFlow options, TestContext context) {
    int n = 3;
    double[] x = {0.3, -1.2, 0.8, 0.1, 0.5, -0.4, 2, -0.7, 0.2};
    try (ParameterStore store = new ParameterStore(DataType.DOUBLE, 5);
        Tape tape = new Tape(DataType.DOUBLE);
        FieldTraining training = new FieldTraining(options, context, new Path.Straight(true), 0)) {
      VectorField field = FieldTraining.field(store, options, context);
      FieldTraining.Lesson lesson = training.lesson(x, new int[] {0, 1, 1}, 4);
      java.util.function.Supplier<org.ketloom.nn.Variable> loss =
          () ->
              Losses.meanSquaredError(
                  field.apply(tape.constant(lesson.inputs(), n, options.inputWidth(2))),
                  tape.constant(lesson.targets(), n, options.latent()));
      tape.backward(loss.get());
      tape.clear();
      for (Parameter parameter : store.parameters()) {
        INDArray values = parameter.value();
        double largest = 0;
        for (long i = 0; i < values.length(); i++) {
          double at = values.getDouble(i);
          double h = 1e-5;
          values.putScalar(i, at + h);
          double above = loss.get().scalar();
          values.putScalar(i, at - h);
          double below = loss.get().scalar();
          values.putScalar(i, at);
          tape.clear();
          double expected = (above - below) / (2 * h);
          assertEquals(
              expected, parameter.gradient().getDouble(i), 1e-8, parameter.name() + " " + i);
          largest = Math.max(largest, Math.abs(expected));
        }
        assertTrue(largest > 1e-6, parameter.name() + " has no influence");
      }
    }
  }
}
