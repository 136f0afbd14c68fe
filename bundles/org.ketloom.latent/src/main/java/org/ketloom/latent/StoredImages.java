package org.ketloom.latent;

import java.util.List;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Tensor;

/**
 * Images in a checkpoint, {@code [n][channel][row][column]}: stored runs have them so, whatever the
 * order in which images are computed.
 */
final class StoredImages {
  private StoredImages() {}

  /**
   * @param pixels {@code [n][row][column][channel]}
   */
  static Tensor tensor(ImageShape shape, float[] pixels) {
    float[] stored = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      stored[place(shape, i)] = pixels[i];
    }
    return new Tensor(
        List.of(pixels.length / shape.size(), shape.channels(), shape.height(), shape.width()),
        stored);
  }

  /**
   * The pixels of a tensor, {@code [n][row][column][channel]}.
   *
   * @throws IllegalArgumentException if it doesn't hold images of the shape
   */
  static float[] pixels(ImageShape shape, Tensor tensor) {
    float[] stored = tensor.floats();
    if (stored.length % shape.size() != 0) {
      throw new IllegalArgumentException(
          "tensor examples is " + tensor + ", no images of " + shape);
    }
    float[] pixels = new float[stored.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = stored[place(shape, i)];
    }
    return pixels;
  }

  /** Where the value at a place in {@code [n][row][column][channel]} is stored. */
  private static int place(ImageShape shape, int i) {
    int size = shape.size();
    int plane = shape.height() * shape.width();
    int inside = i % size;
    int channel = inside % shape.channels();
    return i - inside + channel * plane + inside / shape.channels();
  }
}
