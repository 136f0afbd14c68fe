package org.ketloom.http.internal;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What answers a method at a path.
 *
 * @param template a path whose segments in braces stand for any text: {@code /runs/{run}/loss}
 */
record Route(String method, String template, Handler handler) {

  /** Answers a request. */
  @FunctionalInterface
  interface Handler {
    /**
     * The answer.
     *
     * @param parameters of the path by name
     */
    Response answer(Request request, Map<String, String> parameters) throws IOException;
  }

  /** The parameters of a path, empty if it is another path. */
  Optional<Map<String, String>> match(String path) {
    String[] expected = template.split("/", -1);
    String[] found = path.split("/", -1);
    if (expected.length != found.length) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < expected.length; i++) {
      if (expected[i].startsWith("{") && !found[i].isEmpty()) {
        parameters.put(expected[i].substring(1, expected[i].length() - 1), found[i]);
      } else if (!expected[i].equals(found[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }
}
