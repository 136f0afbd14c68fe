package org.ketloom.api.error;

import java.io.IOException;
import java.util.List;

/** A file or folder is missing or can't be used, and something can be done about it. */
public final class FileProblemException extends IOException implements HasRemedies {
  private static final long serialVersionUID = 1;

  private final transient List<Remedy> remedies;

  /**
   * An error with its remedies.
   *
   * @param message what is wrong, without the remedies
   * @param remedies what can be done, the most likely first
   */
  public FileProblemException(String message, Remedy... remedies) {
    super(message);
    this.remedies = List.of(remedies);
  }

  @Override
  public List<Remedy> remedies() {
    return remedies == null ? List.of() : remedies;
  }
}
