package org.ketloom.runtime.internal.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Untrusted;

/** Results of trials, in the folder {@code verdicts} of the store. */
final class ValidationResults {
  private static final Pattern FILE = Pattern.compile("([0-9a-f]{64})\\.json");

  /** The one remedy that a jar alone calls for. */
  private static final String NEW_PLUGIN = "new-plugin";

  private final StoreFolder folder;
  private final Consumer<String> steps;

  /**
   * The results of a store.
   *
   * @param steps told while a result is written, and when it is in its place
   */
  ValidationResults(StoreFolder folder, Consumer<String> steps) {
    this.folder = folder;
    this.steps = steps;
  }

  /** Records a result. */
  void record(ValidationResult result) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("file", result.file());
    json.put("bundle", result.bundle());
    result.parts().forEach(json.putArray("parts")::add);
    json.put("environment", result.environment());
    json.put("refusal", result.refusal());
    if (result.remedies().contains(new Remedy.NewPlugin())) {
      json.putArray("remedies").add(NEW_PLUGIN);
    }
    json.put("lasting", result.lasting());
    json.put("time", result.time().toString());
    json.put("millis", result.millis());
    Path file = file(result.sha256());
    folder.whileLocked(() -> folder.write(file, json, "noting " + result.sha256()));
    steps.accept("noted " + result.sha256());
  }

  /** The last result for a jar; empty if that isn't known. */
  Optional<ValidationResult> find(String sha256) {
    try {
      JsonNode json = folder.json(file(sha256));
      List<String> parts = new ArrayList<>();
      json.required("parts").forEach(node -> parts.add(Grammar.requirePart(node.asText())));
      List<Remedy> remedies = new ArrayList<>();
      for (JsonNode remedy : json.path("remedies")) {
        if (remedy.asText().equals(NEW_PLUGIN)) {
          remedies.add(new Remedy.NewPlugin());
        }
      }
      return Optional.of(
          new ValidationResult(
              sha256,
              Untrusted.printable(json.required("file").asText()),
              Untrusted.printable(json.required("bundle").asText()),
              parts,
              json.required("environment").asText(),
              Untrusted.printable(json.required("refusal").asText()),
              remedies,
              json.required("lasting").asBoolean(),
              Instant.parse(json.required("time").asText()),
              json.required("millis").asLong()));
    } catch (IOException | RuntimeException e) {
      // Not there, or not readable: the jar is tried again.
      return Optional.empty();
    }
  }

  /** All results, the youngest first. */
  List<ValidationResult> all() throws IOException {
    return folder.names(folder.resolve("verdicts"), FILE).stream()
        .flatMap(sha256 -> find(sha256).stream())
        .sorted(Comparator.comparing(ValidationResult::time).reversed())
        .toList();
  }

  private Path file(String sha256) {
    return folder.resolve("verdicts").resolve(Grammar.requireSha256(sha256) + ".json");
  }
}
