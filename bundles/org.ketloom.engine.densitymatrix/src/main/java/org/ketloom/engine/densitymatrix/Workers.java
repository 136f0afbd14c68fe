package org.ketloom.engine.densitymatrix;

import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The engine's threads. After {@link #close} calls run on the thread that makes them. */
final class Workers implements AutoCloseable {
  private final int threads;
  private final ForkJoinPool pool;

  Workers(int threads) {
    this.threads = threads;
    this.pool = new ForkJoinPool(threads);
  }

  int threads() {
    return threads;
  }

  /**
   * Runs tasks 0 to {@code count - 1}, in any order, and returns when all are done. Of several that
   * fail, the first in order tells.
   */
  void run(int count, IntConsumer task) {
    if (count < 2 || threads < 2 || pool.isShutdown()) {
      IntStream.range(0, count).forEach(task);
      return;
    }
    // A pool's own exception would hide the message behind its cause.
    RuntimeException[] failures = new RuntimeException[count];
    IntConsumer caught =
        number -> {
          try {
            task.accept(number);
          } catch (RuntimeException e) {
            failures[number] = e;
          }
        };
    // A stream that is run in a pool is worked on by that pool.
    pool.submit(() -> IntStream.range(0, count).parallel().forEach(caught)).join();
    for (RuntimeException failure : failures) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
