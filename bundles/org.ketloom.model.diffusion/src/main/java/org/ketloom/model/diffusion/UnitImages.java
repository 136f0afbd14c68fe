package org.ketloom.model.diffusion;

import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;

/**
 * Grey images as vectors, as the code of arXiv 2602.03405 prepares them: scaled to length 1 (black
 * is 0), then resized to a square by bilinear interpolation between pixel centres without
 * smoothing. Resizing changes the length: MNIST's digits have about 0.57 at 16x16.
 */
final class UnitImages {
  private final ImageShape from;
  private final int size;
  private final Taps rows;
  private final Taps columns;

  /**
   * The two pixels between which each new pixel's centre lies, along one axis.
   *
   * @param share of the second
   */
  private record Taps(int[] first, int[] second, double[] share) {
    static Taps of(int from, int to) {
      Taps taps = new Taps(new int[to], new int[to], new double[to]);
      for (int i = 0; i < to; i++) {
        double centre = Math.max(0, (i + 0.5) * from / to - 0.5);
        taps.first[i] = Math.min((int) centre, from - 1);
        taps.second[i] = Math.min(taps.first[i] + 1, from - 1);
        taps.share[i] = centre - taps.first[i];
      }
      return taps;
    }
  }

  /**
   * @param size rows and columns of the vectors
   * @throws IllegalArgumentException if the images are not grey
   */
  UnitImages(ImageShape from, int size) {
    if (from.channels() != 1) {
      throw new IllegalArgumentException(
          "model \"jo2026\" learns grey images (1 channel), the data set has "
              + from
              + "; choose a grey data set, or model \"hybrid-unet\", which learns colours too");
    }
    this.from = from;
    this.size = size;
    rows = Taps.of(from.height(), size);
    columns = Taps.of(from.width(), size);
  }

  /**
   * One image's vector.
   *
   * @throws IllegalArgumentException if the image is black or has a pixel that is not a number
   */
  double[] of(ImageBatch batch, int image) {
    int start = image * from.size();
    double sum = 0;
    for (int p = start; p < start + from.size(); p++) {
      double value = (batch.pixels()[p] + 1) / 2;
      sum += value * value;
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "image "
              + image
              + " of the batch, class "
              + batch.labels()[image]
              + ", "
              + (sum == 0 ? "is black" : "has a pixel that is NaN or infinite")
              + ": it can't be scaled to length 1");
    }
    double scale = 0.5 / Math.sqrt(sum);
    double[] vector = new double[size * size];
    for (int r = 0; r < size; r++) {
      int above = start + rows.first[r] * from.width();
      int below = start + rows.second[r] * from.width();
      for (int c = 0; c < size; c++) {
        double top = between(batch.pixels(), above, c);
        double bottom = between(batch.pixels(), below, c);
        vector[r * size + c] = scale * (1 + top + rows.share[r] * (bottom - top));
      }
    }
    return vector;
  }

  private double between(float[] pixels, int row, int c) {
    double left = pixels[row + columns.first[c]];
    return left + columns.share[c] * (pixels[row + columns.second[c]] - left);
  }
}
