package org.ketloom.shell.internal.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.runtime.run.DrawingConditions;

/**
 * What {@code --set} says of a trained run: under which noise and on which engine it runs.
 *
 * @param drawing what it changes
 * @param others names and values that are no such paths
 */
public record Conditions(DrawingConditions drawing, Map<String, String> others) {
  /** Parts them. */
  public static Conditions of(Map<String, String> assignments) {
    List<String> changes = new ArrayList<>();
    Map<String, String> others = new LinkedHashMap<>();
    assignments.forEach(
        (path, value) -> {
          if (DrawingConditions.covers(path)) {
            changes.add(path + "=" + value);
          } else {
            others.put(path, value);
          }
        });
    return new Conditions(new DrawingConditions(changes), others);
  }

  /** The changes as part of a file's name. */
  public static String stem(DrawingConditions drawing) {
    StringBuilder name = new StringBuilder();
    drawing
        .changes()
        .forEach(
            change ->
                name.append('-')
                    .append(
                        change
                            .replaceFirst("^parts\\.", "")
                            .replaceFirst("^noise\\.options\\.", "")
                            .replaceAll("[^A-Za-z0-9.]+", "-")));
    return name.toString();
  }
}
