package org.ketloom.runtime.internal.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * What a trained model may run under besides what it was trained under: noise and engine, which
 * leave its parameters as they are.
 *
 * @param changes of a Blueprint, {@code path=value}
 */
record DrawingConditions(List<String> changes) {
  private static final String NOISE = "parts.noise";
  private static final String ENGINE = "engine";

  /**
   * Checks what is changed.
   *
   * @throws IllegalArgumentException naming a change of anything else
   */
  DrawingConditions {
    changes = List.copyOf(changes);
    for (String change : changes) {
      if (!change.matches("(parts\\.noise|engine)([.=].*)?")) {
        throw new IllegalArgumentException(
            "\""
                + change
                + "\" changes more than how a trained model is run: "
                + NOISE
                + " and "
                + ENGINE
                + " can be changed here");
      }
    }
  }

  /** The Blueprint with the changes. */
  Blueprint change(Blueprints blueprints, Blueprint trained) {
    return changes.isEmpty()
        ? trained
        : blueprints.complete(blueprints.set(blueprints.draft(trained), changes));
  }

  /** The parts that stay those of the training; noise may need another engine. */
  Map<String, PartIdentity> kept(Map<String, PartIdentity> trained) {
    if (changes.isEmpty()) {
      return trained;
    }
    Map<String, PartIdentity> kept = new LinkedHashMap<>(trained);
    kept.remove(NOISE);
    kept.remove(ENGINE);
    return kept;
  }
}
