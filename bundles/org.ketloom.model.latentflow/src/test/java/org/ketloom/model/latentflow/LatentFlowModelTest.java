package org.ketloom.model.latentflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.model.latentflow.Fixtures.BEFORE;
import static org.ketloom.model.latentflow.Fixtures.GREY;
import static org.ketloom.model.latentflow.Fixtures.bars;
import static org.ketloom.model.latentflow.Fixtures.context;
import static org.ketloom.model.latentflow.Fixtures.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Options;
import org.ketloom.observable.adaptive.AdaptiveHead;

class LatentFlowModelTest {
  private static final int LENGTH = 4;

  private static void train(LatentFlowModel model, int from, int to) {
    for (int step = from; step < to; step++) {
      model.train(bars(step % 5), step);
    }
  }

  private static ImageBatch draw(LatentFlowModel model, int[] labels, Map<String, ?> changes) {
    Map<String, Object> all = new HashMap<>(Map.of("steps", 4, "length", LENGTH));
    all.putAll(changes);
    return model.sample(
        labels, 3, Options.with(model.samplingOptions(), "sampling", all), (done, total) -> true);
  }

  private static float[] image(ImageBatch images, int i) {
    return Arrays.copyOfRange(images.pixels(), i * GREY.size(), (i + 1) * GREY.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"circuit", "mlp", "fourier"})
  void theFieldLearns(String field) {
    int steps = 160;
    try (LatentFlowModel model =
        model(
            Map.of(
                "field", field, "autoencoderSteps", 60, "learningRate", 0.03, "circuitRate", 0.03),
            context().withSteps(steps))) {
      train(model, 0, 66);
      double before = 0;
      double after = 0;
      for (int step = 0; step < 20; step++) {
        before += model.loss(bars(step % 5), 1000 + step) / 20;
      }
      train(model, 66, steps);
      for (int step = 0; step < 20; step++) {
        after += model.loss(bars(step % 5), 1000 + step) / 20;
      }
      // The noise and the times are the same before and after.
      assertTrue(after < 0.97 * before, field + ": " + before + ", then " + after);
    }
  }

  /** Rows from noise to what is drawn, rows between two noises, originals beside their copies. */
  @Test
  void picturesAreRows() {
    try (LatentFlowModel model = model(Map.of(), context())) {
      train(model, 0, 2);
      assertEquals(SamplingOptions.Picture.RECONSTRUCTIONS, model.samplingOptions().picture());
      train(model, 2, Fixtures.STEPS);
      assertEquals(SamplingOptions.Picture.SAMPLES, model.samplingOptions().picture());
      int[] labels = {0, 0, 0, 0, 1, 1, 1, 1};
      ImageBatch samples = draw(model, new int[] {0, 1}, Map.of());
      ImageBatch ways = draw(model, labels, Map.of("picture", "trajectory"));
      for (int row = 0; row < 2; row++) {
        assertArrayEquals(image(samples, row), image(ways, row * LENGTH + LENGTH - 1), 1e-4f);
        assertFalse(
            Arrays.equals(image(ways, row * LENGTH), image(ways, row * LENGTH + LENGTH - 1)));
      }
      // The noise at the left of a row is the same whatever the number of steps.
      assertArrayEquals(
          image(ways, 0),
          image(draw(model, labels, Map.of("picture", "trajectory", "steps", 9)), 0),
          1e-4f);
      ImageBatch between = draw(model, labels, Map.of("picture", "interpolation"));
      assertFalse(Arrays.equals(image(between, 0), image(between, LENGTH - 1)));
      ImageBatch copies = draw(model, labels, Map.of("picture", "reconstructions"));
      assertArrayEquals(image(bars(0), 1), image(copies, 1));
      assertFalse(Arrays.equals(image(copies, 0), image(copies, LENGTH)));
    }
  }

  @Test
  void guidanceAndClassesMakeADifference() {
    try (LatentFlowModel model = model(Map.of(), context())) {
      train(model, 0, Fixtures.STEPS);
      float[] plain = draw(model, new int[] {0}, Map.of("guidance", 0)).pixels();
      assertFalse(Arrays.equals(plain, draw(model, new int[] {1}, Map.of("guidance", 0)).pixels()));
      assertFalse(Arrays.equals(plain, draw(model, new int[] {0}, Map.of("guidance", 2)).pixels()));
      assertArrayEquals(
          draw(model, new int[] {-1}, Map.of("guidance", 0)).pixels(),
          draw(model, new int[] {-1}, Map.of("guidance", 2)).pixels());
      assertEquals(
          "there is no class 2; the classes are 0 to 1",
          assertThrows(IllegalArgumentException.class, () -> draw(model, new int[] {2}, Map.of()))
              .getMessage());
    }
  }

  @Test
  void circuitsAreMeasuredAndClassicalFieldsRefuse() {
    try (LatentFlowModel model = model(Map.of(), context());
        LatentFlowModel classical = model(Map.of("field", "mlp"), context())) {
      train(model, 0, Fixtures.STEPS);
      train(classical, 0, Fixtures.STEPS);
      float[] exact = draw(model, new int[] {0, 1}, Map.of()).pixels();
      float[] measured = draw(model, new int[] {0, 1}, Map.of("shots", 16)).pixels();
      assertFalse(Arrays.equals(exact, measured));
      assertArrayEquals(measured, draw(model, new int[] {0, 1}, Map.of("shots", 16)).pixels());
      assertEquals(
          "shots: shots needs a field with a circuit; this run's is a classical one, leave shots at"
              + " 0",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> draw(classical, new int[] {0}, Map.of("shots", 16)))
              .getMessage());
    }
    try (LatentFlowModel model = model(Map.of("shots", 8), context())) {
      train(model, 0, Fixtures.STEPS);
      assertEquals(8, model.samplingOptions().shots());
    }
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> model(Map.of("shots", 8, "field", "mlp"), context()))
            .getMessage()
            .startsWith("model.options.shots is 8: "));
  }

  @Test
  void trainedObservablesStayBounded() {
    try (LatentFlowModel model =
        model(
            Map.of("observableRate", 1, "observableBound", 0.4),
            context()
                .withPart(
                    LatentFlow.OBSERVABLE, new AdaptiveHead(2, AdaptiveHead.Windows.SLIDING, 3)))) {
      train(model, 0, Fixtures.STEPS - 1);
      StepResult last = model.train(bars(1), Fixtures.STEPS - 1);
      assertTrue(last.quantities().get("eigenvalue.greatest") <= 0.4 + 1e-6);
      assertTrue(last.quantities().get("eigenvalue.least") >= -0.4 - 1e-6);
      assertTrue(model.parameters().get("observable") > 0);
    }
  }

  /** The cache is that of all models with this autoencoder: fingerprints depend on it alone. */
  @Test
  void theAutoencoderIsSharedThroughTheCache() {
    Map<String, Map<String, Tensor>> kept = new HashMap<>();
    TensorCache cache =
        new TensorCache() {
          @Override
          public Optional<Map<String, Tensor>> get(String kind, String fingerprint) {
            return Optional.ofNullable(kept.get(kind + "/" + fingerprint));
          }

          @Override
          public void put(String kind, String fingerprint, Map<String, Tensor> tensors) {
            kept.put(kind + "/" + fingerprint, tensors);
          }

          @Override
          public List<String> fingerprints(String kind) {
            return List.of();
          }
        };
    Map<String, ?> asLastQgan = Map.of("latent", 4, "autoencoderSteps", 6);
    Map<String, Tensor> first;
    try (LatentFlowModel model = model(asLastQgan, context().withSteps(40).withCache(cache))) {
      train(model, 0, 10);
      first = model.state();
    }
    assertEquals(java.util.Set.of("autoencoder/33b03e3c8ed377dc"), kept.keySet());
    // A run that takes it is the same run.
    try (LatentFlowModel model = model(asLastQgan, context().withSteps(40).withCache(cache))) {
      train(model, 0, 10);
      Map<String, Tensor> state = model.state();
      first.forEach((name, tensor) -> assertEquals(tensor, state.get(name), name));
    }
    try (LatentFlowModel model =
        model(
            Map.of("latent", 4, "reuse", "33b03e3c8ed377dc"),
            context().withSeed(99).withCache(cache))) {
      train(model, 0, 3);
      assertEquals(Map.of(), model.phases());
    }
  }

  @Test
  void phasesAreTold() {
    try (LatentFlowModel model = model(Map.of(), context())) {
      assertEquals(
          Map.of("pre-training of the autoencoder", 0L, "training of the field", (long) BEFORE),
          model.phases());
    }
  }
}
