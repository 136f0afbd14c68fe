package org.ketloom.runtime.internal.job;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.osgi.framework.BundleContext;

/**
 * A job of a pool. Its {@link Stage} is all that changes; whatever happens to it is a step from one
 * stage to the next, which its lock guards.
 */
final class PooledJob implements Job {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** How long a run may take to write its checkpoint before the container goes on stopping. */
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);

  /**
   * What it is for.
   *
   * @param draft what to start; empty for a run that is there
   * @param how how it is resumed; a run that is started takes the settings
   * @param keepDraft whether the draft is kept in the run's folder, to be compared with later
   */
  record Order(
      String name, Path folder, Optional<Draft> draft, Resumption how, boolean keepDraft) {}

  /**
   * What a job needs of its pool.
   *
   * @param needs tells what it waits for
   * @param pool its threads train
   * @param decisions its one thread decides what a job may do
   * @param open whether the container trains
   * @param changedAt the {@link System#nanoTime} of the registry's last change
   * @param debounceNanos how long parts must have been there, or not, before that counts
   * @param context empty outside of a framework
   */
  record Tools(
      Blueprints blueprints,
      Runs runs,
      JobNeeds needs,
      Executor pool,
      ScheduledExecutorService decisions,
      BooleanSupplier open,
      LongSupplier changedAt,
      LongSupplier debounceNanos,
      Optional<BundleContext> context) {}

  private final Order order;
  private final Tools tools;
  private final RunFiles files;
  private final JobService service;
  private Stage stage;

  PooledJob(Order order, Tools tools, Stage begin) {
    this.order = order;
    this.tools = tools;
    this.files = new RunFiles(order.folder());
    this.service = new JobService(tools.context(), this);
    this.stage = begin;
  }

  @Override
  public String name() {
    return order.name();
  }

  @Override
  public Path folder() {
    return order.folder();
  }

  @Override
  public synchronized Job.State state() {
    return stage.state();
  }

  @Override
  public synchronized String reason() {
    return stage.reason();
  }

  @Override
  public synchronized void suspend() {
    suspend(false);
  }

  private void suspend(boolean byClosing) {
    if (stage instanceof Stage.Running running) {
      enter(running.to(byClosing ? Stage.Intent.CLOSE : Stage.Intent.SUSPEND));
    } else if (stage.state() == Job.State.WAITING
        || stage.state() == Job.State.READY
        || stage.state() == Job.State.SUSPENDED) {
      enter(new Stage.Suspended(byClosing));
    }
  }

  @Override
  public synchronized void resume() {
    if (stage instanceof Stage.Running running) {
      if (running.intent() != Stage.Intent.TRAIN) {
        enter(running.to(Stage.Intent.RESUME));
      }
    } else if (stage instanceof Stage.Suspended
        || (stage instanceof Stage.Failed failed && !failed.lasting())) {
      enter(Stage.begin());
      decideSoon();
    }
  }

  /** The container closes: what isn't suspended already goes on when it opens again. */
  synchronized void closing() {
    if (stage.state() != Job.State.SUSPENDED) {
      suspend(true);
    }
  }

  /** The container works. */
  synchronized void reopen() {
    if (stage instanceof Stage.Suspended suspended && suspended.byClosing()) {
      resume();
    }
    decideSoon();
  }

  void decideSoon() {
    later(0);
  }

  private void later(long nanos) {
    try {
      tools.decisions().schedule(this::decide, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "the container stops", e);
    }
  }

  /** Whether it may begin, or may not any more. */
  private void decide() {
    try {
      synchronized (this) {
        if (stage instanceof Stage.Waiting waiting) {
          checkWaiting(waiting);
        } else if (stage instanceof Stage.Ready ready) {
          checkReady(ready);
        }
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      fail(e);
    }
  }

  private void checkWaiting(Stage.Waiting waiting) throws IOException {
    String missing = missing();
    if (!missing.isEmpty()) {
      enter(new Stage.Waiting(missing, OptionalLong.empty()));
      return;
    }
    long now = System.nanoTime();
    // What is there has been there since the last change at the latest.
    long since = waiting.since().orElse(Math.min(tools.changedAt().getAsLong(), now));
    long left = tools.debounceNanos().getAsLong() - (now - since);
    if (left > 0) {
      enter(new Stage.Waiting("its parts have just become available", OptionalLong.of(since)));
      later(left);
    } else {
      enter(new Stage.Ready(OptionalLong.empty()));
      tools.pool().execute(this::work);
    }
  }

  private void checkReady(Stage.Ready ready) throws IOException {
    String missing = missing();
    if (missing.isEmpty()) {
      enter(new Stage.Ready(OptionalLong.empty()));
      return;
    }
    long now = System.nanoTime();
    long since = ready.since().orElse(now);
    long left = tools.debounceNanos().getAsLong() - (now - since);
    if (left > 0) {
      enter(new Stage.Ready(OptionalLong.of(since)));
      later(left);
    } else {
      enter(new Stage.Waiting(missing, OptionalLong.empty()));
    }
  }

  private String missing() throws IOException {
    return tools.open().getAsBoolean()
        ? tools.needs().missing(folder(), order.draft(), order.how())
        : "the container doesn't train: it serves one command";
  }

  /** On a thread of the pool. */
  private void work() {
    if (!take()) {
      return;
    }
    Stage end;
    boolean composed = false;
    try (Run run = openRun()) {
      composed = true;
      synchronized (this) {
        enter(((Stage.Running) stage).with(run));
      }
      end = run.train() == Run.State.FINISHED ? new Stage.Done() : new Stage.Suspended(false);
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(Level.DEBUG, "job " + name() + " failed", e);
      end = composed ? failed(e) : notComposed(e);
    }
    end(end);
    decideSoon();
  }

  /** Whether this thread is to work at it. */
  private synchronized boolean take() {
    if (!(stage instanceof Stage.Ready)) {
      return false;
    }
    try {
      // Its parts may have gone, or been replaced, while it waited for a thread.
      String missing = tools.needs().missing(folder(), order.draft(), order.how());
      if (!missing.isEmpty()) {
        enter(new Stage.Waiting(missing, OptionalLong.empty()));
        return false;
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      fail(e);
      return false;
    }
    enter(new Stage.Running(Optional.empty(), Stage.Intent.TRAIN));
    return true;
  }

  private Run openRun() throws IOException {
    if (Files.exists(files.manifest())) {
      return tools.runs().resume(folder(), order.how(), RunListener.NONE);
    }
    Draft asked = order.draft().orElseThrow();
    Run started =
        tools
            .runs()
            .start(
                tools.blueprints().complete(asked),
                folder(),
                order.how().settings().orElse(RunSettings.DEFAULT),
                RunListener.NONE);
    if (order.keepDraft()) {
      try {
        RunFiles.writeText(files.draft(), asked.json());
      } catch (IOException e) {
        started.close();
        throw e;
      }
    }
    return started;
  }

  /** A part that has gone meanwhile is waited for; training needs none any more. */
  private Stage notComposed(Throwable e) {
    try {
      String missing = tools.needs().missing(folder(), order.draft(), order.how());
      if (!missing.isEmpty()) {
        return new Stage.Waiting(missing, OptionalLong.empty());
      }
    } catch (IOException | RuntimeException | Error more) {
      e.addSuppressed(more);
    }
    return failed(e);
  }

  private synchronized void end(Stage end) {
    Stage.Intent intent = ((Stage.Running) stage).intent();
    boolean unfinished = end instanceof Stage.Suspended || end instanceof Stage.Waiting;
    if (unfinished && intent != Stage.Intent.TRAIN) {
      enter(
          intent == Stage.Intent.RESUME
              ? Stage.begin()
              : new Stage.Suspended(intent == Stage.Intent.CLOSE));
    } else {
      enter(end);
    }
    notifyAll();
  }

  private synchronized void fail(Throwable e) {
    enter(failed(e));
  }

  private static Stage failed(Throwable e) {
    return new Stage.Failed(e.getMessage() == null ? e.toString() : e.getMessage(), false);
  }

  /** Waits until no thread works at it, for a limited time. */
  synchronized void await() {
    long end = System.nanoTime() + SHUTDOWN_TIMEOUT.toNanos();
    try {
      while (stage instanceof Stage.Running) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          LOG.log(Level.WARNING, "job " + name() + " doesn't stop: it may lose its last steps");
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void enter(Stage next) {
    boolean news = stage.state() != next.state() || !stage.reason().equals(next.reason());
    stage = next;
    if (news) {
      try {
        tools.decisions().execute(this::publish);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.TRACE, "the container stops", e);
      }
    }
  }

  /** Tells the service registry where it stands. */
  void publish() {
    Job.State state;
    String reason;
    synchronized (this) {
      state = stage.state();
      reason = stage.reason();
    }
    service.publish(state, reason);
  }

  void withdraw() {
    service.withdraw();
  }
}
