package org.ketloom.data.internal;

import org.ketloom.api.data.ImageShape;

/**
 * One image, 8 bits per value.
 *
 * @param shape its shape
 * @param pixels values from 0 to 255, {@code [row][column][channel]}; not copied
 */
record Picture(ImageShape shape, byte[] pixels) {

  /**
   * The central square of the image, resized: each new pixel is the mean of the area that it covers
   * where the image gets smaller, and the bilinear interpolation between the centres of the four
   * nearest pixels where it gets larger.
   *
   * @param size rows and columns
   */
  Picture resized(int size) {
    int height = shape.height();
    int width = shape.width();
    if (height == size && width == size) {
      return this;
    }
    int side = Math.min(height, width);
    Taps taps = side > size ? area(side, size) : linear(side, size);
    int top = (height - side) / 2;
    int left = (width - side) / 2;
    int channels = shape.channels();
    byte[] to = new byte[channels * size * size];
    float[] narrow = new float[side * size];
    for (int c = 0; c < channels; c++) {
      for (int row = 0; row < side; row++) {
        int start = (top + row) * width + left;
        for (int x = 0; x < size; x++) {
          float sum = 0;
          for (int k = 0; k < taps.weights[x].length; k++) {
            sum +=
                taps.weights[x][k] * (pixels[(start + taps.starts[x] + k) * channels + c] & 0xFF);
          }
          narrow[row * size + x] = sum;
        }
      }
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          float sum = 0;
          for (int k = 0; k < taps.weights[y].length; k++) {
            sum += taps.weights[y][k] * narrow[(taps.starts[y] + k) * size + x];
          }
          to[(y * size + x) * channels + c] = (byte) (int) Math.min(255, sum + 0.5f);
        }
      }
    }
    return new Picture(new ImageShape(channels, size, size), to);
  }

  /**
   * The image as its EXIF orientation says that it is to be seen.
   *
   * @param orientation 1 to 8: 1 as it is, 2 mirrored left to right, 3 turned by 180 degrees, 4
   *     mirrored top to bottom, 5 mirrored at the diagonal from top left, 6 turned clockwise by 90
   *     degrees, 7 mirrored at the other diagonal, 8 turned counter-clockwise by 90 degrees
   */
  Picture oriented(int orientation) {
    if (orientation == 1) {
      return this;
    }
    boolean turned = orientation >= 5;
    boolean fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int height = turned ? shape.width() : shape.height();
    int width = turned ? shape.height() : shape.width();
    int channels = shape.channels();
    byte[] to = new byte[pixels.length];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int x = turned ? row : column;
        int y = turned ? column : row;
        int from =
            (fromBottom ? shape.height() - 1 - y : y) * shape.width()
                + (fromRight ? shape.width() - 1 - x : x);
        System.arraycopy(pixels, from * channels, to, (row * width + column) * channels, channels);
      }
    }
    return new Picture(new ImageShape(channels, height, width), to);
  }

  /** Which old pixels a new one is made of, along one axis: from a start, with weights. */
  private record Taps(int[] starts, float[][] weights) {}

  private static Taps area(int from, int to) {
    int[] starts = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      // In units of 1/to of an old pixel, so that all borders are whole numbers.
      int low = i * from;
      int high = low + from;
      int start = low / to;
      int end = (high + to - 1) / to;
      starts[i] = start;
      weights[i] = new float[end - start];
      for (int k = start; k < end; k++) {
        int part = Math.min(high, (k + 1) * to) - Math.max(low, k * to);
        weights[i][k - start] = (float) part / from;
      }
    }
    return new Taps(starts, weights);
  }

  private static Taps linear(int from, int to) {
    int[] starts = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * from / to - 0.5;
      double inside = Math.max(0, Math.min(from - 1, centre));
      int start = Math.min((int) inside, Math.max(0, from - 2));
      float part = (float) (inside - start);
      starts[i] = start;
      weights[i] = from == 1 ? new float[] {1} : new float[] {1 - part, part};
    }
    return new Taps(starts, weights);
  }
}
