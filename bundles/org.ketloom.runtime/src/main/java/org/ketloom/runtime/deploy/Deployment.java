package org.ketloom.runtime.deploy;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which plugins are current from a point in time on.
 *
 * @param number 1 for the first; 0 for the empty one before it
 * @param time when it was made
 * @param reason why, in one line
 * @param plugins the current plugins
 * @param files what was taken from each file of the folder of plugins: SHA-256 by file name, also
 *     of plugins that aren't current any more
 */
public record Deployment(
    int number, Instant time, String reason, List<Plugin> plugins, Map<String, String> files) {

  /** What there is before the first deployment. */
  public static final Deployment NONE =
      new Deployment(0, Instant.EPOCH, "nothing is deployed yet", List.of(), Map.of());

  /** Copies the collections. */
  public Deployment {
    plugins = List.copyOf(plugins);
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }
}
