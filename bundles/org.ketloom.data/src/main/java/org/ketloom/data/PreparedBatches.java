package org.ketloom.data;

import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;

/** Batches that one background thread makes while the ones before them are used. */
final class PreparedBatches implements Dataset.Batches {
  private static final int AHEAD = 2;

  private final IntFunction<ImageBatch> source;
  private final int end;
  private final Queue<Future<ImageBatch>> prepared = new ArrayDeque<>();
  private final ThreadPoolExecutor worker;
  private int upcoming;

  /**
   * @param source makes a batch by its number
   * @param first number of the first batch
   * @param end number after that of the last batch
   */
  PreparedBatches(IntFunction<ImageBatch> source, int first, int end) {
    this.source = source;
    this.end = end;
    upcoming = first;
    worker =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "ketloom-batches");
              thread.setDaemon(true);
              return thread;
            });
    // Batches that nobody closes must not keep a thread for ever.
    worker.allowCoreThreadTimeOut(true);
    prepare();
  }

  @Override
  public boolean hasNext() {
    return !prepared.isEmpty();
  }

  @Override
  public ImageBatch next() {
    Future<ImageBatch> first = prepared.poll();
    if (first == null) {
      throw new NoSuchElementException("no batch is left, or the batches were closed");
    }
    prepare();
    try {
      return first.get();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a batch was prepared");
    } catch (ExecutionException e) {
      close();
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(
          "a batch could not be prepared: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
    prepared.clear();
  }

  private void prepare() {
    while (upcoming < end && prepared.size() < AHEAD) {
      int batch = upcoming++;
      prepared.add(worker.submit(() -> source.apply(batch)));
    }
  }
}
