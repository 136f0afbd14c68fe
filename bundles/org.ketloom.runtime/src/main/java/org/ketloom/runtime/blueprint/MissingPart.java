package org.ketloom.runtime.blueprint;

import java.util.List;
import java.util.stream.Collectors;
import org.ketloom.runtime.internal.text.Suggestion;

/**
 * What a Blueprint waits for.
 *
 * @param path where the Blueprint asks for it: {@code model}, {@code parts.ansatz}, {@code data};
 *     {@code engine} for the engine
 * @param kind kind of part: {@code ansatz}; {@code engine} for the engine
 * @param name name of the part; empty for any engine
 * @param versionRange OSGi version range that is asked for; empty for any
 * @param present what is there instead: other versions of the part, or the names of its kind
 * @param otherKinds kinds that have a part of this name
 */
public record MissingPart(
    String path,
    String kind,
    String name,
    String versionRange,
    List<String> present,
    List<String> otherKinds) {

  /** Copies the lists. */
  public MissingPart {
    present = List.copyOf(present);
    otherKinds = List.copyOf(otherKinds);
  }

  /** A name that parts of no other kind have. */
  public MissingPart(
      String path, String kind, String name, String versionRange, List<String> present) {
    this(path, kind, name, versionRange, present, List.of());
  }

  /** One line for people. */
  @Override
  public String toString() {
    if (kind.equals("engine") && name.isEmpty()) {
      return "no quantum engine is registered";
    }
    return path
        + ": no "
        + kind
        + " \""
        + name
        + "\""
        + (versionRange.isEmpty() ? "" : " of version " + versionRange)
        + " is registered"
        + (otherKinds.isEmpty()
            ? ""
            : ", "
                + name
                + " is "
                + otherKinds.stream()
                    .map(MissingPart::article)
                    .collect(Collectors.joining(" and ")))
        + "; "
        + Suggestion.among(name, present);
  }

  private static String article(String kind) {
    return ("aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ") + kind;
  }
}
