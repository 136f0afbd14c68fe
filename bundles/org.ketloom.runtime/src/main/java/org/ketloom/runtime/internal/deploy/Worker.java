package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;

/**
 * The deployer's thread: it does one thing after the other, and callers wait for it for a limited
 * time only.
 */
final class Worker {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** A plugin may hold it up. */
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(1);

  /** What is done on the thread. */
  interface Work<T> {
    /** Does it. */
    T run() throws Refusal, IOException;
  }

  /** What was asked for took longer than the caller would wait. */
  static final class TooLongException extends IllegalStateException implements HasRemedies {
    private static final long serialVersionUID = 1;

    private final transient List<Remedy> remedies;

    TooLongException(String message, Throwable cause, Remedy... remedies) {
      super(message, cause);
      this.remedies = List.of(remedies);
    }

    @Override
    public List<Remedy> remedies() {
      return remedies == null ? List.of() : remedies;
    }
  }

  /** What the thread is doing, and the {@link System#nanoTime} at which it began. */
  private record Doing(String what, long since) {}

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "ketloom-deployer");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Doing doing;

  /**
   * Does something after all that was asked for before, and waits for its end.
   *
   * @param timeout the most time to wait
   * @throws TooLongException if it isn't done in time, saying whether it goes on
   * @throws IllegalStateException with a refusal as its cause, or if the worker is stopped
   * @throws IOException if the work throws it
   */
  <T> T perform(Work<T> work, Duration timeout) throws IOException {
    // Whoever comes first, the thread or the end of the timeout, says whether it is done.
    AtomicBoolean claimed = new AtomicBoolean();
    try {
      return executor
          .submit(
              () -> {
                if (!claimed.compareAndSet(false, true)) {
                  throw new CancellationException();
                }
                return work.run();
              })
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String busy =
          "the deployer has been at work for longer than "
              + timeout.toMillis()
              + " ms"
              + progress();
      throw claimed.compareAndSet(false, true)
          ? new TooLongException(
              busy + "; what was asked for isn't done, and nothing has changed", e)
          : new TooLongException(busy + "; it goes on", e, new Remedy.AskAboutPlugin());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Refusal) {
        throw new IllegalStateException(cause.getMessage(), cause);
      }
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the deployer failed: " + cause, cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the deployer was at work");
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the deployer is stopped", e);
    }
  }

  /** Does something later; after the stop nothing. A failure is logged. */
  void submit(Runnable work) {
    schedule(work, Duration.ZERO);
  }

  /** As {@link #submit}, after some time. */
  void schedule(Runnable work, Duration delay) {
    try {
      executor.schedule(logged(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the deployer is stopped", e);
    }
  }

  /**
   * Repeats something, with this delay between the end of one time and the beginning of the next.
   */
  void repeat(Runnable work, Duration delay) {
    try {
      executor.scheduleWithFixedDelay(
          logged(work), delay.toNanos(), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the deployer is stopped", e);
    }
  }

  /** Each is submitted when the one before it is done, after what was asked for meanwhile. */
  void oneByOne(Iterator<Runnable> rest) {
    submit(
        () -> {
          try {
            rest.next().run();
          } finally {
            if (rest.hasNext()) {
              oneByOne(rest);
            }
          }
        });
  }

  /** Does something on the worker's thread, and says so to those who wait meanwhile. */
  <T> T doing(String what, Work<T> work) throws Refusal, IOException {
    Doing before = doing;
    doing = new Doing(what, System.nanoTime());
    try {
      return work.run();
    } finally {
      doing = before;
    }
  }

  /** What it is doing, as the end of a sentence; empty if it is between two things. */
  String progress() {
    Doing now = doing;
    return now == null
        ? ""
        : ", the last "
            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - now.since())
            + " ms with "
            + now.what();
  }

  /** So that no fault goes unnoticed, or ends what is repeated. */
  private Runnable logged(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException | LinkageError | VirtualMachineError e) {
        LOG.log(isStopped() ? Level.DEBUG : Level.WARNING, "the deployer failed", e);
      }
    };
  }

  /** Whether it was told to stop; what it does at the moment is interrupted then. */
  boolean isStopped() {
    return executor.isShutdown();
  }

  /** Stops, and waits a second for what is being done. */
  void stop() {
    executor.shutdownNow();
    try {
      executor.awaitTermination(SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
