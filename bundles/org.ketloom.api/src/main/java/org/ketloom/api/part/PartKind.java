package org.ketloom.api.part;

/**
 * A kind of parts: the service type under which they are registered, and the name by which
 * Blueprints, commands and messages call them. A kind is a constant {@code KIND} of its service
 * type, as {@link Ansatz#KIND}; a {@link PartKindProvider} brings one that the platform doesn't
 * know.
 *
 * @param name lower case with dashes, as {@code ansatz}
 * @param type the service type of such parts
 */
public record PartKind(String name, Class<? extends Part> type) {

  /** Checks the name. */
  public PartKind {
    if (!name.matches(Part.NAME_PATTERN)) {
      throw new IllegalArgumentException(
          "a kind of parts has a name in lower case with dashes, found \"" + name + "\"");
    }
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
