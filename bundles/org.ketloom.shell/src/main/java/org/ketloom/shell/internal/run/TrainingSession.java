package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.ketloom.files.Causes;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.FirstUse;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine.Model.CommandSpec;

/** Trains a run in front of people: tells how far it is, and ends it well when they interrupt. */
public final class TrainingSession {

  /** How it ended. */
  enum Outcome {
    /** All epochs are done. */
    FINISHED(ExitStatus.OK),
    /** Interrupted; its checkpoint is written. */
    STOPPED(ExitStatus.INTERRUPTED);

    private final int status;

    Outcome(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** Starts or resumes a run. */
  interface Opening {
    Run open(RunListener listener) throws IOException;
  }

  /** Makes a listener that follows a run beside the log. */
  interface Following {
    RunListener listener(ProgressLine line, BooleanSupplier interrupted) throws IOException;
  }

  private final Services services;
  private final Terminal terminal;

  public TrainingSession(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  /**
   * Trains until the end or an interruption.
   *
   * @throws IOException what the run threw, with what is left of it
   */
  Outcome run(CommandSpec spec, Opening opening) throws IOException {
    return run(spec, opening, (line, interrupted) -> RunListener.NONE);
  }

  /**
   * Trains until the end or an interruption, before further listeners.
   *
   * @throws IOException what the run threw, with what is left of it
   */
  Outcome run(CommandSpec spec, Opening opening, Following following) throws IOException {
    ProgressLine line = new ProgressLine(spec, terminal);
    TrainingLog log = new TrainingLog(line);
    AtomicReference<Run> current = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    Interruptions.Work work =
        () -> {
          interrupted.set(true);
          Run run = current.get();
          if (run != null) {
            run.stop();
            await(over);
          }
        };
    services.interruptions().add(work);
    try {
      FirstUse.tell(line);
      line.pass("preparing the run");
      RunListener listener = new BothListeners(log, following.listener(line, interrupted::get));
      try (Run run = opening.open(listener)) {
        current.set(run);
        Run.State state = run.train();
        return state == Run.State.FINISHED ? Outcome.FINISHED : Outcome.STOPPED;
      }
    } catch (IOException e) {
      throw new IOException(log.failure(Causes.line(e)), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(log.failure(Causes.line(e)), e);
    } finally {
      line.clear();
      over.countDown();
      services.interruptions().remove(work);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
