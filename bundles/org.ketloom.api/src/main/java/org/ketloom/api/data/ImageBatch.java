package org.ketloom.api.data;

/**
 * Labelled images.
 *
 * @param shape shape of each image
 * @param pixels values in [-1, 1], row-major {@code [images][row][column][channel]}, as networks
 *     compute; not copied
 * @param labels class of each image, from 0; not copied
 */
public record ImageBatch(ImageShape shape, float[] pixels, int[] labels) {

  /** Checks that pixels and labels belong together. */
  public ImageBatch {
    if (pixels.length != (long) labels.length * shape.size()) {
      throw new IllegalArgumentException(
          labels.length
              + " images of "
              + shape
              + " have "
              + (long) labels.length * shape.size()
              + " values, found "
              + pixels.length);
    }
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }
}
