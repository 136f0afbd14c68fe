package org.ketloom.runtime.blueprint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * A model that was composed. Whoever asked for it closes the model.
 *
 * @param blueprint the complete Blueprint
 * @param model the model
 * @param identities the bundles of its parts by path: {@code model}, {@code parts.ansatz}, {@code
 *     data}, {@code engine}
 */
public record Composition(
    Blueprint blueprint, GenerativeModel<?> model, Map<String, PartIdentity> identities) {

  /** Copies the identities in their order. */
  public Composition {
    identities = Collections.unmodifiableMap(new LinkedHashMap<>(identities));
  }
}
