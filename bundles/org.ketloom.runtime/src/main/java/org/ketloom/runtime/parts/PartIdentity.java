package org.ketloom.runtime.parts;

/**
 * The exact bundle that something came from.
 *
 * @param name name of the part or engine
 * @param bundle symbolic name of its bundle
 * @param version version of its bundle
 * @param sha256 SHA-256 in hexadecimal over the bundle's entries in the order of their paths (path
 *     in UTF-8, a zero byte, length as 8 bytes big-endian, content); empty if the content can't be
 *     read. Unlike a hash of the jar it doesn't depend on how that was packed.
 */
public record PartIdentity(String name, String bundle, String version, String sha256) {

  /** Bundle, version and the beginning of the hash: {@code org.example 1.0.0 (0123456789ab)}. */
  @Override
  public String toString() {
    return bundle
        + " "
        + version
        + (sha256.isEmpty() ? "" : " (" + sha256.substring(0, Math.min(12, sha256.length())) + ")");
  }
}
