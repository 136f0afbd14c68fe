package org.ketloom.model.lastqgan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.ketloom.model.lastqgan.Fixtures.BATCH;
import static org.ketloom.model.lastqgan.Fixtures.GREY;
import static org.ketloom.model.lastqgan.Fixtures.bars;
import static org.ketloom.model.lastqgan.Fixtures.context;
import static org.ketloom.model.lastqgan.Fixtures.model;
import static org.ketloom.model.lastqgan.Fixtures.options;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Options;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.convolution.onednn.OneDnnEngine;
import org.ketloom.latent.AutoencoderFile;
import org.ketloom.latent.KnownLatents;
import org.ketloom.model.lastqgan.SamplingOptions.Picture;
import org.ketloom.nn.RandomStreams;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;

class LastQganModelTest {
  /** Steps after which images come again. */
  private static final int EPOCH = 5;

  private static StepResult train(GenerativeModel<SamplingOptions> model, int from, int to) {
    StepResult last = StepResult.of(0);
    for (int step = from; step < to; step++) {
      last = model.train(bars(GREY, step % EPOCH), step);
    }
    return last;
  }

  private static ImageBatch draw(LastQganModel model, int n, long seed, Picture picture) {
    return model.sample(
        new int[n], seed, new SamplingOptions(picture, 4, 0, true, 0), (done, total) -> true);
  }

  private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, tensor) -> assertEquals(tensor, found.get(name), name));
  }

  @Test
  void theAutoencoderLearns() {
    try (LastQganModel model = model(Map.of("autoencoderSteps", 39, "hidden", 32))) {
      double first = train(model, 0, 1).loss();
      double last = train(model, 1, 39).loss();
      assertTrue(last < 0.4 * first, first + " then " + last);
    }
  }

  @Test
  void aDivergingTrainingSaysWhatToLower() {
    try (LastQganModel model = model(Map.of("autoencoderRate", 1e30))) {
      String message =
          assertThrows(ArithmeticException.class, () -> train(model, 0, 6)).getMessage();
      assertTrue(message.startsWith("training diverged at step "), message);
      assertTrue(message.contains("autoencoderRate=1.0E30"), message);
    }
  }

  /** Every generator, critic and loss; the same quantities at every step, all finite. */
  @ParameterizedTest
  @CsvSource({
    "circuit, normalised, wasserstein, plain, 1",
    "circuit, wide, minimax, plain, 1",
    "dense, normalised, wasserstein, plain, 2",
    "wide, wide, non-saturating, plain, 1",
    "fourier, normalised, wasserstein, variational, 3"
  })
  void bothPhasesRun(String generator, String critic, String loss, String kind, int criticSteps) {
    try (LastQganModel model =
        model(
            Map.of(
                "generator",
                generator,
                "critic",
                critic,
                "loss",
                loss,
                "autoencoder",
                kind,
                "criticSteps",
                criticSteps))) {
      assertEquals(
          "{pre-training of the autoencoder=0, adversarial training=6}", model.phases().toString());
      Map<String, Tensor> before = model.state();
      Set<String> names = train(model, 0, 1).byName().keySet();
      for (int step = 1; step < 12; step++) {
        Map<String, Double> quantities = model.train(bars(GREY, step), step).byName();
        assertEquals(names, quantities.keySet());
        quantities.forEach((name, value) -> assertTrue(Double.isFinite(value), name));
        boolean both = step >= 6 && (step - 5) % criticSteps == 0;
        assertEquals(both, quantities.get("generator.gradient") > 0, "step " + step);
        assertEquals(
            step >= 6 && loss.equals("wasserstein"), quantities.get("penalty") > 0, "step " + step);
      }
      Map<String, Tensor> after = model.state();
      for (String part : List.of("autoencoder/", "generator/", "critic/")) {
        assertTrue(
            after.keySet().stream()
                .filter(n -> n.startsWith(part) && !n.contains("adam"))
                .anyMatch(n -> !after.get(n).equals(before.get(n))),
            part + " doesn't change");
      }
      assertEquals(circuitNames(generator), model.circuits().keySet());
    }
  }

  private static Set<String> circuitNames(String generator) {
    return generator.equals("circuit") ? Set.of("generator") : Set.of();
  }

  /** In both phases; running averages and the autoencoder's training among what stays. */
  @ParameterizedTest
  @CsvSource({
    "circuit, wasserstein, plain",
    "circuit, minimax, variational",
    "wide, wasserstein, plain",
  })
  void measuringALossTrainsNothing(String generator, String loss, String kind) {
    Map<String, Object> changes =
        Map.of("generator", generator, "loss", loss, "autoencoder", kind, "criticSteps", 2);
    try (LastQganModel measured = model(changes);
        LastQganModel untouched = model(changes)) {
      for (int step = 0; step < 11; step++) {
        Map<String, Tensor> before = measured.state();
        double found = measured.loss(bars(GREY, step % EPOCH), step);
        assertEquals(found, measured.loss(bars(GREY, step % EPOCH), step));
        measured.loss(bars(GREY, 90), step);
        assertSame(before, measured.state());
        assertEquals(found, measured.train(bars(GREY, step % EPOCH), step).loss(), "step " + step);
        untouched.train(bars(GREY, step % EPOCH), step);
        assertSame(untouched.state(), measured.state());
      }
      assertArrayEquals(
          draw(untouched, 6, 1, Picture.SAMPLES).pixels(),
          draw(measured, 6, 1, Picture.SAMPLES).pixels());
    }
  }

  /** In the first phase, at its end, and in the second. */
  @ParameterizedTest
  @ValueSource(ints = {3, 6, 9, 12})
  void resumingIsBitExact(int at) {
    try (LastQganModel whole = model(Map.of("generator", "wide"));
        LastQganModel first = model(Map.of("generator", "wide"));
        LastQganModel second = model(Map.of("generator", "wide"))) {
      train(first, 0, at);
      second.restore(first.state());
      assertSame(first.state(), second.state());
      assertEquals(train(whole, 0, 15), train(second, at, 15));
      assertSame(whole.state(), second.state());
      assertArrayEquals(
          draw(whole, 6, 1, Picture.SAMPLES).pixels(),
          draw(second, 6, 1, Picture.SAMPLES).pixels());
    }
  }

  /** What lets latents be remembered, at the size of real use: see {@link KnownLatents}. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void latentsDontDependOnTheImagesBesideByABit(boolean engine) {
    ImageShape shape = new ImageShape(1, 28, 28);
    LastQgan options =
        Options.with(
            Options.defaults(LastQgan.class),
            "last-qgan",
            Map.of("hidden", 512, "autoencoderSteps", 1));
    TestContext context = Fixtures.context(shape, 3, TensorCache.NONE);
    try (LastQganModel model =
        (LastQganModel)
            new LastQganFactory(options)
                .create(engine ? context.withConvolutions(new OneDnnEngine()) : context)) {
      int n = 128;
      SplitMix64 random = RandomStreams.of(1, "pixels");
      float[] pixels = new float[n * shape.size()];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = random.nextFloat() * 2 - 1;
      }
      float[] turned = new float[pixels.length];
      int[] from = new int[n];
      for (int i = 0; i < n; i++) {
        from[i] = (37 * i + 11) % n;
        System.arraycopy(pixels, from[i] * shape.size(), turned, i * shape.size(), shape.size());
      }
      float[] straight =
          model.latents(new ImageBatch(shape, pixels, new int[n]), new KnownLatents());
      float[] found = model.latents(new ImageBatch(shape, turned, new int[n]), new KnownLatents());
      int width = options.latent();
      for (int i = 0; i < n; i++) {
        assertArrayEquals(
            Arrays.copyOfRange(straight, from[i] * width, (from[i] + 1) * width),
            Arrays.copyOfRange(found, i * width, (i + 1) * width));
      }
      float[] few =
          model.latents(
              new ImageBatch(shape, Arrays.copyOf(pixels, 5 * shape.size()), new int[5]),
              new KnownLatents());
      assertArrayEquals(Arrays.copyOf(straight, few.length), few);
    }
  }

  @Test
  void knownLatentsAreNotEncodedAgain() {
    KnownLatents known = new KnownLatents();
    ImageBatch images = bars(GREY, 1);
    float[] latents = new float[2 * images.size()];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = images.pixels()[i / 2 * GREY.size()] + i;
    }
    assertArrayEquals(latents, known.of(images, all -> latents));
    assertArrayEquals(latents, known.of(images, all -> fail("encoded again")));
    int last = images.size() - 1;
    int size = GREY.size();
    float[] single = Arrays.copyOfRange(images.pixels(), last * size, (last + 1) * size);
    assertArrayEquals(
        Arrays.copyOfRange(latents, 2 * last, 2 * last + 2),
        known.of(new ImageBatch(GREY, single, new int[1]), all -> fail("encoded again")));
    single[7] = Math.nextUp(single[7]);
    float[] others = {1, 2};
    assertArrayEquals(others, known.of(new ImageBatch(GREY, single, new int[1]), all -> others));
    known.forget();
    assertArrayEquals(
        new float[latents.length], known.of(images, all -> new float[2 * all.size()]));
  }

  @Test
  void whatDoesntFitIsNotRestored() {
    try (LastQganModel model = model(Map.of());
        LastQganModel other = model(Map.of("hidden", 9))) {
      train(model, 0, 2);
      Map<String, Tensor> before = model.state();
      train(other, 0, 8);
      IllegalArgumentException shape =
          assertThrows(IllegalArgumentException.class, () -> model.restore(other.state()));
      assertTrue(shape.getMessage().contains("encoder.3.weight"), shape.getMessage());
      assertSame(before, model.state());
      Map<String, Tensor> more = new LinkedHashMap<>(before);
      more.put("surplus", Tensor.of(1));
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> model.restore(more))
              .getMessage()
              .contains("surplus"));
      Map<String, Tensor> less = new LinkedHashMap<>(before);
      less.remove("phase");
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> model.restore(less))
              .getMessage()
              .contains("phase"));
      assertSame(before, model.state());
    }
  }

  /** The cache changes nothing but the time, and holds for the same data, seed and options. */
  @Test
  void autoencodersAreShared() {
    Fixtures.MemoryCache cache = new Fixtures.MemoryCache();
    Map<String, Tensor> trained;
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(context(GREY, 11, cache))) {
      train(model, 0, 10);
      trained = model.state();
    }
    assertEquals(1, cache.kept.size());
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(context(GREY, 11, cache))) {
      train(model, 0, 10);
      assertEquals(1, cache.found);
      assertSame(trained, model.state());
    }
    try (GenerativeModel<SamplingOptions> model =
            new LastQganFactory(options(Map.of())).create(context(GREY, 12, cache));
        GenerativeModel<SamplingOptions> rival =
            new LastQganFactory(options(Map.of("generator", "dense")))
                .create(context(GREY, 11, cache))) {
      train(model, 0, 7);
      assertEquals(1, cache.found);
      assertEquals(2, cache.kept.size());
      train(rival, 0, 7);
      assertEquals(2, cache.found);
      assertEquals(2, cache.kept.size());
    }
  }

  @Test
  void anAutoencoderIsReusedByItsFingerprint() {
    Fixtures.MemoryCache cache = new Fixtures.MemoryCache();
    Map<String, Tensor> trained;
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(context(GREY, 11, cache))) {
      train(model, 0, 7);
      trained = model.state();
    }
    assertEquals("33b03e3c8ed377dc", cache.fingerprint(), "as of caches that were made before");
    Map<String, Object> reuse = Map.of("reuse", cache.fingerprint());
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(reuse)).create(context(GREY, 99, cache))) {
      double error = train(model, 0, 3).quantities().get("reconstruction");
      assertEquals(trained.get("error").doubles()[0], error);
      Map<String, Tensor> state = model.state();
      trained.forEach(
          (name, tensor) -> {
            if (name.startsWith("autoencoder/")) {
              assertEquals(tensor, state.get(name), name);
            }
          });
      // What the cache has lost is in the checkpoints.
      try (GenerativeModel<SamplingOptions> later =
          new LastQganFactory(options(reuse)).create(context(GREY, 99, TensorCache.NONE))) {
        later.restore(state);
        train(model, 3, 5);
        train(later, 3, 5);
        assertSame(model.state(), later.state());
      }
    }
    ImageShape rgb = new ImageShape(3, 8, 8);
    assertEquals(
        "model.options.reuse: "
            + cache.fingerprint()
            + " is a plain autoencoder of 1x8x8 images with 4 latents, channels 4,6 and hidden 8;"
            + " this run needs a plain autoencoder of 3x8x8 images with 4 latents, channels 4,6 and"
            + " hidden 8",
        refused(() -> new LastQganFactory(options(reuse)).create(context(rgb, 11, cache))));
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(reuse)).create(context(GREY, 1, cache))) {
      model.checkBegin();
    }
  }

  /** Before the first step, with those that can be taken. */
  @Test
  void anUnknownAutoencoderIsRefused() {
    Fixtures.MemoryCache cache = new Fixtures.MemoryCache();
    double[] alive = {0.3, 0.2, 0.4, 0.2};
    long[] form = AutoencoderFile.form(options(Map.of()).encoder(), GREY);
    long[] other = AutoencoderFile.form(options(Map.of("hidden", 9)).encoder(), GREY);
    Map<String, Object> unknown = Map.of("reuse", "00ff");
    String before =
        "model.options.reuse: the cache holds no autoencoder 00ff; of a plain autoencoder of 1x8x8"
            + " images with 4 latents, channels 4,6 and hidden 8 it holds ";
    String after =
        "; leave reuse empty to train one: it is kept when it is done, and the log names its"
            + " fingerprint";
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(unknown)).create(context(GREY, 1, cache))) {
      assertEquals(before + "none" + after, refused(model::checkBegin));
      keep(cache, "2b", form, alive);
      keep(cache, "1a", form, alive);
      keep(cache, "3c", other, alive);
      keep(cache, "4d", form, new double[] {0.3, 0.2, 0, 0.2});
      cache.put(AutoencoderFile.KIND, "5e", Map.of("x", Tensor.of(1)));
      assertEquals(before + "1a, 2b" + after, refused(model::checkBegin));
      assertEquals(before + "1a, 2b" + after, refused(() -> train(model, 0, 1)));
    }
  }

  private static void keep(
      Fixtures.MemoryCache cache, String fingerprint, long[] form, double[] deviations) {
    cache.put(
        AutoencoderFile.KIND,
        fingerprint,
        new AutoencoderFile(Map.of(), form, deviations, 0.01).tensors());
  }

  /** Against the picture of reconstructions, which draws the same images. */
  @Test
  void theAutoencoderIsMeasured() {
    try (LastQganModel model = model(Map.of())) {
      train(model, 0, 6);
      ImageBatch images = bars(GREY, 0);
      Figure figure = model.figures(new Images(images), (done, total) -> true).get(0);
      assertEquals("reconstruction-mse", figure.name());
      assertEquals(Figure.Better.LOWER, figure.better());
      assertEquals(BATCH, figure.images());
      float[] picture =
          model
              .sample(
                  new int[2 * BATCH],
                  1,
                  new SamplingOptions(Picture.RECONSTRUCTIONS, BATCH, 0, true, 0),
                  (done, total) -> true)
              .pixels();
      double sum = 0;
      for (int p = 0; p < BATCH * 64; p++) {
        assertEquals(images.pixels()[p], picture[p]);
        sum += Math.pow((picture[p] - picture[BATCH * 64 + p]) / 2.0, 2);
      }
      assertEquals(sum / (BATCH * 64), figure.value(), 1e-7);
      assertTrue(figure.value() > 1e-4 && figure.value() < 0.5, figure.toString());
      assertThrows(
          CancellationException.class,
          () -> model.figures(new Images(images), (done, total) -> false));
    }
  }

  /** A batch as a data set. */
  private record Images(ImageBatch batch) implements Dataset {
    @Override
    public ImageShape shape() {
      return batch.shape();
    }

    @Override
    public List<String> classes() {
      return List.of("row", "column");
    }

    @Override
    public int size() {
      return batch.size();
    }

    @Override
    public String fingerprint() {
      return "";
    }

    @Override
    public ImageBatch get(int... indices) {
      assertArrayEquals(IntStream.range(0, batch.size()).toArray(), indices);
      return batch;
    }

    @Override
    public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aCollapsedAutoencoderIsRefused() {
    Fixtures.MemoryCache cache = new Fixtures.MemoryCache();
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(context(GREY, 11, cache))) {
      ImageBatch grey = new ImageBatch(GREY, new float[16 * 64], new int[16]);
      for (int step = 0; step < 6; step++) {
        model.train(grey, step);
      }
      IllegalStateException collapsed =
          assertThrows(IllegalStateException.class, () -> model.train(grey, 6));
      assertTrue(
          collapsed
              .getMessage()
              .startsWith(
                  "the autoencoder has collapsed: 4 of 4 latents are dead (0, 1, 2, 3; they deviate"
                      + " by less than 0.01 over a batch)"),
          collapsed.getMessage());
      assertTrue(cache.kept.isEmpty());
    }
    AutoencoderFile file =
        new AutoencoderFile(
            Map.of(),
            AutoencoderFile.form(options(Map.of()).encoder(), GREY),
            new double[] {0.3, 0.002, 0.4, 0.2},
            0.01);
    cache.put(AutoencoderFile.KIND, "0c", file.tensors());
    assertTrue(
        assertThrows(
                IllegalStateException.class,
                () ->
                    new LastQganFactory(options(Map.of("reuse", "0c")))
                        .create(context(GREY, 1, cache)))
            .getMessage()
            .contains("1 of 4 latents are dead (1;"));
  }

  @Test
  void whatDoesntFitTogetherIsRefused() {
    assertEquals(
        "model.options.latent is 5, but PauliHead gives 4 values on 2 wires (qubits); set latent to"
            + " 4, or change model.options.wires or the options of parts.observable",
        refused(() -> model(Map.of("latent", 5))));
    assertEquals(
        "model.options.autoencoderSteps is 40, but the whole training has 40 steps; give fewer, or"
            + " more epochs (training.epochs)",
        refused(() -> model(Map.of("autoencoderSteps", 40))));
    assertEquals(
        "the autoencoder halves images twice, so height and width must be multiples of 4; found"
            + " 1x10x8 (set data.options.size)",
        refused(
            () ->
                new LastQganFactory(options(Map.of()))
                    .create(context(new ImageShape(1, 10, 8), 1, TensorCache.NONE))));
    assertEquals(
        "last-qgan: reuse is the fingerprint of an autoencoder, made of the digits 0 to 9 and a to"
            + " f, found \"../x\"",
        refused(() -> options(Map.of("reuse", "../x"))));
    assertTrue(refused(() -> options(Map.of("channels", List.of(4)))).contains("two numbers"));
  }

  private static String refused(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  @Test
  void samplesDependOnSeedAndPlaceAlone() {
    try (LastQganModel model = model(Map.of("init", "full-circle"))) {
      train(model, 0, 8);
      float[] eight = draw(model, 8, 1, Picture.SAMPLES).pixels();
      float[] three = draw(model, 3, 1, Picture.SAMPLES).pixels();
      assertArrayEquals(Arrays.copyOf(eight, three.length), three, 1e-5f);
      assertFalse(Arrays.equals(eight, draw(model, 8, 2, Picture.SAMPLES).pixels()));
      assertFalse(Arrays.equals(Arrays.copyOf(eight, 64), Arrays.copyOfRange(eight, 64, 128)));
      for (float pixel : eight) {
        assertTrue(pixel >= -1 && pixel <= 1);
      }
      assertThrows(
          CancellationException.class,
          () -> model.sample(new int[2], 1, model.samplingOptions(), (done, total) -> false));
    }
  }

  /** In the first phase the grids show what the autoencoder makes of training images. */
  @Test
  void reconstructions() {
    try (LastQganModel model = model(Map.of())) {
      assertThrows(IllegalStateException.class, () -> draw(model, 8, 1, Picture.RECONSTRUCTIONS));
      assertEquals(Picture.SAMPLES, model.samplingOptions().picture());
      train(model, 0, 3);
      assertEquals(Picture.RECONSTRUCTIONS, model.samplingOptions().picture());
      float[] pixels = draw(model, 8, 1, Picture.RECONSTRUCTIONS).pixels();
      float[] original = bars(GREY, 0).pixels();
      assertArrayEquals(Arrays.copyOf(original, 4 * 64), Arrays.copyOf(pixels, 4 * 64));
      assertFalse(
          Arrays.equals(Arrays.copyOf(original, 4 * 64), Arrays.copyOfRange(pixels, 256, 512)));
      train(model, 3, 6);
      assertEquals(Picture.SAMPLES, model.samplingOptions().picture());
    }
  }

  @Test
  void picturesOfTheNoise() {
    try (LastQganModel model = model(Map.of("init", "width", "initWidth", 0.3))) {
      train(model, 0, 8);
      float[] strip = draw(model, 8, 1, Picture.INTERPOLATION).pixels();
      assertTrue(distance(strip, 0, 1) < distance(strip, 0, 3), "neighbours in a strip are alike");
      float[] mixed = draw(model, 12, 1, Picture.MIXING).pixels();
      for (int p = 0; p < 64; p++) {
        assertEquals(-1, mixed[p]);
      }
      assertNotEquals(0, distance(mixed, 1, 5));
      assertNotEquals(0, distance(mixed, 4, 5));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              model.sample(
                  new int[4],
                  1,
                  new SamplingOptions(Picture.MIXING, 4, 2, true, 0),
                  (d, t) -> true));
    }
    try (LastQganModel model = model(Map.of("generator", "wide"))) {
      assertTrue(refused(() -> draw(model, 4, 1, Picture.MIXING)).contains("this run's is wide"));
    }
  }

  private static double distance(float[] pixels, int a, int b) {
    double sum = 0;
    for (int p = 0; p < 64; p++) {
      sum += Math.abs(pixels[a * 64 + p] - pixels[b * 64 + p]);
    }
    return sum;
  }

  /** Any head that gives the latents takes the place of the default one. */
  @Test
  void headsAreExchanged() {
    TestContext context = context(GREY, 1, TensorCache.NONE);
    ModelContext pairs =
        context.withPart(LastQgan.OBSERVABLE, new PauliHead(List.of("XX", "ZZ", "Y")));
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(pairs)) {
      train(model, 0, 8);
      assertEquals(4, model.circuits().get("generator").outputs());
    }
  }

  /** The columns of a run's table are those of its first step, which is of the first phase. */
  @Test
  void eigenvaluesAreRecordedFromTheFirstStepOn() {
    TestContext context = context(GREY, 1, TensorCache.NONE);
    ModelContext adaptive =
        context.withPart(LastQgan.OBSERVABLE, new AdaptiveHead(1, AdaptiveHead.Windows.WRAP, 2));
    try (GenerativeModel<SamplingOptions> model =
        new LastQganFactory(options(Map.of())).create(adaptive)) {
      StepResult first = train(model, 0, 1);
      assertEquals(0, first.quantities().get("eigenvalue.least"));
      StepResult second = train(model, 1, 7);
      assertEquals(first.byName().keySet(), second.byName().keySet());
      assertNotEquals(0, second.quantities().get("eigenvalue.least"));
    }
  }

  private static float[] shots(LastQganModel model, long seed, int shots) {
    return model
        .sample(
            new int[70],
            seed,
            new SamplingOptions(Picture.SAMPLES, 4, 0, true, shots),
            (done, total) -> true)
        .pixels();
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum / a.length);
  }

  @Test
  void moreShotsComeNearerToTheExactImages() {
    try (LastQganModel model = model(Map.of())) {
      train(model, 0, 8);
      float[] exact = shots(model, 5, 0);
      float[] few = shots(model, 5, 16);
      assertArrayEquals(few, shots(model, 5, 16), "repeatable");
      double near = distance(exact, shots(model, 5, 16 * 1024));
      double far = distance(exact, few);
      assertTrue(near > 0 && near < far / 8, near + " and " + far);
      assertTrue(distance(few, shots(model, 6, 16)) > 0);
    }
  }

  /** The outcomes of a step depend on the seed and its number: repeatable, and resumed exactly. */
  @Test
  void trainingOnMeasurements() {
    Map<String, Object> few = Map.of("shots", 16);
    try (LastQganModel whole = model(few);
        LastQganModel first = model(few);
        LastQganModel second = model(few);
        LastQganModel exact = model(Map.of());
        LastQganModel many = model(Map.of("shots", 1 << 14))) {
      train(first, 0, 8);
      second.restore(first.state());
      assertEquals(train(whole, 0, 11), train(second, 8, 11));
      assertSame(whole.state(), second.state());
      // Its samples are measured as often, unless they are told otherwise.
      assertEquals(16, whole.samplingOptions().shots());
      assertArrayEquals(
          shots(whole, 5, 16),
          whole.sample(new int[70], 5, whole.samplingOptions(), (d, t) -> true).pixels());

      train(exact, 0, 6);
      train(many, 0, 6);
      Map<String, Tensor> begun = exact.state();
      first.restore(begun);
      Map<String, Double> expected = train(exact, 6, 7).quantities();
      double gradient = expected.get("generator.gradient");
      double near = Math.abs(train(many, 6, 7).quantities().get("generator.gradient") - gradient);
      double far = Math.abs(train(first, 6, 7).quantities().get("generator.gradient") - gradient);
      assertTrue(near > 0 && near < 0.03 * gradient && near < far / 4, near + " and " + far);
    }
  }

  /** Without shots too: an engine may draw trajectories. */
  @Test
  void theCircuitDrawsBySeedAndStep() {
    List<Long> seeds = new ArrayList<>();
    TestContext context = context(GREY, 11, TensorCache.NONE);
    QuantumEngine engine = new SeedRecorder(context.engine(), seeds);
    try (LastQganModel model =
        (LastQganModel) new LastQganFactory(options(Map.of())).create(context.withEngine(engine))) {
      train(model, 0, 8);
      double unused = model.loss(bars(GREY, 7), 7);
      assertEquals(3, seeds.size());
      assertNotEquals(seeds.get(0), seeds.get(1));
      assertEquals(seeds.get(1), seeds.get(2));
      seeds.clear();
      draw(model, 70, 5, Picture.SAMPLES);
      assertEquals(2, seeds.stream().distinct().count(), "two chunks");
      List<Long> once = List.copyOf(seeds);
      seeds.clear();
      draw(model, 70, 5, Picture.SAMPLES);
      assertEquals(once, seeds);
    }
  }

  @Test
  void whatCantBeMeasuredIsRefusedBeforeTraining() {
    assertEquals(
        "model.options.shots is 100: shots needs a generator with a circuit; this run's is a"
            + " classical one, leave shots at 0",
        refused(() -> model(Map.of("shots", 100, "generator", "dense"))));
    assertEquals(
        "model.options.shots is 100: this engine can't estimate values from measurements",
        refused(() -> new LastQganFactory(options(Map.of("shots", 100))).create(plain())));
    assertEquals(
        "model.options.precision is single, but this engine computes in double precision only",
        refused(() -> new LastQganFactory(options(Map.of("precision", "single"))).create(plain())));
    assertTrue(
        refused(() -> options(Map.of("shots", -1))).contains("shots must be at least 0, found -1"));
  }

  /** An engine that does what every engine has to do, and no more. */
  private static ModelContext plain() {
    TestContext context = context(GREY, 1, TensorCache.NONE);
    QuantumEngine engine =
        circuit -> {
          Program program = context.engine().compile(circuit);
          return new Program() {
            @Override
            public Circuit circuit() {
              return program.circuit();
            }

            @Override
            public double[] values(Inputs inputs) {
              return program.values(inputs);
            }

            @Override
            public Evaluation evaluate(Inputs inputs) {
              return program.evaluate(inputs);
            }
          };
        };
    return context.withEngine(engine);
  }

  @Test
  void singlePrecisionIsNearlyTheSame() {
    try (LastQganModel reference = model(Map.of());
        LastQganModel single = model(Map.of("precision", "single"))) {
      Map<String, Double> expected = train(reference, 0, 9).byName();
      Map<String, Double> found = train(single, 0, 9).byName();
      assertEquals(expected.keySet(), found.keySet());
      found.forEach((name, value) -> assertEquals(expected.get(name), value, 1e-3, name));
      assertNotEquals(reference.state(), single.state());
    }
  }

  @Test
  void classicalGeneratorsHaveNoShots() {
    try (LastQganModel model = model(Map.of("generator", "dense"))) {
      train(model, 0, 1);
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> shots(model, 1, 100));
      assertEquals(
          "shots needs a generator with a circuit; this run's is a classical one, leave shots at 0",
          refused.getMessage());
    }
  }
}
