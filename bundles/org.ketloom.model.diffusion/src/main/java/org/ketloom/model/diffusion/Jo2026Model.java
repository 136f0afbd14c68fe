package org.ketloom.model.diffusion;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Options;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.Adam;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Functions;
import org.ketloom.nn.Labels;
import org.ketloom.nn.NoiseSchedule;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Restoring;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.ketloom.nn.Ways;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Trains a {@link Jo2026Network} and draws with it. Noise is complex: real and imaginary part of
 * each pixel get a standard normal number each, times {@code sqrt(1 - abar_t)}. What enters the
 * network, and what it should give, are scaled to length 1.
 */
final class Jo2026Model implements GenerativeModel<Jo2026Sampling> {
  /** Images that are drawn together: as many rows as a training step has. */
  private static final int DRAWN_TOGETHER = 320;

  private final ImageShape drawn;
  private final int classes;
  private final long seed;
  private final double rate;
  private final int pixels;
  private final UnitImages images;
  private final NoiseSchedule schedule;
  private final ParameterStore store;
  private final Tape tape;
  private final Jo2026Network network;
  private final Adam optimizer;
  private @Nullable Lesson lesson;

  Jo2026Model(Jo2026 options, ModelContext context) {
    drawn = new ImageShape(1, options.size(), options.size());
    classes = context.classes();
    seed = context.seed();
    rate = options.learningRate();
    pixels = drawn.size();
    images = new UnitImages(context.images(), options.size());
    schedule = options.schedule();
    store = new ParameterStore(DataType.FLOAT, seed);
    network = new Jo2026Network(store, options, context);
    tape = new Tape(DataType.FLOAT);
    optimizer =
        new Adam(
            store,
            Adam.Options.adam(rate),
            Map.of(),
            Schedule.steps(options.decayEvery(), options.decay()));
  }

  @Override
  public Map<String, Circuit> circuits() {
    return network.circuits();
  }

  @Override
  public Map<String, Long> parameters() {
    return store.counts();
  }

  /**
   * What a step learns from: every image at every t, image by image.
   *
   * @param noisy {@code x_t}, rows of length 1
   * @param targets means of the posterior, rows of length 1
   * @param trivial infidelities of the rows of both
   */
  record Lesson(float[] noisy, float[] targets, double[] trivial) {}

  /** Noises the images of a batch; the result is overwritten by the next one. */
  Lesson lesson(ImageBatch batch, long step) {
    int rows = batch.size() * schedule.steps();
    Lesson filled = lesson;
    if (filled == null || filled.trivial.length != rows) {
      int values = rows * 2 * pixels;
      filled = new Lesson(new float[values], new float[values], new double[rows]);
      lesson = filled;
    }
    Lesson to = filled;
    // Each image has a stream of its own, so that it doesn't matter which thread takes it.
    try {
      IntStream.range(0, batch.size()).parallel().forEach(i -> fill(to, batch, i, step));
    } catch (IllegalArgumentException e) {
      // Other threads may still be writing into it.
      lesson = null;
      throw e;
    }
    return to;
  }

  private void fill(Lesson lesson, ImageBatch batch, int i, long step) {
    double[] image = images.of(batch, i);
    SplitMix64 random = RandomStreams.of(seed, "jo2026", step, i);
    double[] x = new double[2 * pixels];
    double length = dot(image, image);
    for (int t = 1; t <= schedule.steps(); t++) {
      double signal = schedule.signal(t);
      double spread = schedule.noise(t);
      for (int p = 0; p < x.length; p++) {
        x[p] = spread * random.nextGaussian();
      }
      double squares = 0;
      double alongRe = 0;
      double alongIm = 0;
      for (int p = 0; p < pixels; p++) {
        x[p] += signal * image[p];
        squares += x[p] * x[p] + x[pixels + p] * x[pixels + p];
        alongRe += x[p] * image[p];
        alongIm += x[pixels + p] * image[p];
      }
      NoiseSchedule.Posterior posterior = schedule.posterior(t - 1, t);
      double a = posterior.ofImage();
      double b = posterior.ofNoisy();
      double target = a * a * length + 2 * a * b * alongRe + b * b * squares;
      double overlapRe = a * alongRe + b * squares;
      double overlapIm = a * alongIm;
      int row = i * schedule.steps() + t - 1;
      lesson.trivial[row] =
          1 - (overlapRe * overlapRe + overlapIm * overlapIm) / (squares * target);
      double noisyScale = 1 / Math.sqrt(squares);
      double targetScale = 1 / Math.sqrt(target);
      int to = row * 2 * pixels;
      for (int p = 0; p < x.length; p++) {
        double clean = p < pixels ? a * image[p] : 0;
        lesson.noisy[to + p] = (float) (noisyScale * x[p]);
        lesson.targets[to + p] = (float) (targetScale * (clean + b * x[p]));
      }
    }
  }

  /** The infidelities of a batch and its lesson, one per image and t, on the tape. */
  private Variable infidelities(ImageBatch batch, Lesson lesson, long step) {
    int steps = schedule.steps();
    int rows = batch.size() * steps;
    int[] times = new int[rows];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      times[row] = 1 + row % steps;
      labels[row] = batch.labels()[row / steps];
    }
    Variable x = tape.constant(lesson.noisy, rows, 2L * pixels);
    long circuitSeed = RandomStreams.of(seed, "jo2026 circuit", step).nextLong();
    return Functions.custom(
        new Infidelities(pixels, lesson.targets), network.apply(x, times, labels, circuitSeed));
  }

  @Override
  public StepResult train(ImageBatch batch, long step) {
    int steps = schedule.steps();
    Lesson lesson = lesson(batch, step);
    try {
      Variable infidelities = infidelities(batch, lesson, step);
      double[] byRow = infidelities.toDoubles();
      tape.backward(infidelities.mean());
      double loss = Divergence.requireFinite("loss", mean(byRow, 0, 1));
      Map<String, Double> quantities = new LinkedHashMap<>();
      quantities.put("trivial", mean(lesson.trivial, 0, 1));
      quantities.put("gradient", store.clipGradients(Double.MAX_VALUE));
      network
          .eigenvalueBound(tape)
          .ifPresent(
              bound -> {
                Divergence.checkEigenvalue("eigenvalue.bound", bound);
                quantities.put("eigenvalue.bound", bound);
              });
      for (int t = 1; t <= steps; t++) {
        quantities.put("loss.t" + t, mean(byRow, t - 1, steps));
      }
      optimizer.step();
      return new StepResult(loss, quantities);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Divergence.explain(e, step, List.of(store), Map.of("learningRate", rate));
    } finally {
      tape.clear();
      store.zeroGradients();
    }
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    Lesson lesson = lesson(batch, step);
    try {
      return Divergence.requireFinite(
          "loss", mean(infidelities(batch, lesson, step).toDoubles(), 0, 1));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Divergence.explain(e, step, List.of(store), Map.of("learningRate", rate));
    } finally {
      tape.clear();
    }
  }

  private static double mean(double[] values, int from, int every) {
    double sum = 0;
    int count = 0;
    for (int i = from; i < values.length; i += every, count++) {
      sum += values[i];
    }
    return sum / count;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public Optional<ImageShape> drawnShape() {
    return Optional.of(drawn);
  }

  @Override
  public Jo2026Sampling samplingOptions() {
    return Options.defaults(Jo2026Sampling.class);
  }

  @Override
  public ImageBatch sample(int[] labels, long sampleSeed, Jo2026Sampling how, Progress progress) {
    Labels.require(labels, classes);
    float[] drawnPixels = new float[labels.length * pixels];
    int steps = schedule.steps();
    Ways ways = how.picture().ways(labels.length, how.length(), steps);
    int[] chosen = ways.labels(labels);
    long chunks = (chosen.length + DRAWN_TOGETHER - 1L) / DRAWN_TOGETHER;
    for (int from = 0; from < chosen.length; from += DRAWN_TOGETHER) {
      int n = Math.min(chosen.length - from, DRAWN_TOGETHER);
      float[] z = new float[n * 2 * pixels];
      int[] classOf = new int[n];
      for (int i = 0; i < n; i++) {
        SplitMix64 random = RandomStreams.of(sampleSeed, "sample", (long) from + i);
        for (int p = 0; p < 2 * pixels; p++) {
          z[i * 2 * pixels + p] = (float) random.nextGaussian();
        }
        int any = how.drawsFirst() ? 0 : random.nextInt(classes);
        classOf[i] = chosen[from + i] < 0 ? any : chosen[from + i];
      }
      long done = (long) (from / DRAWN_TOGETHER) * steps;
      normalise(z);
      show(z, from, n, 0, how, ways, drawnPixels);
      for (int t = steps; t >= 1; t--) {
        long circuitSeed = RandomStreams.of(sampleSeed, "sample circuit", from, t).nextLong();
        z = pass(z, how.alwaysFirstStep() ? 1 : t, classOf, circuitSeed);
        normalise(z);
        show(z, from, n, steps - t + 1, how, ways, drawnPixels);
        if (!progress.update(done + steps - t + 1, chunks * steps)) {
          throw new CancellationException("drawing images was stopped");
        }
      }
    }
    return new ImageBatch(drawn, drawnPixels, ways.shown(labels));
  }

  private void show(
      float[] z, int from, int n, int done, Jo2026Sampling how, Ways ways, float[] to) {
    ways.show(from, from + n, done, (way, image) -> develop(z, way, how.normed(), to, image));
  }

  private float[] pass(float[] z, int t, int[] labels, long circuitSeed) {
    int[] times = new int[labels.length];
    Arrays.fill(times, t);
    try {
      return tape.withoutGradient(
          () ->
              network
                  .apply(tape.constant(z, labels.length, 2L * pixels), times, labels, circuitSeed)
                  .toFloats());
    } finally {
      tape.clear();
    }
  }

  /** Scales each row to length 1. */
  private void normalise(float[] z) {
    for (int row = 0; row < z.length; row += 2 * pixels) {
      double squares = 0;
      for (int p = row; p < row + 2 * pixels; p++) {
        squares += (double) z[p] * z[p];
      }
      double scale = 1 / Math.sqrt(Divergence.requireFinite("a drawn image", squares));
      for (int p = row; p < row + 2 * pixels; p++) {
        z[p] *= (float) scale;
      }
    }
  }

  /** Writes the moduli of a row as pixels. */
  private void develop(float[] z, int row, boolean normed, float[] to, int image) {
    double white = 0;
    for (int p = 0; p < pixels; p++) {
      int at = row * 2 * pixels + p;
      double modulus = Math.hypot(z[at], z[at + pixels]);
      to[image * pixels + p] = (float) modulus;
      white = Math.max(white, modulus);
    }
    if (normed) {
      white = 1;
    }
    for (int p = image * pixels; p < (image + 1) * pixels; p++) {
      to[p] = (float) (2 * to[p] / white - 1);
    }
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(store.state());
    state.putAll(optimizer.state());
    return state;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Restoring.restore(state, state(), List.of(store::restore, optimizer::restore));
  }

  @Override
  public void close() {
    tape.close();
    optimizer.close();
    store.close();
  }
}
