package org.ketloom.runtime.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.Generation;

/**
 * The files of a run's folder by name.
 *
 * @param folder the folder
 */
record RunFiles(Path folder) {
  private static final JsonMapper JSON = new JsonMapper();

  Path blueprint() {
    return folder.resolve("blueprint.json");
  }

  Path manifest() {
    return folder.resolve("manifest.json");
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  Path lossTable() {
    return folder.resolve("loss.csv");
  }

  Path lossChart() {
    return folder.resolve("loss.svg");
  }

  Path grid(int epoch) {
    return folder.resolve("samples").resolve(String.format("epoch-%04d.png", epoch));
  }

  Path lock() {
    return folder.resolve(".lock");
  }

  /**
   * The Blueprint that the run was started with.
   *
   * @throws IOException if there is no run in the folder, or the file can't be read
   */
  Blueprint readBlueprint() throws IOException {
    try {
      String source = blueprint().toString();
      return BlueprintTree.of(
              BlueprintTree.read(Files.readString(blueprint(), StandardCharsets.UTF_8), source),
              source)
          .toBlueprint();
    } catch (NoSuchFileException e) {
      throw new IOException(folder + " holds no run: there is no " + blueprint().getFileName(), e);
    } catch (IOException e) {
      throw new IOException(blueprint() + " can't be read: " + AtomicFile.cause(e), e);
    }
  }

  /** A JSON object of a file. */
  static JsonNode readJson(Path file) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new IOException(
          file
              + " is damaged, line "
              + e.getLocation().getLineNr()
              + ": "
              + e.getOriginalMessage().lines().findFirst().orElse("not JSON"),
          e);
    } catch (IOException e) {
      throw new IOException(
          file
              + " can't be read: "
              + (Files.exists(file) ? AtomicFile.cause(e) : "it doesn't exist"),
          e);
    }
    if (!node.isObject()) {
      throw new IOException(file + " is damaged: it holds no JSON object");
    }
    return node;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static void writeText(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  static ObjectNode json(Map<String, Generation> generations) {
    ObjectNode node = object();
    generations.forEach(
        (path, generation) ->
            node.putObject(path)
                .put("name", generation.name())
                .put("bundle", generation.bundle())
                .put("version", generation.version())
                .put("sha256", generation.sha256()));
    return node;
  }

  static Map<String, Generation> generations(JsonNode node) {
    Map<String, Generation> generations = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            e ->
                generations.put(
                    e.getKey(),
                    new Generation(
                        e.getValue().path("name").asText(),
                        e.getValue().path("bundle").asText(),
                        e.getValue().path("version").asText(),
                        e.getValue().path("sha256").asText())));
    return generations;
  }
}
