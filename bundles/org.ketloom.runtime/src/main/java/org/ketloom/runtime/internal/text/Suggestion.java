package org.ketloom.runtime.internal.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class Suggestion {

  private Suggestion() {}

  /** The words that are allowed, and the one that is close to the given one if there is one. */
  public static String among(String word, Collection<String> allowed) {
    if (allowed.isEmpty()) {
      return "there is none";
    }
    return closest(word, allowed).map(w -> "did you mean \"" + w + "\"? ").orElse("")
        + "there is "
        + String.join(", ", allowed);
  }

  /** The word with the fewest edits, if these are at most a third of its letters, rounded up. */
  static Optional<String> closest(String word, Collection<String> allowed) {
    return allowed.stream()
        .filter(w -> distance(word, w) <= (Math.max(word.length(), w.length()) + 2) / 3)
        .min(Comparator.comparingInt(w -> distance(word, w)));
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
