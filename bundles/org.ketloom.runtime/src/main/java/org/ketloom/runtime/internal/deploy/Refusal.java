package org.ketloom.runtime.internal.deploy;

import org.ketloom.files.Untrusted;

/**
 * Why a jar isn't taken; the message is a paragraph for the plugin's author, and safe to print:
 * much of it comes out of the jar.
 */
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
    super(Untrusted.printable(message));
    this.until = until;
  }

  Until until() {
    return until;
  }
}
