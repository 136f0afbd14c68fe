package org.ketloom.latent;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.ketloom.api.data.ImageBatch;

/**
 * Latents of the images that have been seen: the frozen encoder gives an image the same ones in
 * every epoch, and costs most of a step.
 *
 * <p>Nothing of this belongs to a model's state, so an image's latents must not depend, in their
 * last bit, on the batch in which it comes first: see {@link AutoencoderTraining#latentsApart}.
 */
public final class KnownLatents {
  /** Images that are remembered at most, some 80 MB of latents of 20 numbers. */
  private static final int MAX_LATENTS = 500_000;

  private final Map<Long, float[]> latents = new HashMap<>();

  /**
   * Latents of a batch, row-major {@code [n][latent]}.
   *
   * @param encoder gives those of a batch, each image's apart from the others; asked only for
   *     images that are unknown
   */
  public float[] of(ImageBatch batch, Function<ImageBatch, float[]> encoder) {
    int n = batch.size();
    long[] keys = new long[n];
    Map<Long, Integer> unknown = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      keys[i] = key(batch, i);
      if (!latents.containsKey(keys[i])) {
        unknown.put(keys[i], i);
      }
    }
    Map<Long, float[]> found = unknown.isEmpty() ? Map.of() : encode(batch, unknown, encoder);
    float[] result = new float[0];
    for (int i = 0; i < n; i++) {
      float[] known = latents.get(keys[i]);
      float[] row = known == null ? requireNonNull(found.get(keys[i])) : known;
      if (i == 0) {
        result = new float[n * row.length];
      }
      System.arraycopy(row, 0, result, i * row.length, row.length);
    }
    found.forEach(
        (key, row) -> {
          if (latents.size() < MAX_LATENTS) {
            latents.put(key, row);
          }
        });
    return result;
  }

  private static Map<Long, float[]> encode(
      ImageBatch batch, Map<Long, Integer> images, Function<ImageBatch, float[]> encoder) {
    int size = batch.shape().size();
    float[] pixels = new float[images.size() * size];
    int[] labels = new int[images.size()];
    int next = 0;
    for (int image : images.values()) {
      System.arraycopy(batch.pixels(), image * size, pixels, next * size, size);
      labels[next++] = batch.labels()[image];
    }
    float[] all = encoder.apply(new ImageBatch(batch.shape(), pixels, labels));
    int width = all.length / images.size();
    Map<Long, float[]> rows = new LinkedHashMap<>();
    int row = 0;
    for (long key : images.keySet()) {
      rows.put(key, Arrays.copyOfRange(all, row * width, ++row * width));
    }
    return rows;
  }

  /** For another encoder. */
  public void forget() {
    latents.clear();
  }

  /** 64 bits of an image's content: two of 60,000 images share them with a probability of 1e-10. */
  private static long key(ImageBatch batch, int image) {
    float[] pixels = batch.pixels();
    int size = pixels.length / batch.size();
    long hash = size;
    for (int p = image * size; p < (image + 1) * size; p++) {
      hash = (hash ^ Float.floatToRawIntBits(pixels[p])) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
