package org.ketloom.model.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.encoding.amplitude.AmplitudeEncoding;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.nn.NoiseSchedule;
import org.ketloom.nn.RandomStreams;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.tck.TestContext;

class DiffusionModelTest {
  private static final ImageShape GREY = new ImageShape(1, 8, 8);

  private static final QuantumEngine ENGINE = TestEngine.of(1);

  private static HybridUNet options(Map<String, ?> changes) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("channels", List.of(8, 8));
    all.put("embedding", 16);
    all.put("wires", 3);
    all.put("layers", 1);
    all.put("timesteps", 20);
    all.put("warmUp", 5);
    all.put("average", 0.5);
    all.putAll(changes);
    return Options.with(Options.defaults(HybridUNet.class), "hybrid-unet", all);
  }

  private static GenerativeModel<SamplingOptions> model(Map<String, ?> changes) {
    return model(changes, GREY, new AngleEncoding());
  }

  private static GenerativeModel<SamplingOptions> model(
      Map<String, ?> changes, ImageShape shape, Encoding encoding) {
    return model(changes, shape, encoding, ENGINE);
  }

  private static GenerativeModel<SamplingOptions> model(
      Map<String, ?> changes, ImageShape shape, Encoding encoding, QuantumEngine engine) {
    Map<String, Part> parts = new HashMap<>();
    parts.put("encoding", encoding);
    parts.put("ansatz", new TwoQubitAnsatz());
    parts.put("observable", new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1));
    return new HybridUNetFactory(options(changes))
        .create(
            TestContext.of(shape, engine)
                .withClasses(2)
                .withSteps(150)
                .withSeed(11)
                .withParts(parts));
  }

  /** Class 0 is bright on the left, class 1 on the right. */
  private static ImageBatch batch(ImageShape shape, int size, long number) {
    float[] pixels = new float[size * shape.size()];
    int[] labels = new int[size];
    SplitMix64 random = RandomStreams.of(3, "test", number);
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(2);
      for (int p = 0; p < shape.size(); p++) {
        boolean left = p / shape.channels() % shape.width() < shape.width() / 2;
        pixels[i * shape.size() + p] = (left == (labels[i] == 0)) ? 0.9f : -0.9f;
      }
    }
    return new ImageBatch(shape, pixels, labels);
  }

  private static List<Double> train(
      GenerativeModel<SamplingOptions> model, ImageShape shape, int from, int to) {
    List<Double> losses = new ArrayList<>();
    for (int step = from; step < to; step++) {
      losses.add(model.train(batch(shape, 8, step), step).loss());
    }
    return losses;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static ImageBatch sample(
      GenerativeModel<SamplingOptions> model, Map<String, ?> how, int... labels) {
    return model.sample(
        labels, 5, Options.with(model.samplingOptions(), "sampling", how), (done, total) -> true);
  }

  @ParameterizedTest
  @CsvSource({
    "quantum,image,true",
    "quantum,noise,true",
    "quantum,posterior-mean,true",
    "dense,image,true",
    "none,image,true",
    "quantum,image,false"
  })
  void lossFalls(String bottleneck, String prediction, boolean skips) {
    try (GenerativeModel<SamplingOptions> model =
        model(Map.of("bottleneck", bottleneck, "prediction", prediction, "skips", skips))) {
      List<Double> losses = train(model, GREY, 0, 40);
      assertTrue(mean(losses.subList(30, 40)) < 0.6 * mean(losses.subList(0, 5)), losses::toString);
    }
  }

  /** Of the run's seed and the step, of the sampling's seed and the step; nothing else. */
  @Test
  void theCircuitDrawsBySeedAndStep() {
    List<Long> seeds = new ArrayList<>();
    QuantumEngine engine = new SeedRecorder(ENGINE, seeds);
    try (GenerativeModel<SamplingOptions> model =
            model(Map.of(), GREY, new AngleEncoding(), engine);
        GenerativeModel<SamplingOptions> resumed =
            model(Map.of(), GREY, new AngleEncoding(), engine)) {
      train(model, GREY, 0, 2);
      double unused = resumed.loss(batch(GREY, 3, 1), 1);
      train(resumed, GREY, 1, 2);
      assertEquals(4, seeds.size());
      assertNotEquals(seeds.get(0), seeds.get(1));
      assertEquals(seeds.get(1), seeds.get(2));
      assertEquals(seeds.get(1), seeds.get(3));
      seeds.clear();
      sample(model, Map.of("steps", 3), new int[41]);
      assertEquals(6, seeds.stream().distinct().count(), "two chunks of three steps");
      List<Long> once = List.copyOf(seeds);
      seeds.clear();
      sample(resumed, Map.of("steps", 3), new int[41]);
      assertEquals(once, seeds);
    }
  }

  /** Few measurements give other images, many nearly those of exact values. */
  @Test
  void drawsByShots() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of());
        GenerativeModel<SamplingOptions> dense = model(Map.of("bottleneck", "dense"))) {
      train(model, GREY, 0, 20);
      float[] exact = sample(model, Map.of("steps", 2), 0, 1).pixels();
      float[] few = sample(model, Map.of("steps", 2, "shots", 4), 0, 1).pixels();
      float[] many = sample(model, Map.of("steps", 2, "shots", 1_000_000), 0, 1).pixels();
      assertArrayEquals(few, sample(model, Map.of("steps", 2, "shots", 4), 0, 1).pixels());
      double near = distance(exact, many);
      assertTrue(
          near > 0 && near < distance(exact, few) / 20, near + " of " + distance(exact, few));
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> sample(dense, Map.of("steps", 2, "shots", 4), 0));
      assertTrue(e.getMessage().startsWith("shots needs a circuit"), e.getMessage());
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void drawsTheClassThatIsAskedFor() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      drawsClasses(model, "ddim", "ddpm");
    }
  }

  @Test
  void aFlowDrawsTheClassThatIsAskedFor() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of("process", "flow"))) {
      drawsClasses(model, "euler", "heun");
      assertArrayEquals(
          sample(model, Map.of("sampler", "euler", "steps", 1), 0, 1).pixels(),
          sample(model, Map.of("sampler", "heun", "steps", 1), 0, 1).pixels(),
          "the last step of heun is one of euler");
      refused(
          "sampler ddim doesn't fit: this run learned a flow, which euler and heun draw from",
          () -> sample(model, Map.of("sampler", "ddim"), 0));
    }
  }

  private static void drawsClasses(GenerativeModel<SamplingOptions> model, String... samplers) {
    train(model, GREY, 0, 150);
    for (String sampler : samplers) {
      ImageBatch drawn = sample(model, Map.of("sampler", sampler, "steps", 10), 0, 1, 0, 1);
      for (int i = 0; i < drawn.size(); i++) {
        double leftMinusRight = 0;
        for (int p = 0; p < 64; p++) {
          leftMinusRight += (p % 8 < 4 ? 1 : -1) * drawn.pixels()[i * 64 + p] / 64;
        }
        assertEquals(drawn.labels()[i] == 0 ? 0.9 : -0.9, leftMinusRight, 0.4, sampler);
      }
    }
  }

  /** Rows that begin with noise, go on by the steps, and end in what is drawn otherwise. */
  @ParameterizedTest
  @ValueSource(strings = {"diffusion", "flow"})
  void aTrajectoryEndsInTheSample(String process) {
    try (GenerativeModel<SamplingOptions> model = model(Map.of("process", process))) {
      train(model, GREY, 0, 10);
      float[] samples = sample(model, Map.of("steps", 4), 1, 0).pixels();
      ImageBatch ways =
          sample(
              model,
              Map.of("steps", 4, "picture", "trajectory", "length", 5),
              new int[] {1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
      for (int row = 0; row < 2; row++) {
        assertArrayEquals(
            Arrays.copyOfRange(samples, row * 64, (row + 1) * 64), image(ways, row * 5 + 4));
        double before = roughness(image(ways, row * 5));
        assertTrue(before > 0.5, "noise: " + before);
        for (int column = 1; column < 5; column++) {
          assertFalse(
              Arrays.equals(image(ways, row * 5 + column), image(ways, row * 5 + column - 1)));
        }
      }
    }
  }

  private static float[] image(ImageBatch images, int i) {
    return Arrays.copyOfRange(images.pixels(), i * 64, (i + 1) * 64);
  }

  /** Mean distance of neighbours. */
  private static double roughness(float[] pixels) {
    double sum = 0;
    for (int p = 1; p < pixels.length; p++) {
      sum += Math.abs(pixels[p] - pixels[p - 1]);
    }
    return sum / (pixels.length - 1);
  }

  @Test
  void restoredModelGoesOnBitForBit() {
    Map<String, Tensor> straight;
    Map<String, Tensor> half;
    float[] drawn;
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      train(model, GREY, 0, 6);
      half = model.state();
      train(model, GREY, 6, 12);
      straight = model.state();
      drawn = sample(model, Map.of("steps", 4), 0, 1, -1).pixels();
    }
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      train(model, GREY, 0, 2);
      model.restore(half);
      train(model, GREY, 6, 12);
      assertEquals(straight, model.state());
      assertArrayEquals(drawn, sample(model, Map.of("steps", 4), 0, 1, -1).pixels());
    }
  }

  @Test
  void measuringALossTrainsNothing() {
    try (GenerativeModel<SamplingOptions> measured = model(Map.of());
        GenerativeModel<SamplingOptions> untouched = model(Map.of())) {
      for (int step = 0; step < 4; step++) {
        Map<String, Tensor> before = measured.state();
        double loss = measured.loss(batch(GREY, 8, step), step);
        assertEquals(loss, measured.loss(batch(GREY, 8, step), step));
        measured.loss(batch(GREY, 5, 90), step + 7);
        assertEquals(before, measured.state());
        assertEquals(loss, measured.train(batch(GREY, 8, step), step).loss());
        untouched.train(batch(GREY, 8, step), step);
        assertEquals(untouched.state(), measured.state());
      }
      assertArrayEquals(
          sample(untouched, Map.of("steps", 4), 0, 1).pixels(),
          sample(measured, Map.of("steps", 4), 0, 1).pixels());
    }
  }

  @Test
  void everyParameterLearns() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      Map<String, Tensor> before = model.state();
      train(model, GREY, 0, 5);
      Map<String, Tensor> after = model.state();
      before.forEach((name, tensor) -> assertFalse(tensor.equals(after.get(name)), name));
    }
  }

  @Test
  void reportsGroupsCircuitAndSpectrum() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      Circuit circuit = model.circuits().get("bottleneck");
      assertEquals(3, circuit.features());
      assertEquals(
          List.of("classical", "circuit", "observable"), List.copyOf(model.parameters().keySet()));
      assertEquals(circuit.weights(), model.parameters().get("circuit"));
      assertEquals(3 * 16, model.parameters().get("observable"));
      Map<String, Double> quantities = model.train(batch(GREY, 8, 0), 0).quantities();
      assertTrue(quantities.get("eigenvalue.least") < quantities.get("eigenvalue.greatest"));
    }
  }

  /** A learning rate that makes observables run away, and the bound that stops them. */
  @Test
  void eigenvaluesStayWithinTheBound() {
    try (GenerativeModel<SamplingOptions> free =
            model(Map.of("observableRate", 2.0, "observableBound", 1e9));
        GenerativeModel<SamplingOptions> bound =
            model(Map.of("observableRate", 2.0, "observableBound", 1.5))) {
      double widest = 0;
      for (int step = 0; step < 12; step++) {
        widest = Math.max(widest, range(free.train(batch(GREY, 8, step), step).quantities()));
        assertTrue(range(bound.train(batch(GREY, 8, step), step).quantities()) <= 1.5 + 1e-5);
      }
      assertTrue(widest > 5, "it didn't run away: " + widest);
    }
  }

  private static double range(Map<String, Double> quantities) {
    return Math.max(-quantities.get("eigenvalue.least"), quantities.get("eigenvalue.greatest"));
  }

  @Test
  void classicalControlHasAboutAsManyParameters() {
    long quantum;
    long dense;
    try (GenerativeModel<SamplingOptions> model = model(Map.of());
        GenerativeModel<SamplingOptions> control = model(Map.of("bottleneck", "dense"))) {
      quantum = model.parameters().values().stream().mapToLong(Long::longValue).sum();
      dense = control.parameters().values().stream().mapToLong(Long::longValue).sum();
      assertTrue(control.circuits().isEmpty());
      // One hidden neuron more or less is 7 parameters here.
      assertEquals(quantum, dense, 7);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void drawsColourAndAllSizes(int size) {
    ImageShape colour = new ImageShape(3, size, size);
    try (GenerativeModel<SamplingOptions> model =
        model(Map.of(), colour, new AmplitudeEncoding())) {
      train(model, colour, 0, 1);
      ImageBatch drawn = sample(model, Map.of("steps", 2), 1);
      assertEquals(colour, drawn.shape());
      assertTrue(Arrays.equals(drawn.pixels(), sample(model, Map.of("steps", 2), 1).pixels()));
    }
  }

  @ParameterizedTest
  @EnumSource(NoiseSchedule.Shape.class)
  void samplingCanBeStopped(NoiseSchedule.Shape shape) {
    try (GenerativeModel<SamplingOptions> model = model(Map.of("schedule", shape.name()))) {
      assertThrows(
          CancellationException.class,
          () ->
              model.sample(
                  new int[] {0}, 1, model.samplingOptions(), (done, total) -> done < total / 2));
    }
  }

  @Test
  void singlePrecisionIsNearlyTheSame() {
    try (GenerativeModel<SamplingOptions> reference = model(Map.of());
        GenerativeModel<SamplingOptions> single = model(Map.of("precision", "single"))) {
      List<Double> expected = train(reference, GREY, 0, 5);
      List<Double> found = train(single, GREY, 0, 5);
      for (int step = 0; step < 5; step++) {
        assertEquals(expected.get(step), found.get(step), 1e-4 * expected.get(step));
      }
      assertFalse(reference.state().equals(single.state()));
    }
  }

  /** So that a run that is given another encoding keeps its ansatz's weights. */
  @Test
  void anEncodingsWeightsHaveANameOfTheirOwnAndAreTrained() {
    Map<String, Object> changes = Map.of("layers", 2);
    try (GenerativeModel<SamplingOptions> plain = model(changes);
        GenerativeModel<SamplingOptions> uploading =
            model(changes, GREY, new ReuploadingEncoding())) {
      Map<String, Tensor> first = uploading.state();
      Map<String, Tensor> others = new LinkedHashMap<>(first);
      // A scale and an offset for each of three features in two uploads, beside Adam's moments.
      others.keySet().removeIf(name -> name.contains("bottleneck.circuit.encoding"));
      assertEquals(12, first.get("bottleneck.circuit.encoding").floats().length);
      assertEquals(plain.state().keySet(), others.keySet());
      assertArrayEquals(
          plain.state().get("bottleneck.circuit.weights").floats(),
          first.get("bottleneck.circuit.weights").floats());
      // The U-Net's last convolutions start at 0, and let no gradient through before they move.
      for (int step = 0; step < 4; step++) {
        uploading.train(batch(GREY, 8, step), step);
      }
      float[] before = first.get("bottleneck.circuit.encoding").floats();
      float[] after = uploading.state().get("bottleneck.circuit.encoding").floats();
      for (int i = 0; i < before.length; i++) {
        assertNotEquals(before[i], after[i], "weight " + i);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    refused(
        "images of 6x6 can't be halved 2 times; give fewer channels (one number per level) or a"
            + " size that is a multiple of 4",
        () -> model(Map.of("channels", "8,8,8"), new ImageShape(1, 6, 6), new AngleEncoding()));
    refused(
        "model.options.features: the encoding takes 1 to 3 features on 3 wires (qubits), found 4;"
            + " give fewer features or more wires",
        () -> model(Map.of("features", 4)));
    refused(
        "the encoding puts its features in 2 times between 1 layer of the ansatz, expected 1;"
            + " ask for fewer uploads or more layers",
        () -> model(Map.of(), GREY, new ReuploadingEncoding("y", 1, true, true, 2)));
    refused("hybrid-unet: wires must be at least 1, found 0", () -> model(Map.of("wires", 0)));
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      refused("there is no class 2; the classes are 0 to 1", () -> sample(model, Map.of(), 2));
      refused(
          "steps must be 1 to 20 (the timesteps of training), found 21",
          () -> sample(model, Map.of("steps", 21), 0));
      Map<String, Tensor> state = new LinkedHashMap<>(model.state());
      Map<String, Tensor> before = model.state();
      state.put("first.bias", Tensor.of(new float[] {1}));
      assertThrows(IllegalArgumentException.class, () -> model.restore(state));
      state.remove("first.bias");
      refused("tensor first.bias is missing", () -> model.restore(state));
      assertEquals(before, model.state());
    }
  }

  @Test
  void aPixelThatIsNotANumberStopsTraining() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of())) {
      ImageBatch bad = batch(GREY, 8, 0);
      bad.pixels()[5] = Float.NaN;
      Map<String, Tensor> before = model.state();
      Exception error = assertThrows(RuntimeException.class, () -> model.train(bad, 0));
      assertTrue(error.getMessage().contains("NaN"), error.getMessage());
      assertEquals(before, model.state());
    }
  }

  @Test
  void aTrainingThatDivergesNamesWhatWentFirst() {
    try (GenerativeModel<SamplingOptions> model =
        model(Map.of("learningRate", 1e38, "warmUp", 0, "weightDecay", 0.0))) {
      ArithmeticException error =
          assertThrows(
              ArithmeticException.class,
              () -> {
                for (int step = 0; step < 5; step++) {
                  model.train(batch(GREY, 8, step), step);
                }
              });
      String message = error.getMessage();
      assertTrue(message.matches("training diverged at step [2-5]: .*"), message);
      assertTrue(message.contains("learningRate=1.0E38"), message);
      assertFalse(message.contains("feature 0 of sample 0"), message);
    }
  }

  @Test
  void observablesThatRunAwayStopTraining() {
    try (GenerativeModel<SamplingOptions> model = model(Map.of("observableInit", 1e6))) {
      ArithmeticException error =
          assertThrows(ArithmeticException.class, () -> model.train(batch(GREY, 8, 0), 0));
      assertTrue(
          error.getMessage().startsWith("training diverged at step 1: eigenvalue."),
          error.getMessage());
    }
  }

  private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
