package org.ketloom.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A JSON object that was read strictly, whose wrong values are refused by their paths.
 *
 * @param node the object; not to be changed
 * @param where its source and path, with which messages begin
 */
public record JsonObject(ObjectNode node, String where) {

  /**
   * Reads a file.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static JsonObject read(Path file) throws IOException {
    return new JsonObject(StrictJson.object(file), file.toString());
  }

  /**
   * Reads a text.
   *
   * @param source where it comes from, with which messages begin
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static JsonObject parse(String json, String source) {
    return new JsonObject(StrictJson.object(json, source), source);
  }

  /** Refuses keys that don't belong there. */
  public JsonObject only(String... keys) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!Set.of(keys).contains(key)) {
                throw wrong(key, "is unknown; known are " + String.join(", ", keys));
              }
            });
    return this;
  }

  /** Whether a key is there. */
  public boolean has(String key) {
    return node.has(key);
  }

  /** An object that has to be there. */
  public JsonObject object(String key) {
    if (node.get(key) instanceof ObjectNode object) {
      return new JsonObject(object, path(key));
    }
    throw has(key)
        ? wrong(key, "must be an object, found " + StrictJson.quote(node.get(key)))
        : wrong(key, "is missing; it must be an object");
  }

  /** An object, or an empty one. */
  public JsonObject objectOrEmpty(String key) {
    return has(key)
        ? object(key)
        : new JsonObject(JsonNodeFactory.instance.objectNode(), path(key));
  }

  /** The names in an object, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Text, or a default where the key is missing. */
  public String text(String key, String defaultValue) {
    return value(key, defaultValue, n -> n.isTextual() ? n.textValue() : null, "text");
  }

  /** A whole number of at least {@code min}, or a default where the key is missing. */
  public int number(String key, int defaultValue, int min) {
    int found =
        value(key, defaultValue, n -> n.canConvertToInt() ? n.intValue() : null, "a whole number");
    if (found < min) {
      throw wrong(key, "must be at least " + min + ", found " + found);
    }
    return found;
  }

  /** A whole number of 64 bits, or a default where the key is missing. */
  public long longNumber(String key, long defaultValue) {
    return value(
        key, defaultValue, n -> n.canConvertToLong() ? n.longValue() : null, "a whole number");
  }

  /** True or false, or a default where the key is missing. */
  public boolean flag(String key, boolean defaultValue) {
    return value(key, defaultValue, n -> n.isBoolean() ? n.booleanValue() : null, "true or false");
  }

  /** Text by name, also of numbers and booleans. */
  public Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonObject of = objectOrEmpty(key);
    of.names()
        .forEach(
            name -> {
              if (!of.node.get(name).isValueNode()) {
                throw of.wrong(name, "must be a single value");
              }
              texts.put(name, of.node.get(name).asText());
            });
    return texts;
  }

  /**
   * A list that has to be there, not empty, and of different values.
   *
   * @param reader gives the value of an item; null if it is wrong
   * @param what the items are, for the message
   */
  public <T> List<T> list(String key, Function<JsonNode, T> reader, String what) {
    if (!has(key)) {
      throw wrong(key, "is missing; it must be a list of " + what);
    }
    JsonNode list = node.get(key);
    if (!list.isArray() || list.isEmpty()) {
      throw wrong(key, "must be a list of " + what + ", found " + StrictJson.quote(list));
    }
    List<T> values = new ArrayList<>();
    for (JsonNode item : list) {
      T value = reader.apply(item);
      if (value == null || values.contains(value)) {
        throw wrong(
            key, "must be a list of different " + what + ", found " + StrictJson.quote(item));
      }
      values.add(value);
    }
    return values;
  }

  /** What is to be thrown for a value: its path, then what is wrong with it. */
  public IllegalArgumentException wrong(String key, String what) {
    return new IllegalArgumentException(path(key) + " " + what);
  }

  private String path(String key) {
    return where + (where.contains(": ") ? "." : ": ") + key;
  }

  private <T> T value(String key, T defaultValue, Function<JsonNode, T> reader, String what) {
    if (!has(key)) {
      return defaultValue;
    }
    T value = reader.apply(node.get(key));
    if (value == null) {
      throw wrong(key, "must be " + what + ", found " + StrictJson.quote(node.get(key)));
    }
    return value;
  }
}
