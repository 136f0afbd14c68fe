package org.ketloom.study;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A study that was checked, in its folder. */
@ProviderType
public interface StudyRun extends AutoCloseable {

  /** What would be run, for people: a line about the whole, then one for each part of it. */
  List<String> plan();

  /**
   * Runs what isn't done yet, and writes the tables. Parts that fail are noted and left out.
   *
   * @param retry whether parts that failed before are run again
   * @throws IOException if results can't be written
   */
  StudyResult run(boolean retry) throws IOException;

  @Override
  void close();
}
