package org.ketloom.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A part that a Blueprint asks for.
 *
 * @param name the part's name
 * @param version OSGi version range, for example {@code [0.1,1)}; empty for any
 * @param options the options that differ from the part's defaults: text, numbers, booleans or lists
 */
public record PartSelection(String name, String version, Map<String, Object> options) {

  /** Copies the options in their order. */
  public PartSelection {
    Objects.requireNonNull(version, "version");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a part is asked for by its name, which is empty");
    }
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** Any version of a part with its defaults. */
  public static PartSelection of(String name) {
    return new PartSelection(name, "", Map.of());
  }
}
