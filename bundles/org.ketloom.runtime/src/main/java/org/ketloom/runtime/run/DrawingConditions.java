package org.ketloom.runtime.run;

import java.util.List;

/**
 * What a trained model draws under in place of what it was trained under: noise and engine, which
 * leave its parameters as they are.
 *
 * @param changes of the Blueprint, {@code path=value}, in the form of {@link
 *     org.ketloom.runtime.blueprint.Blueprints#set}; {@code parts.noise=none} is without noise;
 *     empty for what it was trained under
 */
public record DrawingConditions(List<String> changes) {
  /** What a run was trained under. */
  public static final DrawingConditions OF_TRAINING = new DrawingConditions(List.of());

  /**
   * Checks what is changed.
   *
   * @throws IllegalArgumentException naming a change of anything else
   */
  public DrawingConditions {
    changes = List.copyOf(changes);
    for (String change : changes) {
      if (!covers(change.split("=", 2)[0])) {
        throw new IllegalArgumentException(
            "\""
                + change
                + "\" changes more than how a trained model is run: parts.noise and engine can be"
                + " changed here");
      }
    }
  }

  /** Whether it is the path of noise or engine, or of something in them. */
  public static boolean covers(String path) {
    return path.matches("(parts\\.noise|engine)(\\..+)?");
  }
}
