package org.ketloom.model.lastqgan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.ketloom.api.data.ImageBatch;

/**
 * Latents of the images that have been seen: the frozen encoder gives an image the same ones in
 * every epoch, and costs most of a step.
 *
 * <p>Nothing of this belongs to a model's state: an image's latents don't depend, by a bit, on the
 * images beside it, so that it makes no difference which batch they were found in.
 */
final class KnownLatents {
  /** Images that are remembered at most, some 80 MB of latents of 20 numbers. */
  private static final int MOST = 500_000;

  private final Map<Long, float[]> latents = new HashMap<>();

  /**
   * Latents of a batch.
   *
   * @param encoder gives those of the whole batch, row-major {@code [n][latent]}; asked only if
   *     some are unknown
   */
  float[] of(ImageBatch batch, Supplier<float[]> encoder) {
    int n = batch.size();
    long[] keys = new long[n];
    float[][] rows = new float[n][];
    boolean all = true;
    for (int i = 0; i < n; i++) {
      keys[i] = key(batch, i);
      rows[i] = latents.get(keys[i]);
      all &= rows[i] != null;
    }
    if (!all) {
      float[] found = encoder.get();
      int width = found.length / n;
      for (int i = 0; i < n && latents.size() < MOST; i++) {
        latents.put(keys[i], Arrays.copyOfRange(found, i * width, (i + 1) * width));
      }
      return found;
    }
    int width = rows[0].length;
    float[] result = new float[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows[i], 0, result, i * width, width);
    }
    return result;
  }

  /** For another encoder. */
  void forget() {
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
