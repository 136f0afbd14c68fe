package org.ketloom.data.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads many images in threads of its own, and notices when none comes any more: a file may lie on
 * a disk that doesn't answer, or have become a named pipe since it was looked at.
 */
final class ImageReading {
  /** Far more than any image takes. */
  private static final Duration STALL = Duration.ofMinutes(2);

  /** Reads an image by its number. */
  @FunctionalInterface
  interface Task {
    void read(int number) throws IOException;
  }

  private record Failure(int number, Throwable thrown) {}

  private final int count;
  private final IntFunction<String> name;
  private final Task task;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private @Nullable Failure failure;

  private ImageReading(int count, IntFunction<String> name, Task task) {
    this.count = count;
    this.name = name;
    this.task = task;
  }

  /**
   * Reads images 0 to count - 1.
   *
   * @param name gives the name of an image, for messages
   * @throws IOException of the first image that can't be read, by its number; or if none was read
   *     for two minutes, naming one that was being read
   * @throws CancellationException if the thread is interrupted
   */
  static void ofAll(int count, IntFunction<String> name, Task task) throws IOException {
    ofAll(count, name, task, STALL);
  }

  static void ofAll(int count, IntFunction<String> name, Task task, Duration stall)
      throws IOException {
    new ImageReading(count, name, task).run(stall);
  }

  private void run(Duration stall) throws IOException {
    int threads = Math.min(count, Runtime.getRuntime().availableProcessors());
    CountDownLatch ended = new CountDownLatch(threads);
    List<Reader> readers = IntStream.range(0, threads).mapToObj(i -> new Reader(ended)).toList();
    for (Reader reader : readers) {
      Thread thread = new Thread(reader, "ketloom-images");
      thread.setDaemon(true);
      thread.start();
    }
    try {
      int before = done.get();
      while (!ended.await(stall.toMillis(), TimeUnit.MILLISECONDS)) {
        int now = done.get();
        if (now == before) {
          throw new IOException(
              readers.stream()
                      .filter(reader -> reader.number >= 0)
                      .findFirst()
                      .map(reader -> name.apply(reader.number))
                      .orElse("an image")
                  + " can't be read: nothing has come of it for "
                  + stall.toSeconds()
                  + " s; its disk doesn't answer, or it is no regular file any more");
        }
        before = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while images were read");
    } finally {
      next.set(count);
    }
    rethrow();
  }

  private synchronized void rethrow() throws IOException {
    Throwable thrown = failure == null ? null : failure.thrown();
    if (thrown instanceof IOException e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  /** All that were taken before a failure are read, so that the first one is always the same. */
  private synchronized void failed(int number, Throwable thrown) {
    if (failure == null || number < failure.number()) {
      failure = new Failure(number, thrown);
    }
    next.set(count);
  }

  private final class Reader implements Runnable {
    private final CountDownLatch ended;

    /** The image that it reads; -1 for none. */
    private volatile int number = -1;

    Reader(CountDownLatch ended) {
      this.ended = ended;
    }

    @Override
    public void run() {
      try {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
          number = i;
          try {
            task.read(i);
          } catch (IOException | RuntimeException | Error e) {
            failed(i, e);
          }
          number = -1;
          done.incrementAndGet();
        }
      } finally {
        ended.countDown();
      }
    }
  }
}
