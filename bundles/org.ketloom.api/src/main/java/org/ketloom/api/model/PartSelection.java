package org.ketloom.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A part that a Blueprint asks for.
 *
 * @param name the part's name
 * @param version OSGi version range, for example {@code [0.1,1)}; empty for any version
 * @param options the options that differ from the part's defaults: text, numbers, booleans or lists
 */
public record PartSelection(String name, Optional<String> version, Map<String, Object> options) {

  /** Copies the options in their order. */
  public PartSelection {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a part must not be empty");
    }
    version = version.filter(range -> !range.isBlank());
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** Any version of a part with its defaults. */
  public static PartSelection of(String name) {
    return of(name, Map.of());
  }

  /** Any version of a part with some options. */
  public static PartSelection of(String name, Map<String, Object> options) {
    return new PartSelection(name, Optional.empty(), options);
  }
}
