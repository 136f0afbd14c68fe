package org.ketloom.runtime.blueprint;

import java.util.Objects;

/**
 * A Blueprint as it was written: what it doesn't say is left to defaults, which are known once its
 * parts are there. Made by {@link Blueprints}.
 *
 * @param json a JSON object of the form that {@link Blueprints} describes
 * @param source where it comes from, for messages: a file's name
 */
public record Draft(String json, String source) {

  /** Refuses null. */
  public Draft {
    Objects.requireNonNull(json, "json");
    Objects.requireNonNull(source, "source");
  }
}
