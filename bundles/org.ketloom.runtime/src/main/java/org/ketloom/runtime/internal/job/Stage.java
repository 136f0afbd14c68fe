package org.ketloom.runtime.internal.job;

import java.util.Optional;
import java.util.OptionalLong;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.Run;

/** The stage of a job, with the data that belongs to it. */
sealed interface Stage {

  /** The state as others see it. */
  Job.State state();

  /** What it waits for, or why it failed; else empty. */
  default String reason() {
    return "";
  }

  /**
   * Something is missing.
   *
   * @param since the {@link System#nanoTime} since which nothing is; empty while something is
   */
  record Waiting(String reason, OptionalLong since) implements Stage {
    @Override
    public Job.State state() {
      return Job.State.WAITING;
    }
  }

  /**
   * Queued for a thread.
   *
   * @param since the {@link System#nanoTime} since which something is missing; empty while all is
   *     there
   */
  record Ready(OptionalLong since) implements Stage {
    @Override
    public Job.State state() {
      return Job.State.READY;
    }
  }

  /** What becomes of a run once it has its next checkpoint. */
  enum Intent {
    /** It goes on to its end. */
    TRAIN,
    /** Somebody suspends it. */
    SUSPEND,
    /** The container suspends it, because it closes. */
    CLOSE,
    /** It is suspended, and resumed right afterwards. */
    RESUME
  }

  /**
   * A thread works at it.
   *
   * @param run empty until it is composed
   */
  record Running(Optional<Run> run, Intent intent) implements Stage {
    @Override
    public Job.State state() {
      return Job.State.RUNNING;
    }

    /** With another intent, of which the run is told. */
    Running to(Intent next) {
      if (next != Intent.TRAIN) {
        run.ifPresent(Run::stop);
      }
      return new Running(run, next);
    }

    /** With its run, which is told at once if it is to stop. */
    Running with(Run opened) {
      return new Running(Optional.of(opened), intent).to(intent);
    }
  }

  /**
   * Stopped with a checkpoint.
   *
   * @param byClosing whether it goes on by itself when the container works again
   */
  record Suspended(boolean byClosing) implements Stage {
    @Override
    public Job.State state() {
      return Job.State.SUSPENDED;
    }
  }

  /**
   * Something went wrong.
   *
   * @param lasting whether trying again is of no use
   */
  record Failed(String reason, boolean lasting) implements Stage {
    @Override
    public Job.State state() {
      return Job.State.FAILED;
    }
  }

  /** Trained to the end. */
  record Done() implements Stage {
    @Override
    public Job.State state() {
      return Job.State.DONE;
    }
  }

  /** Where a job begins. */
  static Stage begin() {
    return new Waiting("", OptionalLong.empty());
  }
}
