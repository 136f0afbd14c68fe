package org.ketloom.runtime.deploy;

import java.util.List;
import org.ketloom.api.error.Remedy;

/**
 * Something to be told to people.
 *
 * @param text one or more sentences, without the remedies
 * @param remedies what can be done, the most likely first
 */
public record Notice(String text, List<Remedy> remedies) {

  /** Copies the remedies. */
  public Notice {
    remedies = List.copyOf(remedies);
  }

  /** A notice about which nothing has to be done. */
  public Notice(String text) {
    this(text, List.of());
  }
}
