package org.ketloom.diagnosis;

import java.util.List;

/**
 * A requirement that no installed bundle meets.
 *
 * @param requested what is asked for
 * @param candidates names of the jars that aren't installed, but meet it; sorted
 * @param otherVersions what has the right name in another version, such as {@code "version 1.2.0 of
 *     library 1.0.0"}; sorted
 */
public record MissingRequirement(
    Requested requested, List<String> candidates, List<String> otherVersions) {
  /** Copies the lists. */
  public MissingRequirement {
    candidates = List.copyOf(candidates);
    otherVersions = List.copyOf(otherVersions);
  }

  /**
   * A clause that ends a sentence which begins with the bundle and {@code needs}.
   *
   * @param install what to do if a candidate could provide it
   * @param nobody what is true, and what to do, if there is nothing of that name
   * @param another what to do if there is another version only; may be empty
   */
  public String explain(String install, String nobody, String another) {
    if (!candidates.isEmpty()) {
      return requested + ", which " + String.join(" or ", candidates) + " could provide" + install;
    }
    return otherVersions.isEmpty()
        ? requested + ", " + nobody
        : requested + ", but there is only " + String.join(", ", otherVersions) + another;
  }
}
