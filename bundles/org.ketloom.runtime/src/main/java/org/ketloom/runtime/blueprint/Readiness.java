package org.ketloom.runtime.blueprint;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether all that a Blueprint asks for is there.
 *
 * @param missing what isn't, in the Blueprint's order
 */
public record Readiness(List<MissingPart> missing) {

  /** The two states. */
  public enum State {
    /** Something is missing; it may come. */
    WAITING,
    /** All is there. */
    READY
  }

  /** Copies the list. */
  public Readiness {
    missing = List.copyOf(missing);
  }

  /** READY if nothing is missing. */
  public State state() {
    return missing.isEmpty() ? State.READY : State.WAITING;
  }

  /** The state, and what is missing. */
  @Override
  public String toString() {
    return missing.isEmpty()
        ? "READY"
        : "WAITING: "
            + missing.stream().map(MissingPart::toString).collect(Collectors.joining("; "));
  }
}
