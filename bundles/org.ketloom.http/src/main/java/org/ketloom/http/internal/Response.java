package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param headers beside those that every answer has
 */
record Response(int status, String type, Map<String, String> headers, byte[] body) {
  private static final String JSON = "application/json";

  Response {
    headers = Map.copyOf(headers);
  }

  static Response json(JsonNode node) {
    return json(200, node);
  }

  static Response json(int status, JsonNode node) {
    return new Response(status, JSON, Map.of(), bytes(node.toString()));
  }

  static Response text(String type, String text) {
    return new Response(200, type, Map.of(), bytes(text));
  }

  static Response seeOther(String path) {
    return new Response(303, "text/plain", Map.of("Location", path), new byte[0]);
  }

  /** As RFC 9457 has it, with {@code culprit} and {@code remedy} beside. */
  static Response problem(Problem problem) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("status", problem.status());
    node.put("title", title(problem.status()));
    node.put("detail", problem.detail());
    node.put("culprit", problem.culprit());
    if (!problem.remedy().isEmpty()) {
      node.put("remedy", problem.remedy());
    }
    return new Response(
        problem.status(), "application/problem+json", Map.of(), bytes(node.toString()));
  }

  Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, type, more, body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad request";
      case 401 -> "No token";
      case 403 -> "Forbidden";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 409 -> "Conflict";
      case 413 -> "Too large";
      case 415 -> "Unsupported media type";
      case 422 -> "Doesn't fit";
      case 429 -> "Too many requests";
      case 503 -> "Not available";
      default -> "Internal error";
    };
  }
}
