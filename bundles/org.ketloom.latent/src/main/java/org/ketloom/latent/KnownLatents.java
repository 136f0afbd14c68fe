package org.ketloom.latent;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.ketloom.api.data.ImageBatch;

/**
 * Latents of the images that have been seen: the frozen encoder gives an image the same ones in
 * every epoch, and costs most of a step.
 *
 * <p>Nothing of this belongs to a model's state, so an image's latents must not depend, in their
 * last bit, on the batch in which it comes first. A matrix product doesn't promise that: BLAS takes
 * another kernel for the last rows of a batch. So the encoder is asked for one image at a time.
 */
public final class KnownLatents {
  /** Images that are remembered at most, some 80 MB of latents of 20 numbers. */
  private static final int MAX_LATENTS = 500_000;

  private final Map<Long, float[]> latents = new HashMap<>();

  /**
   * Latents of a batch, row-major {@code [n][latent]}.
   *
   * @param encoder gives those of one image; asked only for images that are unknown
   */
  public float[] of(ImageBatch batch, Function<ImageBatch, float[]> encoder) {
    int n = batch.size();
    float[] result = new float[0];
    for (int i = 0; i < n; i++) {
      float[] row = of(batch, i, encoder);
      if (i == 0) {
        result = new float[n * row.length];
      }
      System.arraycopy(row, 0, result, i * row.length, row.length);
    }
    return result;
  }

  private float[] of(ImageBatch batch, int image, Function<ImageBatch, float[]> encoder) {
    long key = key(batch, image);
    float[] row = latents.get(key);
    if (row == null) {
      int size = batch.shape().size();
      float[] pixels = Arrays.copyOfRange(batch.pixels(), image * size, (image + 1) * size);
      row = encoder.apply(new ImageBatch(batch.shape(), pixels, new int[] {batch.labels()[image]}));
      if (latents.size() < MAX_LATENTS) {
        latents.put(key, row);
      }
    }
    return row;
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
