package org.ketloom.study;

import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** Is told how far a study has come, and may stop it. Called by the thread that runs the study. */
@ConsumerType
public interface StudyListener {
  /** Ignores everything. */
  StudyListener NONE = new StudyListener() {};

  /**
   * How far a study of several parts has come.
   *
   * @param part number of the part that is being worked on, from 1
   * @param parts all parts
   * @param name of the part
   * @param detail what is done in it at the moment
   * @param failed parts that have failed
   * @param left time that is left by the speed so far; empty if that isn't known yet
   */
  record Progress(
      int part, int parts, String name, String detail, int failed, Optional<Duration> left) {}

  /** Called now and then during a study of several parts. */
  default void progress(Progress progress) {}

  /**
   * Called now and then during work of one piece.
   *
   * @param stage what is being done
   * @param done pieces of it done
   * @param total all its pieces
   */
  default void stage(String stage, long done, long total) {}

  /** Called with a line about something that is over: a part was measured, or failed. */
  default void note(String line) {}

  /** Whether the study should stop; what it has measured is kept. */
  default boolean stopped() {
    return false;
  }
}
