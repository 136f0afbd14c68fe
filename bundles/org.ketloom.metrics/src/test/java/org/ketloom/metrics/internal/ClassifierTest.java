package org.ketloom.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.data.internal.DrawnDigits;
import org.ketloom.data.internal.Mnist;
import org.ketloom.metrics.FeatureNetwork;

class ClassifierTest {
  private static final Progress GO = (done, total) -> true;
  private static final DatasetProvider DIGITS = new DrawnDigits(9, 1500, 0, List.of(0, 1, 7));

  @TempDir Path cache;

  private static Dataset train() throws IOException {
    return DIGITS.open(DatasetProvider.Split.TRAIN);
  }

  private static Dataset test() throws IOException {
    return DIGITS.open(DatasetProvider.Split.TEST);
  }

  @Test
  void learnsDigitsOfAnOddSizeAndKeepsThem() throws IOException {
    AtomicLong steps = new AtomicLong();
    Progress count = (done, total) -> steps.incrementAndGet() > 0;
    ImageBatch images = test().get(0, 1, 2, 3, 4, 5);
    FeatureNetwork.Output first;
    String description;
    try (FeatureNetwork network =
        new ClassifierFeatures(80, 1).open(train(), test(), count, cache)) {
      first = network.apply(images);
      description = network.description();
      assertEquals(64, network.dimension());
      assertEquals(List.of("0", "1", "7"), network.classes());
      assertArrayEquals(images.labels(), first.classes());
      assertEquals(64, first.features()[5].length);
      double squares = 0;
      for (float[] row :
          network.apply(train().get(IntStream.range(0, 1500).toArray())).features()) {
        for (float value : row) {
          squares += value * value / (64.0 * 1500);
        }
      }
      assertEquals(1, squares, 1e-4);
      String right = description.replaceAll(".*, ([0-9.]+) % right of 150 test images", "$1");
      assertTrue(Double.parseDouble(right) > 95, description);
    }
    assertEquals(80, steps.get());
    try (FeatureNetwork network =
        new ClassifierFeatures(80, 1).open(train(), test(), count, cache)) {
      assertEquals(80, steps.get(), "it was in the cache");
      assertArrayEquals(first.features(), network.apply(images).features());
      assertEquals(description, network.description());
    }
  }

  @Test
  void otherOptionsOrADamagedFileTrainAnew() throws IOException {
    AtomicLong steps = new AtomicLong();
    Progress count = (done, total) -> steps.incrementAndGet() > 0;
    new ClassifierFeatures(2, 1).open(train(), test(), count, cache).close();
    new ClassifierFeatures(2, 2).open(train(), test(), count, cache).close();
    assertEquals(4, steps.get());
    try (Stream<Path> files = Files.list(cache)) {
      for (Path file : files.toList()) {
        Files.write(file, new byte[20]);
      }
    }
    new ClassifierFeatures(2, 1).open(train(), test(), count, cache).close();
    assertEquals(6, steps.get());
  }

  @Test
  void canBeStoppedAndLeavesNothing() throws IOException {
    assertThrows(
        CancellationException.class,
        () -> new ClassifierFeatures().open(train(), test(), (done, total) -> false, cache));
    try (Stream<Path> files = Files.list(cache)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void refusesWhatItCantTellApart() throws IOException {
    Dataset one = new DrawnDigits(9, 20, 0, List.of(3)).open(DatasetProvider.Split.TRAIN);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClassifierFeatures().open(one, one, GO, cache))
            .getMessage();
    assertTrue(message.contains("at least 2 classes, found [3]"), message);
  }

  @Test
  void mnistIsToldApartAtNinetyNinePercent() throws IOException {
    String data = System.getenv("KETLOOM_DATA");
    assumeTrue(
        data != null, "needs real data: name their folder in the environment as KETLOOM_DATA");
    DatasetProvider mnist = new Mnist(Path.of(data, "mnist").toString(), List.of(), 0, 0);
    Dataset test = mnist.open(DatasetProvider.Split.TEST);
    long begin = System.nanoTime();
    try (FeatureNetwork network =
        new ClassifierFeatures().open(mnist.open(DatasetProvider.Split.TRAIN), test, GO, cache)) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      double right = ((ClassifierNetwork) network).accuracy(test);
      System.out.println(network.description() + " after " + Math.round(seconds) + " s");
      assertTrue(right >= 0.99, network.description());
    }
  }
}
