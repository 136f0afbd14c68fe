package org.ketloom.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.data.internal.TestFiles.assertFails;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.data.internal.TestFiles;

@Timeout(30)
class InMemoryDatasetTest {
  private static final ImageShape SHAPE = new ImageShape(1, 1, 2);

  /** Image i has the pixels i and 255 - i and the label i % 3. */
  private static Dataset counting(int size) {
    byte[] pixels = new byte[2 * size];
    for (int i = 0; i < size; i++) {
      pixels[2 * i] = (byte) i;
      pixels[2 * i + 1] = (byte) (255 - i);
    }
    int[] labels = IntStream.range(0, size).map(i -> i % 3).toArray();
    return new InMemoryDataset(SHAPE, pixels, labels, List.of("a", "b", "c"));
  }

  @Test
  void givesImagesByPlaceBetweenMinusOneAndOne() {
    ImageBatch batch = counting(256).get(255, 0, 51);
    assertArrayEquals(new float[] {1, -1, -1, 1, -0.6f, 0.6f}, batch.pixels(), 1e-6f);
    assertArrayEquals(new int[] {0, 0, 0}, batch.labels());
    assertThrows(IndexOutOfBoundsException.class, () -> counting(5).get(5));
    assertThrows(IndexOutOfBoundsException.class, () -> counting(5).get(-1));
  }

  @Test
  void everyEpochHasEveryImageOnceInItsOwnOrder() {
    Dataset data = counting(20);
    List<Integer> first = places(data, 5, 7, 0, 0);
    assertEquals(IntStream.range(0, 20).boxed().toList(), first.stream().sorted().toList());
    assertNotEquals(first.stream().sorted().toList(), first);
    assertEquals(first, places(data, 5, 7, 0, 0));
    assertNotEquals(first, places(data, 5, 7, 1, 0));
    assertNotEquals(first, places(data, 5, 8, 0, 0));
    assertEquals(first, places(data, 4, 7, 0, 0));
  }

  @Test
  void goesOnInMidEpochAlike() {
    Dataset data = counting(20);
    List<Integer> all = places(data, 3, 7, 2, 0);
    assertEquals(18, all.size());
    for (int first = 0; first <= 6; first++) {
      assertEquals(all.subList(3 * first, 18), places(data, 3, 7, 2, first));
    }
    assertFails(
        IllegalArgumentException.class, () -> data.batches(3, 7, 2, 7), "6 batches", "batch 7");
    assertFails(IllegalArgumentException.class, () -> data.batches(0, 7, 2, 0), "found 0");
  }

  @Test
  void aBatchLargerThanTheDataIsAllOfThem() {
    assertEquals(1, counting(5).batchesPerEpoch(8));
    assertEquals(
        List.of(0, 1, 2, 3, 4), places(counting(5), 8, 1, 0, 0).stream().sorted().toList());
  }

  @Test
  void closedBatchesAreOver() {
    Dataset.Batches batches = counting(20).batches(5, 1, 0, 0);
    batches.next();
    batches.close();
    assertFalse(batches.hasNext());
    assertThrows(NoSuchElementException.class, batches::next);
  }

  @Test
  void preparesAFewBatchesAheadAndNoMore() throws InterruptedException {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch four = new CountDownLatch(4);
    List<Thread> threads = new ArrayList<>();
    try (Dataset.Batches batches =
        new PreparedBatches(
            b -> {
              threads.add(Thread.currentThread());
              made.incrementAndGet();
              four.countDown();
              return new ImageBatch(SHAPE, new float[] {b, 0}, new int[1]);
            },
            3,
            10)) {
      assertEquals(3, batches.next().pixels()[0]);
      assertEquals(4, batches.next().pixels()[0]);
      assertTrue(four.await(10, TimeUnit.SECONDS));
    }
    threads.get(0).join(10_000);
    assertEquals(4, made.get());
    assertFalse(threads.get(0).isAlive());
    assertTrue(threads.get(0).isDaemon());
  }

  @Test
  void passesErrorsOn() {
    RuntimeException cause = new IllegalArgumentException("pixel 7");
    Dataset.Batches batches =
        new PreparedBatches(
            b -> {
              throw cause;
            },
            0,
            3);
    IllegalStateException failed = assertThrows(IllegalStateException.class, batches::next);
    assertTrue(failed.getMessage().contains("pixel 7"));
    assertSame(cause, failed.getCause());
    assertFalse(batches.hasNext());
    OutOfMemoryError error = new OutOfMemoryError("a test's");
    Dataset.Batches grave =
        new PreparedBatches(
            b -> {
              throw error;
            },
            0,
            3);
    assertSame(error, assertThrows(OutOfMemoryError.class, grave::next));
  }

  @Test
  void anInterruptEndsTheWait() {
    try (Dataset.Batches batches =
        new PreparedBatches(
            b -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return null;
            },
            0,
            3)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, batches::next);
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void theFingerprintTellsEveryDifference() {
    byte[] pixels = {1, 2, 3, 4};
    int[] labels = {0, 1};
    List<String> two = List.of("a", "b");
    List<Dataset> all =
        List.of(
            new InMemoryDataset(SHAPE, pixels, labels, two),
            new InMemoryDataset(new ImageShape(1, 2, 1), pixels, labels, two),
            new InMemoryDataset(new ImageShape(2, 1, 1), pixels, labels, two),
            new InMemoryDataset(SHAPE, new byte[] {1, 2, 3, 5}, labels, two),
            new InMemoryDataset(SHAPE, pixels, new int[] {1, 1}, two),
            new InMemoryDataset(SHAPE, pixels, labels, List.of("a", "b", "c")));
    assertEquals(6, all.stream().map(Dataset::fingerprint).distinct().count());
    assertEquals(
        all.get(0).fingerprint(),
        new InMemoryDataset(SHAPE, pixels.clone(), labels.clone(), List.of("x", "y"))
            .fingerprint());
    assertTrue(all.get(0).fingerprint().matches("[0-9a-f]{64}"));
  }

  /** Runs are stored with the fingerprint over channels first: computed apart from the program. */
  @Test
  void theFingerprintOfColoursIsThatOfStoredRuns() {
    byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    assertEquals(
        "1af0a9d8c7aeb7a43a1dfe85ea856c062a9321f25e7206c4cc7424c6cce1f877",
        new InMemoryDataset(new ImageShape(3, 1, 2), pixels, new int[] {1, 0}, List.of("a", "b"))
            .fingerprint());
  }

  private static List<Integer> places(
      Dataset data, int batchSize, long seed, int epoch, int firstBatch) {
    List<Integer> places = new ArrayList<>();
    try (Dataset.Batches batches = data.batches(batchSize, seed, epoch, firstBatch)) {
      while (batches.hasNext()) {
        ImageBatch batch = batches.next();
        int[] pixels = TestFiles.pixels(batch);
        for (int i = 0; i < batch.size(); i++) {
          assertEquals(pixels[2 * i] % 3, batch.labels()[i]);
          places.add(pixels[2 * i]);
        }
      }
    }
    return places;
  }
}
