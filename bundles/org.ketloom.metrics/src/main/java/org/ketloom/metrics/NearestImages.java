package org.ketloom.metrics;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;

/**
 * For each of some images the nearest one of a data set: whoever sees them side by side sees
 * whether a model repeats what it has learned from. The distance is Euclidean, between pixels or
 * between the features of a network.
 *
 * @param places of the nearest images in the data set; of equally near ones the first
 * @param distances to them
 */
public record NearestImages(int[] places, double[] distances) {
  private static final int CHUNK = 256;

  /** After so many values it is looked whether the distance is too large already. */
  private static final int BLOCK = 64;

  /**
   * Finds them by their pixels.
   *
   * @param images of the data set's shape
   * @param progress told after each piece of work
   * @throws CancellationException if the progress asked to stop
   */
  public static NearestImages byPixels(ImageBatch images, Dataset among, Progress progress) {
    return find(images, among, NearestImages::pixels, progress);
  }

  /** As {@link #byPixels}, by the features of a network that was opened for the data set. */
  public static NearestImages byFeatures(
      ImageBatch images, Dataset among, FeatureNetwork network, Progress progress) {
    return find(images, among, batch -> network.apply(batch).features(), progress);
  }

  private static float[][] pixels(ImageBatch images) {
    int size = images.shape().size();
    return IntStream.range(0, images.size())
        .mapToObj(i -> Arrays.copyOfRange(images.pixels(), i * size, (i + 1) * size))
        .toArray(float[][]::new);
  }

  private static NearestImages find(
      ImageBatch images,
      Dataset among,
      Function<ImageBatch, float[][]> vectors,
      Progress progress) {
    if (!images.shape().equals(among.shape())) {
      throw new IllegalArgumentException(
          "images of " + images.shape() + " can't be compared with images of " + among.shape());
    }
    float[][] of = vectors.apply(images);
    int[] places = new int[of.length];
    double[] squares = new double[of.length];
    Arrays.fill(squares, Double.POSITIVE_INFINITY);
    for (int from = 0; from < among.size(); from += CHUNK) {
      int first = from;
      int[] chunk = IntStream.range(from, Math.min(from + CHUNK, among.size())).toArray();
      float[][] others = vectors.apply(among.get(chunk));
      IntStream.range(0, of.length)
          .parallel()
          .forEach(
              i -> {
                for (int k = 0; k < others.length; k++) {
                  double square = square(of[i], others[k], squares[i]);
                  if (square < squares[i]) {
                    squares[i] = square;
                    places[i] = first + k;
                  }
                }
              });
      if (!progress.update(from + chunk.length, among.size())) {
        throw new CancellationException("the search for the nearest images was stopped");
      }
    }
    return new NearestImages(places, Arrays.stream(squares).map(Math::sqrt).toArray());
  }

  /** The squared distance, or something of at least the limit. */
  private static double square(float[] a, float[] b, double limit) {
    double sum = 0;
    for (int from = 0; from < a.length && sum < limit; from += BLOCK) {
      for (int i = from; i < Math.min(from + BLOCK, a.length); i++) {
        double difference = (double) a[i] - b[i];
        sum += difference * difference;
      }
    }
    return sum;
  }
}
