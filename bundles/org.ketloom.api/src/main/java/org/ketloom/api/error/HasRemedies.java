package org.ketloom.api.error;

import java.util.List;

/** An exception that knows what can be done about it. */
public interface HasRemedies {

  /** What can be done, the most likely first; its message doesn't say it. */
  List<Remedy> remedies();

  /**
   * The remedies of an exception, or else those of its nearest cause that has some.
   *
   * @param thrown what was thrown
   * @return empty if there are none
   */
  static List<Remedy> of(Throwable thrown) {
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < 100; t = t.getCause(), depth++) {
      if (t instanceof HasRemedies found) {
        return found.remedies();
      }
    }
    return List.of();
  }
}
