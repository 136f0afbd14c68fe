package org.ketloom.api.error;

import java.util.List;

/** Something can't be done as things are, and something can be done about it. */
public final class InvalidStateException extends IllegalStateException implements HasRemedies {
  private static final long serialVersionUID = 1;

  private final transient List<Remedy> remedies;

  /**
   * An error with its remedies.
   *
   * @param message what is wrong, without the remedies
   * @param remedies what can be done, the most likely first
   */
  public InvalidStateException(String message, Remedy... remedies) {
    super(message);
    this.remedies = List.of(remedies);
  }

  @Override
  public List<Remedy> remedies() {
    return remedies == null ? List.of() : remedies;
  }
}
