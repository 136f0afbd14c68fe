package org.ketloom.runtime.job;

import java.nio.file.Path;
import java.util.Locale;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service, one for each job: a run in the background, from the moment it is asked for. Its parts
 * may still be missing.
 */
@ProviderType
public interface Job {

  /** Service property: {@link #name}. */
  String NAME = "ketloom.job.name";

  /** Service property: {@link #state} in lower case. */
  String STATE = "ketloom.job.state";

  /** Service property: {@link #reason}. */
  String REASON = "ketloom.job.reason";

  /** The state of a job. */
  enum State {
    /** A part is missing, or hasn't been there for long enough. */
    WAITING,
    /** All is there; the job waits for a thread of the pool. */
    READY,
    /** Training. It needs none of its parts any more. */
    RUNNING,
    /** Stopped with a checkpoint; {@link #resume} continues. */
    SUSPENDED,
    /** Something went wrong; {@link #resume} tries again. */
    FAILED,
    /** Trained to the end. */
    DONE;

    /** The state as people write it: lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Its name, unique in the container. */
  String name();

  /** The run's folder. */
  Path folder();

  /** Its state. */
  State state();

  /** What a WAITING job waits for, or why a job FAILED; else empty. */
  String reason();

  /** Asks to write a checkpoint and stop. Returns at once. */
  void suspend();

  /**
   * Asks to continue if it is SUSPENDED, about to be, or FAILED. A job whose definition is wrong
   * stays FAILED until that is edited. Returns at once.
   */
  void resume();
}
