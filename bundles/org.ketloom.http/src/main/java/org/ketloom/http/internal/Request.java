package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.StrictJson;

/**
 * What is asked for.
 *
 * @param method in upper case
 * @param path decoded, from its first slash
 * @param query parameters, of several with one name the first
 * @param headers gives a header of a name, null if there is none
 * @param body empty if there is none
 */
record Request(
    String method,
    String path,
    Map<String, String> query,
    UnaryOperator<@Nullable String> headers,
    byte[] body) {

  Request {
    query = Map.copyOf(query);
  }

  /** The body as text. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * The body as JSON.
   *
   * @param allowed names of the fields that it may have
   * @throws Problem naming the place, if it isn't an object of these
   */
  ObjectNode fields(List<String> allowed) {
    ObjectNode node;
    try {
      node = StrictJson.object(text(), "body");
    } catch (IllegalArgumentException e) {
      throw new Problem(400, "body", String.valueOf(e.getMessage()));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!allowed.contains(field.getKey())) {
        throw new Problem(
            400,
            "body." + field.getKey(),
            "there is no field \"" + field.getKey() + "\"; there is " + allowed);
      }
    }
    return node;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.apply(name));
  }

  /** The value of a cookie. */
  Optional<String> cookie(String name) {
    for (String pair : header("Cookie").orElse("").split(";")) {
      String[] parts = pair.strip().split("=", 2);
      if (parts.length == 2 && parts[0].equals(name)) {
        return Optional.of(parts[1]);
      }
    }
    return Optional.empty();
  }

  /**
   * A whole number of the query.
   *
   * @throws Problem naming the parameter, if it is none or out of range
   */
  int number(String name, int otherwise, int least, int most) {
    String text = query.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Problem(
        400,
        "query." + name,
        name + " takes a whole number from " + least + " to " + most + ", found \"" + text + "\"");
  }
}
