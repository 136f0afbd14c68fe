package org.ketloom.runtime.internal.blueprint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Sha256;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.text.Suggestion;
import org.ketloom.runtime.parts.PartRegistry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Blueprints as Jackson trees. */
@Component
public final class JsonBlueprints implements Blueprints {
  /** Far more than anybody writes by hand. */
  private static final int LARGEST = 16 << 20;

  private final PartRegistry registry;
  private final BiFunction<String, String, ObjectNode> reader;

  /** For parts of a registry. */
  @Activate
  public JsonBlueprints(@Reference PartRegistry registry) {
    this(registry, BlueprintTree::read);
  }

  /**
   * With another reader of JSON.
   *
   * @param reader takes a text and where it comes from, for messages
   */
  public JsonBlueprints(PartRegistry registry, BiFunction<String, String, ObjectNode> reader) {
    this.registry = registry;
    this.reader = reader;
  }

  @Override
  public Draft parse(String json, String source) {
    ObjectNode root = reader.apply(json, source);
    return new ParsedDraft(root, BlueprintTree.of(root, source), Optional.of(json));
  }

  @Override
  public Draft read(Path file) throws IOException {
    String json;
    try {
      json = RegularFile.text(file, LARGEST);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(file + " can't be read: " + Causes.of(e), e);
    }
    return parse(json, file.toString());
  }

  @Override
  public Draft ofModel(String name) {
    return ParsedDraft.of(JsonNodeFactory.instance.objectNode().put("model", name), "blueprint");
  }

  @Override
  public Draft draft(Blueprint blueprint) {
    return ParsedDraft.of(BlueprintTree.tree(blueprint), "blueprint");
  }

  @Override
  public Draft set(Draft draft, List<String> assignments) {
    ObjectNode root = ParsedDraft.of(draft).root().deepCopy();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "\"" + assignment + "\" is not of the form path=value, for example training.epochs=5");
      }
      set(
          root,
          assignment,
          assignment.substring(0, equals).strip(),
          assignment.substring(equals + 1).strip());
      BlueprintTree.of(root, "\"" + assignment + "\"");
    }
    return ParsedDraft.of(root, draft.source());
  }

  @Override
  public Blueprint complete(Draft draft) {
    return new Resolution(ParsedDraft.of(draft).tree(), registry, Map.of()).complete();
  }

  @Override
  public String json(Blueprint blueprint) {
    return BlueprintTree.pretty(BlueprintTree.tree(blueprint));
  }

  @Override
  public String fingerprint(Blueprint blueprint) {
    StringBuilder text = new StringBuilder();
    BlueprintTree.values(BlueprintTree.tree(blueprint))
        .forEach((path, value) -> text.append(path).append('=').append(value).append('\n'));
    return Sha256.of(text.toString());
  }

  @Override
  public List<String> differences(Blueprint here, Blueprint there) {
    Map<String, String> ours = BlueprintTree.values(BlueprintTree.tree(here));
    Map<String, String> theirs = BlueprintTree.values(BlueprintTree.tree(there));
    TreeSet<String> paths = new TreeSet<>(ours.keySet());
    paths.addAll(theirs.keySet());
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      String our = ours.getOrDefault(path, "nothing");
      String their = theirs.getOrDefault(path, "nothing");
      if (!our.equals(their)) {
        lines.add(path + ": " + our + " here, " + their + " there");
      }
    }
    return lines;
  }

  private static void set(ObjectNode root, String assignment, String path, String value) {
    String[] keys = path.split("\\.", -1);
    int depth = keys.length;
    switch (keys[0]) {
      case "seed" -> {
        if (depth == 1) {
          root.set("seed", BlueprintTree.guess(value));
          return;
        }
      }
      case "training" -> {
        if (depth == 2) {
          child(root, "training").set(keys[1], BlueprintTree.guess(value));
          return;
        }
      }
      case "model", "data", "engine" -> {
        if (select(root, keys, 0, value)) {
          return;
        }
      }
      case "parts" -> {
        if (depth > 1 && select(child(root, "parts"), keys, 1, value)) {
          return;
        }
      }
      default ->
          throw new IllegalArgumentException(
              "\""
                  + assignment
                  + "\": a Blueprint has no \""
                  + keys[0]
                  + "\"; "
                  + Suggestion.among(keys[0], BlueprintTree.KEYS));
    }
    throw new IllegalArgumentException(
        "\""
            + assignment
            + "\" doesn't name a single value; write for example parts.ansatz=cluster-state,"
            + " parts.ansatz.version=0.1, model.options.layers=3, training.epochs=5,"
            + " data.options.size=16, seed=7");
  }

  /** Sets something of the part at {@code keys[at]}; false if the path leads nowhere. */
  private static boolean select(ObjectNode parent, String[] keys, int at, String value) {
    String key = keys[at];
    int rest = keys.length - at - 1;
    if (rest == 0 || (rest == 1 && keys[at + 1].equals("name"))) {
      JsonNode before = parent.get(key);
      String name =
          before == null
              ? null
              : before.isTextual() ? before.textValue() : before.path("name").textValue();
      if (before != null && before.isObject() && (name == null || name.equals(value))) {
        ((ObjectNode) before).put("name", value);
      } else {
        parent.put(key, value);
      }
      return true;
    }
    if (rest == 1 && keys[at + 1].equals("version")) {
      part(parent, key).put("version", value);
      return true;
    }
    if (rest == 2 && keys[at + 1].equals("options")) {
      child(part(parent, key), "options").set(keys[at + 2], BlueprintTree.guess(value));
      return true;
    }
    return false;
  }

  /** A part in its long form. */
  private static ObjectNode part(ObjectNode parent, String key) {
    JsonNode before = parent.get(key);
    return before != null && before.isTextual()
        ? parent.putObject(key).put("name", before.textValue())
        : child(parent, key);
  }

  private static ObjectNode child(ObjectNode parent, String key) {
    return parent.get(key) instanceof ObjectNode object ? object : parent.putObject(key);
  }
}
