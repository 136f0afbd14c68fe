package org.ketloom.runtime.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: what the folder of a run tells people, beside what resuming it needs. None of it waits
 * for a run that is being trained, nor disturbs it.
 */
@ProviderType
public interface RunRecords {

  /**
   * What was recorded of each step.
   *
   * @return empty history of a run that has made no step
   * @throws IOException if there is no run, or naming the line that is damaged
   */
  RunHistory history(Path folder) throws IOException;

  /**
   * When the run was trained, and for how long.
   *
   * @return empty for a run that a release before 2.0.0 trained, or that has no checkpoint yet
   * @throws IOException if there is no run
   */
  Optional<RunTimes> times(Path folder) throws IOException;

  /**
   * What people have written about the run.
   *
   * @return {@link RunNotes#NONE} if they haven't
   * @throws IOException if there is no run, or its notes are damaged
   */
  RunNotes notes(Path folder) throws IOException;

  /**
   * Writes notes in place of those that are there, into a file of their own.
   *
   * @throws IOException if there is no run, or the file can't be written
   */
  void annotate(Path folder, RunNotes notes) throws IOException;

  /**
   * What a folder holds.
   *
   * @param files number of files
   * @param bytes their sizes together
   */
  record Extent(long files, long bytes) {}

  /**
   * What {@link #remove} would delete.
   *
   * @throws IOException if it would delete nothing, as there
   */
  Extent extent(Path folder) throws IOException;

  /**
   * Deletes a run's folder with all that is in it. Links in it are deleted, not what they lead to.
   * What is interrupted can be done again: the manifest is deleted last.
   *
   * @throws IllegalStateException if the run is being trained, by whatever process
   * @throws IOException if the folder isn't there, is a link, is not that of a run, or has another
   *     run in it, and nothing is deleted then; or naming the file that can't be deleted
   */
  void remove(Path folder) throws IOException;
}
