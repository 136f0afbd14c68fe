package org.ketloom.runtime.internal.blueprint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.PartSelection;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.internal.text.Suggestion;

/**
 * A Blueprint's JSON form, checked in all that needs no parts.
 *
 * @param model the model; its name is there
 * @param parts the parts by slot
 * @param data the data set
 * @param engine the engine, with its name, if one is asked for
 * @param training the settings that are given
 * @param seed the seed if it is given
 * @param source for messages
 */
public record BlueprintTree(
    Selection model,
    Map<String, Selection> parts,
    Selection data,
    Optional<Selection> engine,
    Map<String, Integer> training,
    OptionalLong seed,
    String source) {

  static final List<String> KEYS = List.of("model", "parts", "data", "engine", "training", "seed");
  static final List<String> TRAINING_KEYS =
      List.of("epochs", "batchSize", "checkpointEvery", "sampleEvery");
  static final List<String> SELECTION_KEYS = List.of("name", "version", "options");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** A part as it is asked for; without a name it is the default one. */
  record Selection(Optional<String> name, Optional<String> version, Map<String, Object> options) {
    static final Selection DEFAULT = new Selection(Optional.empty(), Optional.empty(), Map.of());
  }

  /** Reads the syntax only. */
  public static ObjectNode read(String json, String source) {
    JsonNode node = StrictJson.parse(json, source);
    if (!(node instanceof ObjectNode object)) {
      throw new IllegalArgumentException(
          source + ": a Blueprint is a JSON object, {\"model\": ...}, found " + describe(node));
    }
    return object;
  }

  /** Checks keys and types. */
  public static BlueprintTree of(ObjectNode root, String source) {
    keys(root, "", KEYS, source);
    if (!root.has("model")) {
      throw error(
          source, "model", "a Blueprint names its model, for example \"model\": \"hybrid-unet\"");
    }
    Selection model = selection(root.get("model"), "model", source);
    if (model.name().isEmpty()) {
      throw error(source, "model.name", "is missing");
    }
    Map<String, Selection> parts = new LinkedHashMap<>();
    if (root.has("parts")) {
      object(root.get("parts"), "parts", source)
          .fields()
          .forEachRemaining(
              e -> parts.put(e.getKey(), selection(e.getValue(), "parts." + e.getKey(), source)));
    }
    Map<String, Integer> training = new LinkedHashMap<>();
    if (root.has("training")) {
      ObjectNode given = object(root.get("training"), "training", source);
      keys(given, "training.", TRAINING_KEYS, source);
      given
          .fields()
          .forEachRemaining(
              e -> {
                if (!e.getValue().isIntegralNumber() || !e.getValue().canConvertToInt()) {
                  throw error(
                      source,
                      "training." + e.getKey(),
                      "takes a whole number, found " + describe(e.getValue()));
                }
                training.put(e.getKey(), e.getValue().intValue());
              });
    }
    OptionalLong seed = OptionalLong.empty();
    if (root.has("seed")) {
      JsonNode given = root.get("seed");
      if (!given.isIntegralNumber() || !given.canConvertToLong()) {
        throw error(source, "seed", "takes a whole number of 64 bits, found " + describe(given));
      }
      seed = OptionalLong.of(given.longValue());
    }
    Selection data =
        root.has("data") ? selection(root.get("data"), "data", source) : Selection.DEFAULT;
    Optional<Selection> engine = Optional.empty();
    if (root.has("engine")) {
      engine = Optional.of(selection(root.get("engine"), "engine", source));
      if (engine.get().name().isEmpty()) {
        throw error(source, "engine.name", "is missing");
      }
    }
    return new BlueprintTree(model, parts, data, engine, training, seed, source);
  }

  /** The Blueprint of a form that leaves nothing to defaults. */
  public Blueprint toBlueprint() {
    Map<String, PartSelection> selections = new LinkedHashMap<>();
    parts.forEach((slot, part) -> selections.put(slot, complete(part, "parts." + slot)));
    Blueprint.Training length = length();
    return new Blueprint(
        complete(model, "model"),
        selections,
        complete(data, "data"),
        engine.map(part -> complete(part, "engine")),
        length,
        seed.orElseThrow(() -> error(source, "seed", "is missing")));
  }

  private Blueprint.Training length() {
    int epochs = length("epochs");
    int batchSize = length("batchSize");
    int checkpointEvery = length("checkpointEvery");
    int sampleEvery = length("sampleEvery");
    try {
      return new Blueprint.Training(epochs, batchSize, checkpointEvery, sampleEvery);
    } catch (IllegalArgumentException e) {
      throw error(source, "training", Causes.of(e));
    }
  }

  private int length(String key) {
    Integer given = training.get(key);
    if (given == null) {
      throw error(source, "training." + key, "is missing");
    }
    return given;
  }

  private PartSelection complete(Selection part, String path) {
    return new PartSelection(
        part.name().orElseThrow(() -> error(source, path + ".name", "is missing")),
        part.version(),
        part.options());
  }

  static IllegalArgumentException error(String source, String path, String message) {
    return new IllegalArgumentException(source + ": " + path + ": " + message);
  }

  /** A value as JSON gives it, or as text where it isn't JSON. */
  static JsonNode guess(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isNumber() || node.isBoolean() || node.isArray() || node.isTextual()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      // Not JSON, hence text.
    }
    return JSON.getNodeFactory().textNode(text);
  }

  public static ObjectNode tree(Blueprint blueprint) {
    ObjectNode root = JSON.createObjectNode();
    root.set("model", tree(blueprint.model()));
    ObjectNode parts = root.putObject("parts");
    blueprint.parts().forEach((slot, part) -> parts.set(slot, tree(part)));
    root.set("data", tree(blueprint.data()));
    blueprint.engine().ifPresent(engine -> root.set("engine", tree(engine)));
    root.putObject("training")
        .put("epochs", blueprint.training().epochs())
        .put("batchSize", blueprint.training().batchSize())
        .put("checkpointEvery", blueprint.training().checkpointEvery())
        .put("sampleEvery", blueprint.training().sampleEvery());
    root.put("seed", blueprint.seed());
    return root;
  }

  public static String pretty(JsonNode node) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can't be written", e);
    }
  }

  /**
   * The single values by path, in a form that is the same for equal values: numbers as exact
   * decimals, because their shortest form differs between releases of Java.
   */
  public static Map<String, String> values(JsonNode node) {
    Map<String, String> values = new TreeMap<>();
    collect(node, "", values);
    return values;
  }

  private static void collect(JsonNode node, String path, Map<String, String> values) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              e ->
                  collect(
                      e.getValue(), path.isEmpty() ? e.getKey() : path + "." + e.getKey(), values));
    } else if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(canonical(item)));
      values.put(path, "[" + String.join(", ", items) + "]");
    } else {
      values.put(path, canonical(node));
    }
  }

  private static String canonical(JsonNode node) {
    if (!node.isNumber()) {
      return node.toString();
    }
    BigDecimal exact =
        node.isFloatingPointNumber() ? new BigDecimal(node.doubleValue()) : node.decimalValue();
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }

  private static JsonNode tree(PartSelection part) {
    ObjectNode node = JSON.createObjectNode().put("name", part.name());
    part.version().ifPresent(version -> node.put("version", version));
    node.set("options", JSON.valueToTree(part.options()));
    return node;
  }

  private static Selection selection(JsonNode node, String path, String source) {
    if (node.isTextual()) {
      return new Selection(Optional.of(name(node, path, source)), Optional.empty(), Map.of());
    }
    if (!node.isObject()) {
      throw error(
          source,
          path,
          "takes a part's name, or an object with name, version and options; found "
              + describe(node));
    }
    keys((ObjectNode) node, path + ".", SELECTION_KEYS, source);
    Optional<String> version = Optional.empty();
    if (node.has("version")) {
      if (!node.get("version").isTextual()) {
        throw error(
            source,
            path + ".version",
            "takes a version range as text, found " + describe(node.get("version")));
      }
      version = Optional.of(node.get("version").textValue());
      try {
        TrackedParts.range(version.get());
      } catch (IllegalArgumentException e) {
        throw error(source, path + ".version", Causes.of(e));
      }
    }
    Map<String, Object> options = new LinkedHashMap<>();
    if (node.has("options")) {
      object(node.get("options"), path + ".options", source)
          .fields()
          .forEachRemaining(
              e ->
                  options.put(
                      e.getKey(), option(e.getValue(), path + ".options." + e.getKey(), source)));
    }
    return new Selection(
        node.has("name")
            ? Optional.of(name(node.get("name"), path + ".name", source))
            : Optional.empty(),
        version,
        options);
  }

  private static String name(JsonNode node, String path, String source) {
    if (!node.isTextual() || node.textValue().isBlank()) {
      throw error(source, path, "takes a part's name, found " + describe(node));
    }
    return node.textValue();
  }

  private static Object option(JsonNode node, String path, String source) {
    if (node instanceof ArrayNode array) {
      List<Object> items = new ArrayList<>();
      array.forEach(item -> items.add(scalar(item, path + "[" + items.size() + "]", source)));
      return List.copyOf(items);
    }
    return scalar(node, path, source);
  }

  private static Object scalar(JsonNode node, String path, String source) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isNumber()) {
      return node.numberValue();
    }
    throw error(
        source,
        path,
        "takes text, a number, true, false or a list of these; found " + describe(node));
  }

  private static ObjectNode object(JsonNode node, String path, String source) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw error(source, path, "takes an object, {...}, found " + describe(node));
  }

  private static void keys(ObjectNode node, String prefix, List<String> allowed, String source) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!allowed.contains(key)) {
                throw error(source, prefix + key, "unknown key; " + Suggestion.among(key, allowed));
              }
            });
  }

  private static String describe(JsonNode node) {
    return node.isMissingNode() ? "nothing" : StrictJson.quote(node);
  }
}
