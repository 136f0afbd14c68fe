package org.ketloom.runtime.internal.deploy;

import java.util.function.Function;

/**
 * How much a jar may hold, each with the framework property that sets it.
 *
 * @param jar bytes of the jar, {@code deploy.limit.jar}, by default 256 MiB
 * @param entries number of its entries, {@code deploy.limit.entries}, by default 20000
 * @param entry bytes of an unpacked entry, {@code deploy.limit.entry}, by default 256 MiB
 * @param unpacked bytes of all of them, {@code deploy.limit.unpacked}, by default 512 MiB
 * @param ratio unpacked bytes for each byte of the jar, {@code deploy.limit.ratio}, by default 100;
 *     looked at from 16 MiB on
 */
record JarLimits(long jar, long entries, long entry, long unpacked, long ratio) {
  /** A smaller jar may be compressed to any ratio. */
  static final long RATIO_FROM = 16L << 20;

  static final String JAR = "deploy.limit.jar";
  static final String ENTRIES = "deploy.limit.entries";
  static final String ENTRY = "deploy.limit.entry";
  static final String UNPACKED = "deploy.limit.unpacked";
  static final String RATIO = "deploy.limit.ratio";

  /**
   * Reads the properties.
   *
   * @param property value of a property; null or blank for the default
   * @throws IllegalArgumentException naming a property that is no positive number
   */
  static JarLimits of(Function<String, String> property) {
    return new JarLimits(
        number(property, JAR, 256L << 20),
        number(property, ENTRIES, 20_000),
        number(property, ENTRY, 256L << 20),
        number(property, UNPACKED, 512L << 20),
        number(property, RATIO, 100));
  }

  private static long number(Function<String, String> property, String name, long preset) {
    String value = property.apply(name);
    if (value == null || value.isBlank()) {
      return preset;
    }
    try {
      long number = Long.parseLong(value.strip());
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told with the others.
    }
    throw new IllegalArgumentException(
        name + " is \"" + value + "\", expected a whole number above 0");
  }
}
