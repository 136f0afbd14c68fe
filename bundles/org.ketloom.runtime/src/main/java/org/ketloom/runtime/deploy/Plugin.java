package org.ketloom.runtime.deploy;

import java.util.List;

/**
 * A plugin's jar that was taken.
 *
 * @param bundle symbolic name
 * @param version version
 * @param sha256 SHA-256 of the jar in hexadecimal
 * @param file name of its file in the folder of plugins; empty if it comes only from the store
 * @param parts what it brings, as {@code ansatz ladder}
 */
public record Plugin(
    String bundle, String version, String sha256, String file, List<String> parts) {

  /** Copies the parts. */
  public Plugin {
    parts = List.copyOf(parts);
  }

  /** Symbolic name and version. */
  @Override
  public String toString() {
    return bundle + " " + version;
  }
}
