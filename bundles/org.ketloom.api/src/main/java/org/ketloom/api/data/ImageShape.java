package org.ketloom.api.data;

/**
 * Shape of an image.
 *
 * @param channels 1 for grey, 3 for RGB; at least 1
 * @param height rows of pixels, at least 1
 * @param width columns of pixels, at least 1
 */
public record ImageShape(int channels, int height, int width) {

  /** Checks that all are at least 1. */
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "an image has at least 1 channel, row and column, found "
              + channels
              + "x"
              + height
              + "x"
              + width);
    }
  }

  /** Number of values of one image. */
  public int size() {
    return Math.multiplyExact(channels, Math.multiplyExact(height, width));
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
