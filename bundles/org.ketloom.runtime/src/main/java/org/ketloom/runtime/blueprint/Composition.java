package org.ketloom.runtime.blueprint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.parts.Generation;

/**
 * A model that was composed. Whoever asked for it closes the model.
 *
 * @param blueprint the complete Blueprint
 * @param model the model
 * @param generations the bundles of its parts by path: {@code model}, {@code parts.ansatz}, {@code
 *     data}, {@code engine}
 */
public record Composition(
    Blueprint blueprint, GenerativeModel<?> model, Map<String, Generation> generations) {

  /** Copies the generations in their order. */
  public Composition {
    generations = Collections.unmodifiableMap(new LinkedHashMap<>(generations));
  }
}
