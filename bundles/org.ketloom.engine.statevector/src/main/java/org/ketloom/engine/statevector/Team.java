package org.ketloom.engine.statevector;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * The engine's threads. A call's own thread works too, so that a call ends even if all others are
 * busy, or were stopped.
 */
final class Team implements AutoCloseable {
  private final int threads;
  private final ExecutorService helpers;

  Team(int threads) {
    this.threads = threads;
    AtomicInteger number = new AtomicInteger();
    this.helpers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "ketloom-statevector-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  int threads() {
    return threads;
  }

  /** Runs tasks 0 to {@code count - 1}, in any order, and returns when all are done. */
  void run(int count, IntConsumer task) {
    int extra = Math.min(threads, count) - 1;
    if (extra < 1) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch undone = new CountDownLatch(count);
    Runnable work =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            try {
              if (failure.get() == null) {
                task.accept(i);
              }
            } catch (RuntimeException | Error e) {
              failure.compareAndSet(null, e);
            } finally {
              undone.countDown();
            }
          }
        };
    try {
      for (int i = 0; i < extra; i++) {
        helpers.execute(work);
      }
    } catch (RejectedExecutionException e) {
      // The engine was stopped; this thread does it all.
    }
    work.run();
    boolean interrupted = false;
    while (true) {
      try {
        undone.await();
        break;
      } catch (InterruptedException e) {
        // Others still write into this call's arrays: they must end first.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure.get() instanceof Error error) {
      throw error;
    }
    if (failure.get() instanceof RuntimeException exception) {
      throw exception;
    }
  }

  @Override
  public void close() {
    helpers.shutdown();
  }
}
