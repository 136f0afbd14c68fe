package org.ketloom.latent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.Tensor;

/**
 * What an autoencoder makes of images: some training images are kept in a model's state to be shown
 * beside their reconstructions, and the error is measured on others.
 */
public final class Reconstructions {
  /** Training images that are kept. */
  private static final int EXAMPLES = 40;

  /** Images that are measured together. */
  private static final int MEASURED_TOGETHER = 250;

  /** Name of the kept images' tensor. */
  static final String SHOWN = "examples";

  private final ImageShape images;
  private final AutoencoderTraining autoencoder;

  /** {@code [n][row][column][channel]}; empty before training. */
  private float[] examples = {};

  /** Of an autoencoder. */
  public Reconstructions(ImageShape images, AutoencoderTraining autoencoder) {
    this.images = images;
    this.autoencoder = autoencoder;
  }

  /** Keeps the first images of a batch. */
  public void keep(ImageBatch batch) {
    examples = Arrays.copyOf(batch.pixels(), Math.min(EXAMPLES, batch.size()) * images.size());
  }

  /** Whether images are kept. */
  public boolean kept() {
    return examples.length > 0;
  }

  /**
   * A part of a grid: rows of kept images, each followed by a row of their reconstructions.
   *
   * @param from number of the first place of the grid
   * @param count places
   * @param length of a row
   * @return {@code [count][row][column][channel]} in [-1, 1]
   * @throws IllegalStateException if no images are kept
   */
  public float[] rows(int from, int count, int length) {
    int size = images.size();
    int shown = examples.length / size;
    if (shown == 0) {
      throw new IllegalStateException(
          "there is nothing to reconstruct yet: the first training step keeps some images");
    }
    float[] pixels = new float[count * size];
    List<Integer> passed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int row = (from + i) / length;
      int example = (row / 2 * length + (from + i) % length) % shown;
      System.arraycopy(examples, example * size, pixels, i * size, size);
      if (row % 2 == 1) {
        passed.add(i);
      }
    }
    if (!passed.isEmpty()) {
      float[] originals = new float[passed.size() * size];
      for (int k = 0; k < passed.size(); k++) {
        System.arraycopy(pixels, passed.get(k) * size, originals, k * size, size);
      }
      float[] drawn =
          autoencoder.pixels(
              autoencoder.latents(new ImageBatch(images, originals, new int[passed.size()])));
      for (int k = 0; k < passed.size(); k++) {
        System.arraycopy(drawn, k * size, pixels, passed.get(k) * size, size);
      }
    }
    return pixels;
  }

  /** What the autoencoder makes of images, with their labels. */
  public ImageBatch of(ImageBatch batch) {
    float[] pixels = new float[batch.pixels().length];
    for (int from = 0; from < batch.size(); from += MEASURED_TOGETHER) {
      int to = Math.min(batch.size(), from + MEASURED_TOGETHER);
      float[] some = Arrays.copyOfRange(batch.pixels(), from * images.size(), to * images.size());
      int[] labels = Arrays.copyOfRange(batch.labels(), from, to);
      float[] found = autoencoder.pixels(autoencoder.latents(new ImageBatch(images, some, labels)));
      System.arraycopy(found, 0, pixels, from * images.size(), found.length);
    }
    return new ImageBatch(images, pixels, batch.labels().clone());
  }

  /**
   * The mean squared error, pixels 0 to 1.
   *
   * @param data images that the autoencoder wasn't trained with
   * @throws CancellationException if the progress says so
   */
  public Figure error(Dataset data, Progress progress) {
    double sum = 0;
    for (int from = 0; from < data.size(); from += MEASURED_TOGETHER) {
      int to = Math.min(data.size(), from + MEASURED_TOGETHER);
      ImageBatch batch = data.get(IntStream.range(from, to).toArray());
      float[] found = of(batch).pixels();
      for (int p = 0; p < found.length; p++) {
        // Pixels are twice as far apart here as from 0 to 1.
        double difference = (found[p] - batch.pixels()[p]) / 2.0;
        sum += difference * difference;
      }
      if (!progress.update(to, data.size())) {
        throw new CancellationException("measuring the autoencoder was stopped");
      }
    }
    return Figure.of(
        "reconstruction-mse",
        sum / ((double) data.size() * images.size()),
        data.size(),
        Figure.Better.LOWER);
  }

  /** The kept images by name; empty if there are none. */
  public Map<String, Tensor> state() {
    return kept() ? Map.of(SHOWN, StoredImages.tensor(images, examples)) : Map.of();
  }

  /**
   * Puts a state back; other names are left alone.
   *
   * @throws IllegalArgumentException if its images have another shape
   */
  public void restore(Map<String, Tensor> state) {
    Tensor shown = state.get(SHOWN);
    examples = shown == null ? new float[0] : StoredImages.pixels(images, shown);
  }
}
