package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.data.internal.TestFiles.assertFails;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ImageReadingTest {

  @Test
  void everyImageIsReadOnce() throws IOException {
    Set<Integer> read = ConcurrentHashMap.newKeySet();
    ImageReading.ofAll(1000, i -> "image", i -> assertTrue(read.add(i)));
    assertEquals(IntStream.range(0, 1000).boxed().collect(Collectors.toSet()), read);
    ImageReading.ofAll(0, i -> "image", i -> read.clear());
    assertEquals(1000, read.size());
  }

  @Test
  void theFirstFailureIsToldWhateverTheThreads() {
    for (int attempt = 0; attempt < 50; attempt++) {
      assertFails(
          IOException.class,
          () ->
              ImageReading.ofAll(
                  100,
                  i -> "image",
                  i -> {
                    if (i >= 7) {
                      throw new IOException("image " + i);
                    }
                  }),
          "image 7");
    }
  }

  @Test
  void errorsPass() {
    assertThrows(
        OutOfMemoryError.class,
        () ->
            ImageReading.ofAll(
                1,
                i -> "image",
                i -> {
                  throw new OutOfMemoryError("as if");
                }));
  }

  @Test
  void whatNeverComesIsNamed() {
    CountDownLatch never = new CountDownLatch(1);
    try {
      assertFails(
          IOException.class,
          () ->
              ImageReading.ofAll(
                  10,
                  i -> "image " + i,
                  i -> {
                    if (i == 3) {
                      await(never);
                    }
                  },
                  Duration.ofMillis(200)),
          "image 3 can't be read: nothing has come of it for ");
    } finally {
      never.countDown();
    }
  }

  @Test
  void anInterruptEndsTheWaiting() {
    CountDownLatch never = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    try {
      assertThrows(
          CancellationException.class,
          () -> ImageReading.ofAll(1, i -> "image", i -> await(never)));
      assertTrue(Thread.interrupted());
    } finally {
      never.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
