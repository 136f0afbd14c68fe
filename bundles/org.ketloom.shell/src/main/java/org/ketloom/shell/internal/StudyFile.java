package org.ketloom.shell.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A study as it was written: a JSON object, whose wrong values are refused by their paths.
 *
 * @param node a JSON object
 * @param where its path, for messages
 */
record StudyFile(JsonNode node, String where) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads a file.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException naming the line that is wrong
   */
  static StudyFile read(Path file) throws IOException {
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no study file " + file + "; ketloom study --example grid prints one", e);
    }
  }

  static StudyFile parse(String json, String source) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          source
              + ", line "
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + ": "
              + e.getOriginalMessage().lines().findFirst().orElse("not JSON"),
          e);
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException(source + " holds no JSON object");
    }
    return new StudyFile(node, source);
  }

  /** Refuses keys that don't belong there. */
  StudyFile only(String... keys) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!Set.of(keys).contains(key)) {
                throw wrong(key, "is unknown; known are " + String.join(", ", keys));
              }
            });
    return this;
  }

  boolean has(String key) {
    return node.has(key);
  }

  /** An object that has to be there. */
  StudyFile object(String key) {
    if (!node.path(key).isObject()) {
      throw wrong(key, "must be an object");
    }
    return new StudyFile(node.get(key), path(key));
  }

  /** An object, or an empty one. */
  StudyFile objectOrEmpty(String key) {
    return has(key) ? object(key) : new StudyFile(JSON.createObjectNode(), path(key));
  }

  /** The names in an object, in order. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  String text(String key, String preset) {
    return value(key, preset, n -> n.isTextual() ? n.textValue() : null, "text");
  }

  int number(String key, int preset, int least) {
    int found =
        value(key, preset, n -> n.canConvertToInt() ? n.intValue() : null, "a whole number");
    if (found < least) {
      throw wrong(key, "must be at least " + least + ", found " + found);
    }
    return found;
  }

  long seed(String key, long preset) {
    return value(key, preset, n -> n.canConvertToLong() ? n.longValue() : null, "a whole number");
  }

  boolean flag(String key, boolean preset) {
    return value(key, preset, n -> n.isBoolean() ? n.booleanValue() : null, "true or false");
  }

  /** Text by name, also of numbers and booleans. */
  Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    StudyFile of = objectOrEmpty(key);
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

  /** A list that has to be there, and not empty. */
  <T> List<T> list(String key, Function<JsonNode, T> reader, String what) {
    JsonNode list = node.path(key);
    if (!list.isArray() || list.isEmpty()) {
      throw wrong(key, "must be a list of " + what);
    }
    List<T> values = new ArrayList<>();
    for (JsonNode item : list) {
      T value = reader.apply(item);
      if (value == null || values.contains(value)) {
        throw wrong(key, "must be a list of different " + what + ", found " + item);
      }
      values.add(value);
    }
    return values;
  }

  IllegalArgumentException wrong(String key, String what) {
    return new IllegalArgumentException(path(key) + " " + what);
  }

  private String path(String key) {
    return where + (where.contains(": ") ? "." : ": ") + key;
  }

  private <T> T value(String key, T preset, Function<JsonNode, T> reader, String what) {
    if (!has(key)) {
      return preset;
    }
    T value = reader.apply(node.get(key));
    if (value == null) {
      throw wrong(key, "must be " + what + ", found " + node.get(key));
    }
    return value;
  }
}
