package org.ketloom.runtime.run;

import java.io.IOException;
import java.nio.file.Path;
import org.ketloom.api.model.Blueprint;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One training of one Blueprint in a folder of its own, which is locked until the run is closed.
 */
@ProviderType
public interface Run extends AutoCloseable {

  /** The states of a run; the folder's {@code manifest.json} holds it in lower case. */
  enum State {
    /** Composed, no step made yet. */
    CREATED,
    /** Training. */
    RUNNING,
    /** Asked to stop before the end; can be resumed. */
    STOPPED,
    /** All epochs are done. */
    FINISHED,
    /** Something went wrong; the last checkpoint is there, and can be resumed. */
    FAILED
  }

  /** The run's folder. */
  Path folder();

  /** The complete Blueprint. */
  Blueprint blueprint();

  /** The state at the moment. */
  State state();

  /**
   * Trains on the calling thread until the end, or until {@link #stop}; to be called once.
   *
   * @return {@link State#FINISHED} or {@link State#STOPPED}
   * @throws ArithmeticException if the loss became NaN or infinite; the state is then FAILED
   * @throws IOException naming the file that can't be written; the state is then FAILED
   * @throws RuntimeException what the model threw; the state is then FAILED
   */
  State train() throws IOException;

  /**
   * Asks to stop: the run writes a checkpoint after the step that it is at, and returns. From any
   * thread; returns at once.
   */
  void stop();

  /** Releases the model, the data and the folder; after {@link #train} has returned. */
  @Override
  void close();
}
