package org.ketloom.model.latentflow;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.latent.AutoencoderTraining;
import org.ketloom.latent.Noise;
import org.ketloom.latent.Reconstructions;
import org.ketloom.model.latentflow.SamplingOptions.Picture;
import org.ketloom.nn.Labels;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.Ways;

/** Draws images with a field: samples, their ways from noise, interpolations, reconstructions. */
final class Drawing {
  /** Ways that are computed together; with guidance each counts twice. */
  private static final int DRAWN_TOGETHER = 128;

  private final LatentFlow options;
  private final ImageShape images;
  private final AutoencoderTraining autoencoder;
  private final Reconstructions reconstructions;
  private final LatentScale scale;
  private final FieldTraining training;
  private final Solver solver;

  Drawing(
      LatentFlow options,
      ImageShape images,
      AutoencoderTraining autoencoder,
      Reconstructions reconstructions,
      LatentScale scale,
      FieldTraining training,
      Solver solver) {
    this.options = options;
    this.images = images;
    this.autoencoder = autoencoder;
    this.reconstructions = reconstructions;
    this.scale = scale;
    this.training = training;
    this.solver = solver;
  }

  /** How images are drawn by default. */
  SamplingOptions defaults() {
    SamplingOptions defaults = Options.defaults(SamplingOptions.class);
    if (options.process() == LatentFlow.Way.FLOW) {
      return defaults;
    }
    return Options.with(defaults, "sampling", Map.of("steps", Math.min(40, options.timesteps())));
  }

  /**
   * Draws.
   *
   * @param labels the class of each image, -1 for any
   * @throws IllegalArgumentException if there is no such class, or the run can't draw so
   * @throws IllegalStateException if the training hasn't come to what is to be drawn
   */
  ImageBatch draw(int[] labels, int classes, long seed, SamplingOptions how, Progress progress) {
    Labels.require(labels, classes);
    solver.require(how);
    if (how.shots() > 0) {
      training.requireMeasurable("shots");
    }
    int size = images.size();
    float[] pixels = new float[labels.length * size];
    boolean trajectory = how.picture() == Picture.TRAJECTORY;
    Ways ways = new Ways(labels.length, trajectory ? how.length() : 1, how.steps());
    Chunks chunks = new Chunks(ways, labels, seed, how, progress);
    MovingAverage.Swap swap = how.average() ? training.averaged() : () -> {};
    try (swap) {
      for (int from = 0; from < ways.count(); from += DRAWN_TOGETHER) {
        int to = Math.min(ways.count(), from + DRAWN_TOGETHER);
        if (how.picture() == Picture.RECONSTRUCTIONS) {
          float[] drawn = reconstructions.rows(from, to - from, how.length());
          System.arraycopy(drawn, 0, pixels, from * size, drawn.length);
          chunks.tell(to, 0);
        } else {
          chunks.draw(from, to, pixels);
        }
      }
    }
    return new ImageBatch(images, pixels, ways.shown(labels));
  }

  private final class Chunks {
    private final Ways ways;
    private final int[] labels;
    private final long seed;
    private final SamplingOptions how;
    private final Progress progress;

    Chunks(Ways ways, int[] labels, long seed, SamplingOptions how, Progress progress) {
      this.ways = ways;
      this.labels = ways.labels(labels);
      this.seed = seed;
      this.how = how;
      this.progress = progress;
    }

    /** Tells that some ways are done, and some steps of the next chunk. */
    void tell(int finished, int steps) {
      long all = (long) labels.length * how.steps();
      long chunk = Math.min(DRAWN_TOGETHER, labels.length - finished);
      if (!progress.update((long) finished * how.steps() + chunk * steps, all)) {
        throw new CancellationException("drawing images was stopped");
      }
    }

    /** Draws the images that show some ways. */
    void draw(int from, int to, float[] pixels) {
      int width = options.latent();
      int n = to - from;
      double[] x = new double[n * width];
      for (int i = 0; i < n; i++) {
        System.arraycopy(noise(from + i), 0, x, i * width, width);
      }
      int[] chosen = Arrays.copyOfRange(labels, from, to);
      Shots shots = new Shots(how.shots(), seed).at(from);
      show(x, from, to, 0, pixels);
      for (int step = 0; step < how.steps(); step++) {
        solver.step(
            x,
            step,
            how,
            shots,
            (at, place, measured) -> training.velocity(at, place, chosen, how.guidance(), measured),
            (at, number, deviation) -> disturb(at, from, number, deviation));
        show(x, from, to, step + 1, pixels);
        if (step + 1 < how.steps()) {
          tell(from, step + 1);
        }
      }
      tell(to, 0);
    }

    /** Decodes the ways where an image shows them as they are. */
    private void show(double[] x, int from, int to, int done, float[] pixels) {
      if (ways.shows(done)) {
        int size = images.size();
        float[] decoded = autoencoder.pixels(scale.latents(x));
        ways.show(
            from,
            to,
            done,
            (way, image) -> System.arraycopy(decoded, way * size, pixels, image * size, size));
      }
    }

    private double[] noise(int way) {
      int width = options.latent();
      if (how.picture() == Picture.INTERPOLATION) {
        int row = way / how.length();
        return Noise.between(
            Noise.of(width, seed, "sample strip", row, 0),
            Noise.of(width, seed, "sample strip", row, 1),
            way % how.length() / (how.length() - 1.0));
      }
      return Noise.of(width, seed, "sample", way);
    }

    private void disturb(double[] x, int from, int number, double deviation) {
      int width = options.latent();
      for (int i = 0; i * width < x.length; i++) {
        double[] noise = Noise.of(width, seed, "sample step", from + i, number);
        for (int k = 0; k < width; k++) {
          x[i * width + k] += deviation * noise[k];
        }
      }
    }
  }
}
