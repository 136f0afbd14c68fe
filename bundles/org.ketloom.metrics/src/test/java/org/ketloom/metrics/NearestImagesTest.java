package org.ketloom.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;

class NearestImagesTest {
  private static final ImageShape SHAPE = new ImageShape(3, 7, 5);

  private static ImageBatch random(int count, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[count * SHAPE.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() * 2 - 1;
    }
    return new ImageBatch(SHAPE, pixels, new int[count]);
  }

  /** Only what is asked here is there. */
  private record Fixed(ImageBatch images) implements Dataset {
    @Override
    public int size() {
      return images.size();
    }

    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public List<String> classes() {
      return List.of("0");
    }

    @Override
    public String fingerprint() {
      return "fixed";
    }

    @Override
    public ImageBatch get(int... indices) {
      float[] pixels = new float[indices.length * SHAPE.size()];
      for (int i = 0; i < indices.length; i++) {
        System.arraycopy(
            images.pixels(), indices[i] * SHAPE.size(), pixels, i * SHAPE.size(), SHAPE.size());
      }
      return new ImageBatch(SHAPE, pixels, new int[indices.length]);
    }

    @Override
    public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void everyDistanceIsTheLeast() {
    Fixed data = new Fixed(random(700, 1));
    ImageBatch images = random(9, 2);
    // One that is there, and is there again later.
    System.arraycopy(data.images().pixels(), 300 * SHAPE.size(), images.pixels(), 0, SHAPE.size());
    System.arraycopy(
        data.images().pixels(),
        300 * SHAPE.size(),
        data.images().pixels(),
        650 * SHAPE.size(),
        SHAPE.size());
    List<Long> told = new ArrayList<>();
    NearestImages found =
        NearestImages.byPixels(
            images,
            data,
            (done, total) -> {
              told.add(done);
              assertEquals(700, total);
              return true;
            });
    assertEquals(300, found.places()[0]);
    assertEquals(0, found.distances()[0]);
    for (int i = 0; i < images.size(); i++) {
      double least = Double.POSITIVE_INFINITY;
      for (int k = 0; k < data.size(); k++) {
        least = Math.min(least, distance(images, i, data.images(), k));
      }
      assertEquals(least, found.distances()[i], 1e-12);
      assertEquals(least, distance(images, i, data.images(), found.places()[i]), 1e-12);
    }
    assertEquals(List.of(256L, 512L, 700L), told);
  }

  private static double distance(ImageBatch a, int i, ImageBatch b, int k) {
    double sum = 0;
    for (int p = 0; p < SHAPE.size(); p++) {
      double difference =
          (double) a.pixels()[i * SHAPE.size() + p] - b.pixels()[k * SHAPE.size() + p];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /** The mean of an image is its only feature: by pixels other images are the nearest. */
  @Test
  void featuresDecideWhereTheyAreAskedFor() {
    Fixed data = new Fixed(random(40, 3));
    ImageBatch images = random(5, 4);
    try (FeatureNetwork mean = new Mean()) {
      NearestImages found = NearestImages.byFeatures(images, data, mean, (done, total) -> true);
      float[][] of = mean.apply(images).features();
      float[][] others = mean.apply(data.images()).features();
      for (int i = 0; i < of.length; i++) {
        float value = of[i][0];
        double least =
            Arrays.stream(others)
                .mapToDouble(o -> Math.abs((double) o[0] - value))
                .min()
                .orElse(-1);
        assertEquals(least, found.distances()[i], 1e-9);
      }
      int[] byPixels = NearestImages.byPixels(images, data, (done, total) -> true).places();
      assertEquals(false, Arrays.equals(byPixels, found.places()));
    }
  }

  private static final class Mean implements FeatureNetwork {
    @Override
    public String description() {
      return "mean";
    }

    @Override
    public int dimension() {
      return 1;
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    @Override
    public Output apply(ImageBatch images) {
      float[][] features = new float[images.size()][1];
      for (int i = 0; i < images.pixels().length; i++) {
        features[i / SHAPE.size()][0] += images.pixels()[i] / SHAPE.size();
      }
      return new Output(features, new int[0]);
    }

    @Override
    public void close() {}
  }

  @Test
  void whatCantBeComparedIsRefused() {
    Fixed data = new Fixed(random(3, 5));
    ImageBatch other = new ImageBatch(new ImageShape(1, 2, 2), new float[4], new int[1]);
    assertEquals(
        "images of 1x2x2 can't be compared with images of 3x7x5",
        assertThrows(
                IllegalArgumentException.class,
                () -> NearestImages.byPixels(other, data, (done, total) -> true))
            .getMessage());
    assertThrows(
        CancellationException.class,
        () -> NearestImages.byPixels(random(1, 6), data, (done, total) -> false));
    assertArrayEquals(
        new int[0], NearestImages.byPixels(random(0, 6), data, (done, total) -> true).places());
  }
}
