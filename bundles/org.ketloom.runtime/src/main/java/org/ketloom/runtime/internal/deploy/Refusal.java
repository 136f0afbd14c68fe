package org.ketloom.runtime.internal.deploy;

/** Why a jar isn't taken; the message is a paragraph for the plugin's author. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  /** What may change the answer. */
  enum Until {
    /** Another content of the file. */
    CHANGED,
    /** Other bundles or runs in the container. */
    SURROUNDINGS
  }

  private final Until until;

  Refusal(Until until, String message) {
    super(message);
    this.until = until;
  }

  Until until() {
    return until;
  }
}
