package org.ketloom.model.diffusion;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Options;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.Adam;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Labels;
import org.ketloom.nn.Losses;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.NoiseSchedule;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Restoring;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.ketloom.nn.Ways;
import org.nd4j.linalg.api.buffer.DataType;

/** Trains a {@link UNet} to undo noise, and draws images with it. */
final class DiffusionModel implements GenerativeModel<SamplingOptions> {
  /** Images that are drawn together; with guidance each counts twice. */
  private static final int DRAWN_TOGETHER = 40;

  /** Smallest share of the learning rate, at the end of its half cosine. */
  private static final double LAST_RATE = 0.05;

  private final HybridUNet options;
  private final ImageShape images;
  private final int classes;
  private final long seed;
  private final Path path;
  private final ParameterStore store;
  private final Tape tape;
  private final UNet network;
  private final Adam optimizer;
  private final MovingAverage average;
  private @Nullable Lesson lesson;

  DiffusionModel(HybridUNet options, ModelContext context) {
    this.options = options;
    images = context.images();
    classes = context.classes();
    seed = context.seed();
    path = options.path();
    store = new ParameterStore(DataType.FLOAT, seed);
    network = new UNet(store, options, images, classes, Bottleneck.factory(options, context));
    tape = new Tape(DataType.FLOAT, context.convolutions());
    long warmUp = Math.min(options.warmUp(), context.steps() / 2);
    Map<String, Adam.Options> rates = new LinkedHashMap<>();
    Set<String> groups = store.counts().keySet();
    if (groups.contains(Groups.CIRCUIT)) {
      rates.put(Groups.CIRCUIT, Adam.Options.adam(options.circuitRate()));
    }
    if (groups.contains(Groups.OBSERVABLE)) {
      rates.put(Groups.OBSERVABLE, Adam.Options.adam(options.observableRate()));
    }
    optimizer =
        new Adam(
            store,
            Adam.Options.adamW(options.learningRate(), options.weightDecay()),
            rates,
            Schedule.warmUpCosine(warmUp, context.steps(), LAST_RATE));
    average = new MovingAverage(store, options.average());
  }

  /**
   * What a step learns from; the next step overwrites it.
   *
   * @param noisy images at their times
   * @param target what is to be predicted
   * @param times scaled to what the network reads
   * @param rows of the table of classes; the last one for none
   */
  private record Lesson(float[] noisy, float[] target, double[] times, int[] rows) {}

  @Override
  public Map<String, Circuit> circuits() {
    return network.bottleneck().circuit().map(c -> Map.of("bottleneck", c)).orElse(Map.of());
  }

  @Override
  public Map<String, Long> parameters() {
    return store.counts();
  }

  /** Noises an image at a time of its own. */
  private void fill(Lesson lesson, ImageBatch batch, int i, long step) {
    SplitMix64 random = RandomStreams.of(seed, "diffusion", step, i);
    Path.Place place = path.random(random);
    lesson.times[i] = place.time();
    lesson.rows[i] = random.nextDouble() < options.labelDropout() ? classes : batch.labels()[i];
    int size = images.size();
    for (int p = 0; p < size; p++) {
      int at = i * size + p;
      double x = batch.pixels()[at];
      double noise = random.nextGaussian();
      double xt = place.signal() * x + place.noise() * noise;
      lesson.noisy[at] = (float) xt;
      lesson.target[at] = (float) path.target(place, x, noise, xt);
    }
  }

  /** Noises a batch; the lesson is overwritten by the next one. */
  private Lesson prepare(ImageBatch batch, long step) {
    int n = batch.size();
    Lesson reused = lesson;
    if (reused == null || reused.times.length != n) {
      int values = n * images.size();
      reused = new Lesson(new float[values], new float[values], new double[n], new int[n]);
      lesson = reused;
    }
    Lesson to = reused;
    // Each image has a stream of its own, so that it doesn't matter which thread takes it.
    IntStream.range(0, n).parallel().forEach(i -> fill(to, batch, i, step));
    return to;
  }

  /** The loss of a lesson, on the tape. */
  private Variable loss(Lesson lesson, long step) {
    int n = lesson.times.length;
    Variable noisy = tape.constant(lesson.noisy, shape(n));
    Shots exact = new Shots(0, RandomStreams.of(seed, "circuit", step).nextLong());
    Variable prediction = network.apply(noisy, lesson.times, lesson.rows, exact);
    Variable target = tape.constant(lesson.target, shape(n));
    return Losses.meanSquaredError(prediction, target);
  }

  @Override
  public StepResult train(ImageBatch batch, long step) {
    Lesson lesson = prepare(batch, step);
    try {
      Variable loss = loss(lesson, step);
      tape.backward(loss);
      double value = Divergence.requireFinite("loss", loss.scalar());
      Map<String, Double> quantities = new LinkedHashMap<>();
      quantities.put("gradient", store.clipGradients(options.clip()));
      network.bottleneck().quantities().forEach(Divergence::checkEigenvalue);
      quantities.putAll(network.bottleneck().quantities());
      optimizer.step();
      network.bottleneck().clipSpectrum(options.observableBound());
      average.update();
      return new StepResult(value, quantities);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Divergence.explain(e, step, List.of(store), options.rates());
    } finally {
      tape.clear();
      store.zeroGradients();
    }
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    Lesson lesson = prepare(batch, step);
    try {
      return Divergence.requireFinite("loss", loss(lesson, step).scalar());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Divergence.explain(e, step, List.of(store), options.rates());
    } finally {
      tape.clear();
    }
  }

  @Override
  public SamplingOptions samplingOptions() {
    SamplingOptions defaults = Options.defaults(SamplingOptions.class);
    int most =
        options.process() == HybridUNet.Way.DIFFUSION ? options.timesteps() : defaults.steps();
    return Options.with(
        defaults,
        "sampling",
        Map.of(
            "steps",
            Math.min(defaults.steps(), most),
            "sampler",
            path.sampler().name().toLowerCase(Locale.ROOT)));
  }

  @Override
  public ImageBatch sample(int[] labels, long sampleSeed, SamplingOptions how, Progress progress) {
    Labels.require(labels, classes);
    path.require(how.sampler());
    List<Path.Place> visited = path.visited(how.steps());
    int steps = visited.size() - 1;
    if (how.shots() > 0) {
      network.bottleneck().requireMeasurable();
    }
    float[] pixels = new float[labels.length * images.size()];
    Ways ways = how.picture().ways(labels.length, how.length(), steps);
    int[] chosen = ways.labels(labels);
    long chunks = (chosen.length + DRAWN_TOGETHER - 1L) / DRAWN_TOGETHER;
    MovingAverage.Swap swap = how.average() ? average.swapIn() : () -> {};
    try (swap) {
      for (int from = 0; from < chosen.length; from += DRAWN_TOGETHER) {
        int to = Math.min(chosen.length, from + DRAWN_TOGETHER);
        long done = (long) (from / DRAWN_TOGETHER) * steps;
        draw(
            Arrays.copyOfRange(chosen, from, to),
            from,
            sampleSeed,
            how,
            visited,
            ways,
            pixels,
            k -> progress.update(done + k, chunks * steps));
      }
    }
    return new ImageBatch(images, pixels, ways.shown(labels));
  }

  private void draw(
      int[] labels,
      int from,
      long sampleSeed,
      SamplingOptions how,
      List<Path.Place> visited,
      Ways ways,
      float[] pixels,
      java.util.function.LongPredicate goOn) {
    int n = labels.length;
    double[] x = new double[n * images.size()];
    noise(sampleSeed, from, n, path.beginning(), 1, x);
    ways.show(from, from + n, 0, (row, image) -> show(x, row, pixels, image));
    for (int k = 0; k + 1 < visited.size(); k++) {
      Path.Place at = visited.get(k);
      Path.Place next = visited.get(k + 1);
      double[] image = clean(x, at, labels, how, seedOf(sampleSeed, from, at));
      switch (how.sampler()) {
        case DDPM -> {
          NoiseSchedule.Posterior posterior = path.posterior(next, at);
          for (int i = 0; i < x.length; i++) {
            x[i] = posterior.ofImage() * image[i] + posterior.ofNoisy() * x[i];
          }
          noise(sampleSeed, from, n, at.number(), Math.sqrt(posterior.variance()), x);
        }
        case HEUN -> {
          double[] begun = x.clone();
          move(x, image, at, next);
          if (next.noise() > 0) {
            long seed = RandomStreams.of(seedOf(sampleSeed, from, next), "heun").nextLong();
            double[] end = clean(x, next, labels, how, seed);
            double step = next.signal() - at.signal();
            for (int i = 0; i < x.length; i++) {
              double v = (image[i] - begun[i]) / at.noise() + (end[i] - x[i]) / next.noise();
              x[i] = begun[i] + step / 2 * v;
            }
          }
        }
        default -> move(x, image, at, next);
      }
      ways.show(from, from + n, k + 1, (row, shown) -> show(x, row, pixels, shown));
      if (!goOn.test(k + 1L)) {
        throw new CancellationException("drawing images was stopped");
      }
    }
  }

  private static long seedOf(long sampleSeed, int from, Path.Place at) {
    return RandomStreams.of(sampleSeed, "sample circuit", from, at.number()).nextLong();
  }

  /**
   * The deterministic step: the noise of x is that of the next place, for the same image (DDIM,
   * arXiv 2010.02502, eq. 12 with sigma 0). On straight paths it is Euler's.
   */
  private static void move(double[] x, double[] image, Path.Place at, Path.Place next) {
    double ratio = next.noise() / at.noise();
    double ofImage = next.signal() - ratio * at.signal();
    for (int i = 0; i < x.length; i++) {
      x[i] = ofImage * image[i] + ratio * x[i];
    }
  }

  private void show(double[] x, int row, float[] pixels, int image) {
    int size = images.size();
    for (int p = 0; p < size; p++) {
      pixels[image * size + p] = (float) Math.max(-1, Math.min(1, x[row * size + p]));
    }
  }

  /** Adds noise to each image from a stream of its own. */
  private void noise(long sampleSeed, int from, int n, long purpose, double spread, double[] x) {
    int size = images.size();
    for (int i = 0; i < n && spread > 0; i++) {
      SplitMix64 random = RandomStreams.of(sampleSeed, "sample", from + i, purpose);
      for (int p = 0; p < size; p++) {
        x[i * size + p] += spread * random.nextGaussian();
      }
    }
  }

  /** The clean images that the network sees in noisy ones, in [-1, 1]. */
  private double[] clean(
      double[] x, Path.Place at, int[] labels, SamplingOptions how, long circuitSeed) {
    int n = labels.length;
    double guidance = how.guidance();
    Shots shots = new Shots(how.shots(), circuitSeed);
    // Guidance asks twice, in one batch: with the class, and without.
    boolean guided = guidance > 0 && Arrays.stream(labels).anyMatch(l -> l >= 0);
    int passes = guided ? 2 : 1;
    float[] input = new float[passes * x.length];
    int[] rows = new int[passes * n];
    double[] times = new double[passes * n];
    Arrays.fill(times, at.time());
    Arrays.fill(rows, classes);
    for (int i = 0; i < n; i++) {
      rows[i] = labels[i] < 0 ? classes : labels[i];
    }
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) x[i % x.length];
    }
    float[] output;
    try {
      output =
          tape.withoutGradient(
              () ->
                  network
                      .apply(tape.constant(input, shape(passes * n)), times, rows, shots)
                      .toFloats());
    } finally {
      tape.clear();
    }
    double[] image = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double value = output[i];
      if (guided) {
        value += guidance * (value - output[x.length + i]);
      }
      value = path.image(at, value, x[i]);
      image[i] = Math.max(-1, Math.min(1, value));
    }
    return image;
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(store.state());
    state.putAll(average.state());
    state.putAll(optimizer.state());
    return state;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Restoring.restore(
        state, state(), List.of(store::restore, average::restore, optimizer::restore));
  }

  @Override
  public void close() {
    tape.close();
    average.close();
    optimizer.close();
    store.close();
  }

  private long[] shape(int n) {
    return new long[] {n, images.height(), images.width(), images.channels()};
  }
}
