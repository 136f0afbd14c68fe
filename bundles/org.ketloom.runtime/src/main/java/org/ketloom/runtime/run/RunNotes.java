package org.ketloom.runtime.run;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What people have written about a run.
 *
 * @param tags words to find it by, in the order of the alphabet, each once: letters, digits and
 *     {@code . _ -}, at most 50 of them, beginning with a letter or digit
 * @param note a text of at most 4000 characters; empty for none
 */
public record RunNotes(List<String> tags, String note) {
  /** Nothing written. */
  public static final RunNotes NONE = new RunNotes(List.of(), "");

  private static final String TAG = "[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,49}";
  private static final int LONGEST_NOTE = 4000;

  /**
   * Sorts the tags.
   *
   * @throws IllegalArgumentException naming the tag that is none, or if the note is too long
   */
  public RunNotes {
    for (String tag : tags) {
      if (!tag.matches(TAG)) {
        throw new IllegalArgumentException(
            "a tag is a word of letters, digits, - _ and . of at most 50 characters, found \""
                + tag
                + "\"");
      }
    }
    tags = List.copyOf(new TreeSet<>(tags));
    if (note.length() > LONGEST_NOTE) {
      throw new IllegalArgumentException(
          "a note has at most " + LONGEST_NOTE + " characters, found " + note.length());
    }
  }

  /** With more tags, and without some. */
  public RunNotes tagged(Collection<String> more, Collection<String> without) {
    TreeSet<String> all = new TreeSet<>(tags);
    all.removeAll(without);
    all.addAll(more);
    return new RunNotes(List.copyOf(all), note);
  }

  /** With another note. */
  public RunNotes with(String other) {
    return new RunNotes(tags, other);
  }
}
