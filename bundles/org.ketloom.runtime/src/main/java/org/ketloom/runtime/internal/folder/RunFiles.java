package org.ketloom.runtime.internal.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * The files of a run's folder by name.
 *
 * @param folder the folder
 */
public record RunFiles(Path folder) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Far more than a run or a job definition has. */
  private static final int LARGEST_JSON = 64 << 20;

  public Path blueprint() {
    return folder.resolve("blueprint.json");
  }

  public Path manifest() {
    return folder.resolve("manifest.json");
  }

  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** The draft of a job definition that the run was started from. */
  public Path draft() {
    return folder.resolve("draft.json");
  }

  /** What swaps by hand replaced. */
  public Path swaps() {
    return folder.resolve("swaps");
  }

  /** What was done before the run began again. */
  Path attempts() {
    return folder.resolve("attempts");
  }

  Path samples() {
    return folder.resolve("samples");
  }

  public Path lossTable() {
    return folder.resolve("loss.csv");
  }

  public Path lossChart() {
    return folder.resolve("loss.svg");
  }

  /** What people have written about the run. */
  public Path notes() {
    return folder.resolve("notes.json");
  }

  /** When the run was trained. */
  public Path times() {
    return folder.resolve("times.json");
  }

  public Path grid(int epoch) {
    return samples().resolve(String.format(Locale.ROOT, "epoch-%04d.png", epoch));
  }

  public Path lock() {
    return folder.resolve(".lock");
  }

  /** Moves what was done until now to a new folder in {@link #attempts}; checkpoints last. */
  public void archive() throws IOException {
    int number = 1;
    while (Files.exists(attempts().resolve(String.format(Locale.ROOT, "%04d", number)))) {
      number++;
    }
    Path archive = attempts().resolve(String.format(Locale.ROOT, "%04d", number));
    try {
      Files.createDirectories(archive);
      for (Path file : List.of(lossTable(), lossChart(), samples(), checkpoints())) {
        if (Files.exists(file)) {
          Files.move(file, archive.resolve(file.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new IOException(archive + " can't be written: " + Causes.of(e), e);
    }
  }

  /**
   * Refuses a folder without a Blueprint.
   *
   * @throws IOException if there is no run in the folder
   */
  public void requireRun() throws IOException {
    if (!Files.exists(blueprint())) {
      throw noRun();
    }
  }

  private FileProblemException noRun() {
    return new FileProblemException(
        Files.isDirectory(folder)
            ? folder + " holds no run: there is no " + blueprint().getFileName()
            : "there is no folder " + folder,
        new Remedy.ListRuns());
  }

  /**
   * The Blueprint that the run continues with.
   *
   * @throws IOException if there is no run in the folder, or the file can't be read
   */
  public Blueprint readBlueprint() throws IOException {
    try {
      String source = blueprint().toString();
      return BlueprintTree.of(
              BlueprintTree.read(RegularFile.text(blueprint(), LARGEST_JSON), source), source)
          .toBlueprint();
    } catch (NoSuchFileException e) {
      throw noRun();
    } catch (IOException e) {
      throw new IOException(blueprint() + " can't be read: " + Causes.of(e), e);
    }
  }

  /** A JSON object of a file. */
  public static JsonNode readJson(Path file) throws IOException {
    String text;
    try {
      text = new String(RegularFile.read(file, LARGEST_JSON), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IOException(
          file + " can't be read: " + (Files.exists(file) ? Causes.of(e) : "it doesn't exist"), e);
    }
    try {
      return StrictJson.object(text, file + " is damaged");
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * A constant by its name in lower case.
   *
   * @throws IllegalArgumentException naming the key and the names that are known
   */
  static <E extends Enum<E>> E constant(Class<E> type, JsonNode json, String key) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(json.path(key).asText())) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        key
            + " is "
            + (json.has(key) ? StrictJson.quote(json.get(key)) : "missing")
            + ", expected one of "
            + Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  public static void writeText(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  static ObjectNode json(Map<String, PartIdentity> identities) {
    ObjectNode node = object();
    identities.forEach(
        (path, identity) ->
            node.putObject(path)
                .put("name", identity.name())
                .put("bundle", identity.bundle())
                .put("version", identity.version())
                .put("sha256", identity.sha256()));
    return node;
  }

  static Map<String, PartIdentity> identities(JsonNode node) {
    Map<String, PartIdentity> identities = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            e ->
                identities.put(
                    e.getKey(),
                    new PartIdentity(
                        e.getValue().path("name").asText(),
                        e.getValue().path("bundle").asText(),
                        e.getValue().path("version").asText(),
                        e.getValue().path("sha256").asText())));
    return identities;
  }
}
