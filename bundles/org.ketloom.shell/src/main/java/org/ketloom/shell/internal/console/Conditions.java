package org.ketloom.shell.internal.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code --set} says of a trained run: under which noise and on which engine it runs.
 *
 * @param changes of the Blueprint, {@code path=value}
 * @param others names and values that are no such paths
 */
public record Conditions(List<String> changes, Map<String, String> others) {
  private static final String PATH = "(parts\\.noise|engine)(\\..+)?";

  /** Parts them. */
  public static Conditions of(Map<String, String> assignments) {
    List<String> changes = new ArrayList<>();
    Map<String, String> others = new LinkedHashMap<>();
    assignments.forEach(
        (path, value) -> {
          if (path.matches(PATH)) {
            changes.add(path + "=" + value);
          } else {
            others.put(path, value);
          }
        });
    return new Conditions(List.copyOf(changes), others);
  }

  /** The changes as part of a file's name. */
  public static String stem(List<String> changes) {
    StringBuilder name = new StringBuilder();
    changes.forEach(
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
