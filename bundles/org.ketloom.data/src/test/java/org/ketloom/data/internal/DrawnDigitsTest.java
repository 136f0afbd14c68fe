package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.data.internal.TestFiles.assertFails;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;

class DrawnDigitsTest {
  @Test
  void aSeedDrawsTheSameOnEveryMachine() {
    assertEquals(
        "eea7d6206549a729c36aceadbc65b26cd11de64731e34fa8b5ddaa2b4be36eb4",
        drawn(16, 500, 1).fingerprint());
    assertEquals(
        "8ef6fc788b21bc34e56c4a8466d2ace7e963a701789983d3efcbf533b6d6dac0",
        drawn(28, 100, 2).fingerprint());
  }

  @Test
  void theNumberOfThreadsDoesNotMatter() throws Exception {
    String[] found = new String[4];
    for (int threads = 1; threads <= 4; threads++) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      found[threads - 1] = pool.submit(() -> drawn(8, 300, 5).fingerprint()).get();
      pool.shutdown();
    }
    assertEquals(1, Arrays.stream(found).distinct().count());
  }

  @Test
  void theClassesComeInTurn() {
    Dataset data = drawn(16, 25, 0);
    assertEquals(25, data.size());
    assertEquals(new ImageShape(1, 16, 16), data.shape());
    assertEquals("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", data.classes().toString());
    assertArrayEquals(
        IntStream.range(0, 25).map(i -> i % 10).toArray(),
        data.get(IntStream.range(0, 25).toArray()).labels());
    Dataset some = new DrawnDigits(16, 4, 0, List.of(7, 3)).open(Split.TRAIN);
    assertEquals(List.of("7", "3"), some.classes());
    assertArrayEquals(new int[] {0, 1, 0, 1}, some.get(0, 1, 2, 3).labels());
  }

  @Test
  void moreImagesBeginWithTheSame() {
    assertArrayEquals(drawn(16, 10, 3).get(9).pixels(), drawn(16, 20, 3).get(9).pixels());
  }

  @Test
  void seedsAndSplitsDiffer() {
    DrawnDigits digits = new DrawnDigits(16, 1000, 0, List.of());
    Dataset test = digits.open(Split.TEST);
    assertEquals(100, test.size());
    assertEquals(1, new DrawnDigits(16, 3, 0, List.of()).open(Split.TEST).size());
    assertNotEquals(drawn(16, 100, 0).fingerprint(), test.fingerprint());
    assertNotEquals(drawn(16, 100, 0).fingerprint(), drawn(16, 100, 1).fingerprint());
    Dataset train = digits.open(Split.TRAIN);
    long distinct =
        IntStream.range(0, 1000)
            .mapToObj(i -> Arrays.toString(train.get(i).pixels()))
            .distinct()
            .count();
    assertEquals(1000, distinct);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 28, 64})
  void theInkIsInTheFrame(int size) {
    int[] pixels = TestFiles.pixels(drawn(size, 200, 4));
    for (int i = 0; i < 200; i++) {
      int ink = 0;
      int brightest = 0;
      int border = 0;
      for (int k = 0; k < size * size; k++) {
        int value = pixels[i * size * size + k];
        ink += value;
        brightest = Math.max(brightest, value);
        int row = k / size;
        int column = k % size;
        if (size > 8 && (row % (size - 1) == 0 || column % (size - 1) == 0)) {
          border += value;
        }
      }
      double share = ink / (255.0 * size * size);
      assertTrue(share > 0.02 && share < 0.35, "image " + i + " has ink " + share);
      assertTrue(brightest > 150, "image " + i + " is at most " + brightest);
      assertTrue(border < 255 * size / 8, "image " + i + " touches the border: " + border);
    }
  }

  @Test
  void digitsAreLikeOthersOfTheirClassYetVaried() {
    Dataset train = drawn(16, 2000, 10);
    Dataset others = drawn(16, 400, 11);
    assertTrue(nearestNeighbour(train, others, 400) > 0.97);
    double likeness = nearestNeighbour(drawn(16, 10, 10), others, 400);
    assertTrue(likeness < 0.8, "one example of each tells nearly all others: " + likeness);
  }

  /** Who knows only drawn digits reads most of the real ones. */
  @Test
  void drawnDigitsTellRealOnes() throws IOException {
    Dataset real =
        new Mnist(TestFiles.realData("mnist").toString(), List.of(), 16, 1000).open(Split.TEST);
    double share = nearestNeighbour(drawn(16, 10_000, 0), real, 1000);
    assertTrue(share > 0.6, "only " + share);
  }

  @Test
  void refusesWhatItCannotDraw() {
    for (int size : new int[] {7, 65}) {
      assertFails(
          IllegalArgumentException.class,
          () -> new DrawnDigits(size, 1, 0, List.of()),
          "8 to 64",
          size);
    }
    assertFails(
        IllegalArgumentException.class, () -> new DrawnDigits(16, 0, 0, List.of()), "found 0");
    assertFails(
        IllegalArgumentException.class,
        () -> new DrawnDigits(64, 1_000_000, 0, List.of()),
        "1 to 524287");
    assertFails(
        IllegalArgumentException.class,
        () -> new DrawnDigits(16, 1, 0, List.of(3, 10)),
        "0 to 9",
        "[3, 10]");
    assertFails(
        IllegalArgumentException.class,
        () -> new DrawnDigits(16, 1, 0, List.of(3, 3)),
        "each once");
  }

  @Test
  void isConfiguredByOptions() {
    DrawnDigits some =
        Options.with(
            new DrawnDigits(),
            "data \"digits\"",
            Map.of("size", "12", "count", 30, "classes", "1, 2"));
    assertEquals(new DrawnDigits(12, 30, 0, List.of(1, 2)), some);
    assertFails(
        IllegalArgumentException.class,
        () -> Options.with(new DrawnDigits(), "data \"digits\"", Map.of("size", 3)),
        "data \"digits\"",
        "8 to 64");
  }

  private static Dataset drawn(int size, int count, long seed) {
    return new DrawnDigits(size, count, seed, List.of()).open(Split.TRAIN);
  }

  /** Share of the images whose nearest known image (Euclidean, blurred) is of their class. */
  private static double nearestNeighbour(Dataset known, Dataset asked, int count) {
    float[] train = blurred(known, known.size());
    float[] test = blurred(asked, count);
    int n = known.shape().size();
    int[] labels = known.get(IntStream.range(0, known.size()).toArray()).labels();
    long right =
        IntStream.range(0, count)
            .parallel()
            .filter(
                i -> {
                  double best = Double.POSITIVE_INFINITY;
                  int label = -1;
                  for (int j = 0; j < labels.length; j++) {
                    float d = 0;
                    for (int k = 0; k < n; k++) {
                      float e = train[j * n + k] - test[i * n + k];
                      d += e * e;
                    }
                    if (d < best) {
                      best = d;
                      label = labels[j];
                    }
                  }
                  return label == asked.get(i).labels()[0];
                })
            .count();
    return (double) right / count;
  }

  private static float[] blurred(Dataset data, int count) {
    int size = data.shape().width();
    float[] from = data.get(IntStream.range(0, count).toArray()).pixels();
    float[] to = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      int row = i / size % size;
      int column = i % size;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          boolean inside =
              row + dy >= 0 && row + dy < size && column + dx >= 0 && column + dx < size;
          to[i] += inside ? from[i + dy * size + dx] : -1;
        }
      }
    }
    return to;
  }
}
