package org.ketloom.runtime.blueprint;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A Blueprint as it was written: what it doesn't say is left to defaults, which are known once its
 * parts are there. Immutable. Made by {@link Blueprints}, which has read and checked it: whoever
 * takes a draft doesn't read its text again.
 */
@ProviderType
public interface Draft {

  /** A JSON object of the form that {@link Blueprints} describes. */
  String json();

  /** Where it comes from, for messages: a file's name. */
  String source();
}
