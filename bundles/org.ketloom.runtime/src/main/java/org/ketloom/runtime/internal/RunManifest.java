package org.ketloom.runtime.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageShape;
import org.ketloom.runtime.Blueprints;
import org.ketloom.runtime.Composition;
import org.ketloom.runtime.Generation;
import org.ketloom.runtime.Run;

/**
 * A run's {@code manifest.json}: its state and its provenance. It holds no time of day: two runs of
 * one Blueprint on one machine have equal manifests.
 *
 * @param json what is in the file
 */
record RunManifest(ObjectNode json) {
  private static final String FORMAT = "ketloom-run";
  private static final int VERSION = 1;

  /** What a new run is. */
  static RunManifest of(Composition composition, Dataset data, Blueprints blueprints) {
    ObjectNode json =
        RunFiles.object()
            .put("format", FORMAT)
            .put("formatVersion", VERSION)
            .put("state", name(Run.State.CREATED))
            .put("step", 0)
            .put("steps", PartComposer.steps(composition.blueprint(), data))
            .put("seed", composition.blueprint().seed())
            .put("blueprintFingerprint", blueprints.fingerprint(composition.blueprint()));
    ObjectNode images = json.putObject("images");
    images.put("count", data.size()).put("fingerprint", data.fingerprint());
    images
        .putObject("shape")
        .put("channels", data.shape().channels())
        .put("height", data.shape().height())
        .put("width", data.shape().width());
    data.classes().forEach(images.putArray("classes")::add);
    ObjectNode parameters = json.putObject("parameters");
    composition.model().parameters().forEach(parameters::put);
    ObjectNode circuits = json.putObject("circuits");
    for (Map.Entry<String, Circuit> entry : composition.model().circuits().entrySet()) {
      Circuit circuit = entry.getValue();
      circuits
          .putObject(entry.getKey())
          .put("wires", circuit.wires())
          .put("gates", circuit.operations().size())
          .put("depth", circuit.depth())
          .put("fingerprint", circuit.fingerprint());
    }
    json.set("generations", RunFiles.json(composition.generations()));
    json.set("java", java());
    return new RunManifest(json);
  }

  /**
   * Reads and checks a file.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  static RunManifest read(RunFiles files) throws IOException {
    JsonNode json = RunFiles.readJson(files.manifest());
    if (!json.path("format").asText().equals(FORMAT)
        || json.path("formatVersion").asInt() != VERSION) {
      throw new IOException(
          files.manifest()
              + " is damaged: it should be of format "
              + FORMAT
              + " "
              + VERSION
              + ", found "
              + json.path("format").asText("none")
              + " "
              + json.path("formatVersion").asText(""));
    }
    RunManifest manifest = new RunManifest((ObjectNode) json);
    try {
      manifest.state();
      manifest.shape();
    } catch (IllegalArgumentException e) {
      throw new IOException(files.manifest() + " is damaged: " + e.getMessage(), e);
    }
    if (manifest.classes().isEmpty() || manifest.steps() < 1) {
      throw new IOException(files.manifest() + " is damaged: classes or steps are missing");
    }
    return manifest;
  }

  void write(RunFiles files) throws IOException {
    RunFiles.writeText(files.manifest(), BlueprintTree.pretty(json));
  }

  Run.State state() {
    return Run.State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT));
  }

  ImageShape shape() {
    JsonNode shape = json.at("/images/shape");
    return new ImageShape(
        shape.path("channels").asInt(), shape.path("height").asInt(), shape.path("width").asInt());
  }

  List<String> classes() {
    List<String> classes = new ArrayList<>();
    json.at("/images/classes").forEach(name -> classes.add(name.asText()));
    return classes;
  }

  long steps() {
    return json.path("steps").asLong();
  }

  String dataFingerprint() {
    return json.at("/images/fingerprint").asText();
  }

  Map<String, Generation> generations() {
    return RunFiles.generations(json.path("generations"));
  }

  /** With another state. */
  RunManifest with(Run.State state, long step, String message) {
    ObjectNode next = json.deepCopy();
    next.put("state", name(state)).put("step", step);
    next.remove("message");
    if (!message.isEmpty()) {
      next.put("message", message);
    }
    return new RunManifest(next);
  }

  /** With one more entry of where the run was resumed and from what. */
  RunManifest resumed(long step, Map<String, Generation> generations) {
    ObjectNode next = json.deepCopy();
    ArrayNode resumptions = next.withArray("resumptions");
    ObjectNode entry = resumptions.addObject().put("step", step);
    entry.set("generations", RunFiles.json(generations));
    entry.set("java", java());
    return new RunManifest(next);
  }

  private static ObjectNode java() {
    return RunFiles.object()
        .put("version", System.getProperty("java.version"))
        .put("vendor", System.getProperty("java.vendor"))
        .put("vm", System.getProperty("java.vm.name"))
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  private static String name(Run.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
