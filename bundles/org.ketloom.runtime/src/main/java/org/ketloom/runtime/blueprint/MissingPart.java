package org.ketloom.runtime.blueprint;

import java.util.List;
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
 */
public record MissingPart(
    String path, String kind, String name, String versionRange, List<String> present) {

  /** Copies the list. */
  public MissingPart {
    present = List.copyOf(present);
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
        + " is registered; "
        + Suggestion.among(name, present);
  }
}
