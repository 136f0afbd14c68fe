package org.ketloom.runtime.internal.swap;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * An update that is composed and proved while the run continues with what it has, so that the run
 * pauses for no longer than it takes to exchange two models. Belongs to the run's thread.
 */
public final class Preparation implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final String path;
  private final PartIdentity update;
  private final long changes;
  private final CompletableFuture<Recomposer.Candidate> result = new CompletableFuture<>();

  /**
   * Begins at once.
   *
   * @param changes how often the registry had changed before
   * @param work composes and proves, of parts that the caller has leased
   */
  public Preparation(
      String path, PartIdentity update, long changes, Callable<Recomposer.Candidate> work) {
    this.path = path;
    this.update = update;
    this.changes = changes;
    Thread thread = new Thread(() -> run(work), "ketloom-adopt");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Callable<Recomposer.Candidate> work) {
    try {
      Recomposer.Candidate candidate = work.call();
      if (!result.complete(candidate)) {
        close(candidate);
      }
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  public String path() {
    return path;
  }

  public PartIdentity update() {
    return update;
  }

  public long changes() {
    return changes;
  }

  /** Whether it has come to an end, good or bad, after waiting for it for some time. */
  public boolean isReady(Duration timeout) {
    try {
      result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The candidate, which is the caller's from now on. Only when it is ready.
   *
   * @throws Recomposer.Refused if its weights don't fit
   */
  public Recomposer.Candidate take() throws Recomposer.Refused {
    try {
      return result.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Recomposer.Refused refused) {
        throw refused;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Nobody wants the candidate; if it is still in the making, it is closed when it is made. */
  @Override
  public void close() {
    if (!result.cancel(false) && !result.isCompletedExceptionally()) {
      close(result.join());
    }
  }

  private static void close(Recomposer.Candidate candidate) {
    try {
      candidate.composition().model().close();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a rejected model can't be closed", e);
    }
  }
}
