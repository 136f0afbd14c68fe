package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine's threads. The calling thread works too, so that a call ends even if all workers are
 * busy with another call, or were stopped. Nothing is allocated per call, and a worker spins for
 * some microseconds before it sleeps, because the gates of large states come as many short jobs.
 */
final class WorkerPool implements AutoCloseable {
  private static final long NANOS_BEFORE_PARK = 50_000;
  private static final int SPINS_PER_CLOCK_READ = 64;

  /** In place of the next task's number where there is none. */
  private static final long NONE = 0xffffffffL;

  private final int threads;
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  /** The job's number, and the number of its next task in the lower half. */
  private final AtomicLong next = new AtomicLong(NONE);

  private final AtomicInteger pending = new AtomicInteger();
  private volatile @Nullable IntConsumer task;
  private volatile int count;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Thread waiting;
  private volatile boolean closed;

  WorkerPool(int threads) {
    this.threads = threads;
    for (int i = 1; i < threads; i++) {
      Worker worker = new Worker(i);
      workers.add(worker);
      worker.start();
    }
  }

  int threads() {
    return threads;
  }

  /** Runs tasks 0 to {@code count - 1}, in any order, and returns when all are done. */
  void run(int count, IntConsumer task) {
    if (count < 2 || threads < 2 || closed || !busy.compareAndSet(false, true)) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    try {
      runTogether(count, task);
    } finally {
      busy.set(false);
    }
  }

  private void runTogether(int count, IntConsumer task) {
    this.task = task;
    this.count = count;
    this.failure = null;
    this.waiting = Thread.currentThread();
    pending.set(count);
    next.set((next.get() & ~NONE) + NONE + 1);
    for (int i = 0; i < Math.min(count - 1, workers.size()); i++) {
      workers.get(i).wake();
    }
    work();
    boolean interrupted = false;
    long start = System.nanoTime();
    for (int spins = 1; pending.get() > 0; spins++) {
      Thread.onSpinWait();
      if (spins % SPINS_PER_CLOCK_READ == 0 && System.nanoTime() - start > NANOS_BEFORE_PARK) {
        LockSupport.park(this);
        // Others still write into this call's arrays: they must end first.
        interrupted |= Thread.interrupted();
      }
    }
    // No task of this job can be begun any more, so that the fields may change.
    next.set(next.get() | NONE);
    this.task = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Does tasks until all are begun. */
  private void work() {
    while (true) {
      long ticket = next.get();
      IntConsumer job = task;
      int number = (int) ticket;
      if ((ticket & NONE) == NONE || number >= count) {
        return;
      }
      if (!next.compareAndSet(ticket, ticket + 1)) {
        continue;
      }
      try {
        if (failure == null) {
          Objects.requireNonNull(job, "a begun task has a job").accept(number);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      if (pending.decrementAndGet() == 0) {
        LockSupport.unpark(waiting);
      }
    }
  }

  private boolean isWork() {
    long ticket = next.get();
    return (ticket & NONE) != NONE && (int) ticket < count;
  }

  private final class Worker extends Thread {
    private volatile boolean asleep;

    Worker(int number) {
      super("ketloom-statevector-" + number);
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        work();
        long start = System.nanoTime();
        for (int spins = 1; !isWork() && !closed; spins++) {
          Thread.onSpinWait();
          if (spins % SPINS_PER_CLOCK_READ == 0 && System.nanoTime() - start > NANOS_BEFORE_PARK) {
            asleep = true;
            while (!isWork() && !closed) {
              LockSupport.park(WorkerPool.this);
            }
            asleep = false;
          }
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    workers.forEach(LockSupport::unpark);
  }
}
