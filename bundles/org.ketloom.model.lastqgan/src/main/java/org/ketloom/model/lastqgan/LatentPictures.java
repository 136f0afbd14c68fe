package org.ketloom.model.lastqgan;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.Progress;
import org.ketloom.latent.AutoencoderTraining;
import org.ketloom.latent.Noise;
import org.ketloom.latent.Reconstructions;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.Variable;

/** Draws images of latents: samples, reconstructions, interpolations and mixed styles. */
final class LatentPictures {
  /** Images that are drawn together. */
  private static final int DRAWN_TOGETHER = 64;

  private final LastQgan options;
  private final ImageShape images;
  private final AutoencoderTraining autoencoder;
  private final Reconstructions reconstructions;
  private final AdversarialTraining adversaries;

  LatentPictures(
      LastQgan options,
      ImageShape images,
      AutoencoderTraining autoencoder,
      Reconstructions reconstructions,
      AdversarialTraining adversaries) {
    this.options = options;
    this.images = images;
    this.autoencoder = autoencoder;
    this.reconstructions = reconstructions;
    this.adversaries = adversaries;
  }

  /**
   * Draws.
   *
   * @param n number of images
   * @throws IllegalArgumentException if the generator can't draw such a picture
   * @throws IllegalStateException if there are no examples to reconstruct
   */
  ImageBatch draw(int n, long seed, SamplingOptions how, Progress progress) {
    boolean mixing = how.picture() == SamplingOptions.Picture.MIXING;
    if (mixing) {
      requireLayers(how.layer());
    }
    int size = images.size();
    float[] pixels = new float[n * size];
    MovingAverage.Swap swap = how.average() ? adversaries.averaged() : () -> {};
    try (swap) {
      for (int from = 0; from < n; from += DRAWN_TOGETHER) {
        int count = Math.min(n - from, DRAWN_TOGETHER);
        float[] drawn =
            how.picture() == SamplingOptions.Picture.RECONSTRUCTIONS
                ? reconstructions.rows(from, count, how.length())
                : autoencoder.pixels(latents(from, count, seed, how));
        System.arraycopy(drawn, 0, pixels, from * size, drawn.length);
        if (!progress.update(from + (long) count, n)) {
          throw new CancellationException("drawing images was stopped");
        }
      }
    }
    if (mixing) {
      // The corner belongs to no noise.
      Arrays.fill(pixels, 0, Math.min(n, 1) * size, -1);
    }
    int[] unknown = new int[n];
    Arrays.fill(unknown, -1);
    return new ImageBatch(images, pixels, unknown);
  }

  private void requireLayers(int layer) {
    int layers = adversaries.generator().layers();
    if (layers < 2) {
      throw new IllegalArgumentException(
          "picture mixing needs a generator that sees the noise in every layer, circuit or dense;"
              + " this run's is "
              + options.generator().name().toLowerCase(Locale.ROOT));
    }
    if (layer >= layers) {
      throw new IllegalArgumentException(
          "layer is 1 to "
              + (layers - 1)
              + " for a generator of "
              + layers
              + " layers, found "
              + layer);
    }
  }

  /** Latents of the images from a place on, row-major {@code [count][latent]}. */
  private float[] latents(int from, int count, long seed, SamplingOptions how) {
    int width = options.noise();
    double[] early = new double[count * width];
    double[] late = new double[count * width];
    for (int i = 0; i < count; i++) {
      int row = (from + i) / how.length();
      int column = (from + i) % how.length();
      double[] first;
      double[] second;
      switch (how.picture()) {
        case INTERPOLATION -> {
          first =
              Noise.between(
                  Noise.of(width, seed, "sample strip", row, 0),
                  Noise.of(width, seed, "sample strip", row, 1),
                  column / (how.length() - 1.0));
          second = first;
        }
        case MIXING -> {
          double[] ofRow = Noise.of(width, seed, "sample row", row);
          double[] ofColumn = Noise.of(width, seed, "sample column", column);
          first = row == 0 ? ofColumn : ofRow;
          second = column == 0 ? ofRow : ofColumn;
        }
        default -> {
          first = Noise.of(width, seed, "sample", from + i);
          second = first;
        }
      }
      System.arraycopy(first, 0, early, i * width, width);
      System.arraycopy(second, 0, late, i * width, width);
    }
    Generator exact = adversaries.generator();
    Generator generator = exact.with(new Shots(how.shots(), seed).at(from));
    int layer = how.layer() == 0 ? exact.layers() / 2 : how.layer();
    boolean mixing = how.picture() == SamplingOptions.Picture.MIXING;
    return adversaries.drawn(
        tape -> {
          Variable z = tape.constant(early, count, width);
          return mixing
              ? generator.mix(z, tape.constant(late, count, width), layer)
              : generator.apply(z, BatchNorm.Mode.INFER);
        });
  }
}
