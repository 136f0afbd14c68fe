package org.ketloom.runtime.run;

import java.util.Optional;

/**
 * How a run is resumed.
 *
 * @param settings new settings; empty for those that it had
 * @param currentParts whether it may continue with the parts that are there now where those that it
 *     was trained with are gone and the others make another circuit
 */
public record Resumption(Optional<RunSettings> settings, boolean currentParts) {

  /** With the settings and parts that it had. */
  public static final Resumption AS_BEFORE = new Resumption(Optional.empty(), false);
}
