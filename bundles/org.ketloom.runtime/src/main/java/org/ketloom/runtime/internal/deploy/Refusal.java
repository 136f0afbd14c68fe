package org.ketloom.runtime.internal.deploy;

import java.util.List;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Untrusted;

/**
 * Why a jar isn't taken; the message is a paragraph for the plugin's author, and safe to print:
 * much of it comes out of the jar.
 */
final class Refusal extends Exception implements HasRemedies {
  private static final long serialVersionUID = 1;

  /** What may change the answer. */
  enum Until {
    /** Another content of the file. */
    CHANGED,
    /** Other bundles or runs in the container. */
    SURROUNDINGS,
    /** That somebody asks for the jar: trying it may end the process. */
    ASKED
  }

  private final Until until;
  private final transient List<Remedy> remedies;

  Refusal(Until until, String message, Remedy... remedies) {
    this(until, message, List.of(remedies));
  }

  Refusal(Until until, String message, List<Remedy> remedies) {
    super(Untrusted.printable(message));
    this.until = until;
    this.remedies = List.copyOf(remedies);
  }

  @Override
  public List<Remedy> remedies() {
    return remedies == null ? List.of() : remedies;
  }

  Until until() {
    return until;
  }
}
