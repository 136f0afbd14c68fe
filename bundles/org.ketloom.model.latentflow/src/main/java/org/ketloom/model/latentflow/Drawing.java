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

/** Draws images with a field: samples, their ways from noise, interpolations, reconstructions. */
final class Drawing {
  /** Images that are drawn together; with guidance each counts twice. */
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
    Chunks chunks = new Chunks(labels, seed, how, progress);
    MovingAverage.Swap swap = how.average() ? training.averaged() : () -> {};
    try (swap) {
      for (int from = 0; from < labels.length; from += DRAWN_TOGETHER) {
        int to = Math.min(labels.length, from + DRAWN_TOGETHER);
        float[] drawn =
            how.picture() == Picture.RECONSTRUCTIONS
                ? reconstructions.rows(from, to - from, how.length())
                : autoencoder.pixels(scale.latents(chunks.latents(from, to)));
        System.arraycopy(drawn, 0, pixels, from * size, drawn.length);
        chunks.tell(to, 0);
      }
    }
    return new ImageBatch(images, pixels, labels.clone());
  }

  private final class Chunks {
    private final int[] labels;
    private final long seed;
    private final SamplingOptions how;
    private final Progress progress;

    Chunks(int[] labels, long seed, SamplingOptions how, Progress progress) {
      this.labels = labels;
      this.seed = seed;
      this.how = how;
      this.progress = progress;
    }

    /** Tells that some images are done, and some steps of the next chunk. */
    void tell(int images, int steps) {
      long all = (long) labels.length * how.steps();
      long chunk = Math.min(DRAWN_TOGETHER, labels.length - images);
      if (!progress.update((long) images * how.steps() + chunk * steps, all)) {
        throw new CancellationException("drawing images was stopped");
      }
    }

    /** Standardised latents of some images, row-major {@code [to - from][latents]}. */
    double[] latents(int from, int to) {
      int width = options.latent();
      int n = to - from;
      double[] x = new double[n * width];
      for (int i = 0; i < n; i++) {
        System.arraycopy(noise(from + i), 0, x, i * width, width);
      }
      int[] chosen = Arrays.copyOfRange(labels, from, to);
      Shots shots = new Shots(how.shots(), seed).at(from);
      double[] shown = x.clone();
      for (int step = 0; step < how.steps(); step++) {
        solver.step(
            x,
            step,
            how,
            shots,
            (at, place, measured) -> training.velocity(at, place, chosen, how.guidance(), measured),
            (at, number, deviation) -> disturb(at, from, number, deviation));
        keep(x, shown, from, step + 1);
        if (step + 1 < how.steps()) {
          tell(from, step + 1);
        }
      }
      return how.picture() == Picture.TRAJECTORY ? shown : x;
    }

    /** The row of an image of a picture, or the image itself. */
    private int stream(int image) {
      return how.picture() == Picture.TRAJECTORY ? image / how.length() : image;
    }

    private double[] noise(int image) {
      int width = options.latent();
      if (how.picture() == Picture.INTERPOLATION) {
        int row = image / how.length();
        return Noise.between(
            Noise.of(width, seed, "sample strip", row, 0),
            Noise.of(width, seed, "sample strip", row, 1),
            image % how.length() / (how.length() - 1.0));
      }
      return Noise.of(width, seed, "sample", stream(image));
    }

    private void disturb(double[] x, int from, int number, double deviation) {
      int width = options.latent();
      for (int i = 0; i * width < x.length; i++) {
        double[] noise = Noise.of(width, seed, "sample step", stream(from + i), number);
        for (int k = 0; k < width; k++) {
          x[i * width + k] += deviation * noise[k];
        }
      }
    }

    /** Keeps the images of a trajectory whose column a step has come to. */
    private void keep(double[] x, double[] shown, int from, int done) {
      int width = options.latent();
      for (int i = 0; i * width < x.length; i++) {
        int column = (from + i) % how.length();
        if (Math.round((double) column * how.steps() / (how.length() - 1)) == done) {
          System.arraycopy(x, i * width, shown, i * width, width);
        }
      }
    }
  }
}
