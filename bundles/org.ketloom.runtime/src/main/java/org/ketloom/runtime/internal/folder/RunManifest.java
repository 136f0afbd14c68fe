package org.ketloom.runtime.internal.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageShape;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Swap;

/**
 * A run's {@code manifest.json}: its state, settings and provenance. It holds no time of day but
 * that of swaps: two runs of one Blueprint on one machine that were left alone have equal
 * manifests.
 *
 * @param json what is in the file
 */
public record RunManifest(ObjectNode json) {
  private static final String FORMAT = "ketloom-run";
  private static final int VERSION = 1;

  /** What a new run is. */
  public static RunManifest of(
      Composition composition, Dataset data, RunSettings settings, Blueprints blueprints) {
    ObjectNode json =
        RunFiles.object()
            .put("format", FORMAT)
            .put("formatVersion", VERSION)
            .put("state", name(Run.State.CREATED))
            .put("policy", settings.policy().toString())
            .put("autoResume", settings.autoResume())
            .put("step", 0)
            .put("steps", ResolvedBlueprint.steps(data, composition.blueprint().training()))
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
    describe(composition, json);
    json.set("java", java());
    return new RunManifest(json);
  }

  /** What the model is, and where it came from. */
  private static void describe(Composition composition, ObjectNode json) {
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
    json.set("generations", RunFiles.json(composition.identities()));
  }

  /**
   * Reads and checks a file.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static RunManifest read(RunFiles files) throws IOException {
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
      manifest.settings();
      manifest.swaps();
    } catch (IllegalArgumentException e) {
      throw new IOException(files.manifest() + " is damaged: " + e.getMessage(), e);
    }
    if (!json.at("/images/classes").isArray() || manifest.steps() < 1) {
      throw new IOException(files.manifest() + " is damaged: classes or steps are missing");
    }
    return manifest;
  }

  public void write(RunFiles files) throws IOException {
    RunFiles.writeText(files.manifest(), BlueprintTree.pretty(json));
  }

  public Run.State state() {
    return RunFiles.constant(Run.State.class, json, "state");
  }

  public ImageShape shape() {
    JsonNode shape = json.at("/images/shape");
    return new ImageShape(
        shape.path("channels").asInt(), shape.path("height").asInt(), shape.path("width").asInt());
  }

  public List<String> classes() {
    List<String> classes = new ArrayList<>();
    json.at("/images/classes").forEach(name -> classes.add(name.asText()));
    return classes;
  }

  public long steps() {
    return json.path("steps").asLong();
  }

  public String dataFingerprint() {
    return json.at("/images/fingerprint").asText();
  }

  public long step() {
    return json.path("step").asLong();
  }

  public String message() {
    return json.path("message").asText("");
  }

  public RunSettings settings() {
    return new RunSettings(
        RunSettings.Policy.of(json.path("policy").asText("pin")),
        json.path("autoResume").asBoolean(false));
  }

  /** The bundles that the run began with. */
  public Map<String, PartIdentity> identities() {
    return RunFiles.identities(json.path("generations"));
  }

  /** The bundles that the run continues with, after resumptions and swaps. */
  public Map<String, PartIdentity> current() {
    return json.has("current") ? RunFiles.identities(json.path("current")) : identities();
  }

  /** Fingerprints of the circuits that the run continues with, by name. */
  public Map<String, String> circuits() {
    Map<String, String> circuits = new LinkedHashMap<>();
    json.path("circuits")
        .fields()
        .forEachRemaining(e -> circuits.put(e.getKey(), e.getValue().path("fingerprint").asText()));
    return circuits;
  }

  public List<Long> resumptions() {
    List<Long> steps = new ArrayList<>();
    json.path("resumptions").forEach(entry -> steps.add(entry.path("step").asLong()));
    return steps;
  }

  public List<Swap> swaps() {
    List<Swap> swaps = new ArrayList<>();
    json.path("swaps").forEach(node -> swaps.add(SwapFiles.swap(node)));
    return swaps;
  }

  /** Number of swaps by hand that were done, and of those taken back. */
  public int handSwaps() {
    return (int)
        swaps().stream()
            .filter(swap -> swap.outcome() == Swap.Outcome.DONE)
            .filter(swap -> swap.kind() == Swap.Kind.HAND || swap.kind() == Swap.Kind.UNDO)
            .count();
  }

  /** Fingerprint of the Blueprint of a swap that was being written; empty if none was. */
  public String pending() {
    return json.path("pendingBlueprint").asText("");
  }

  /** With the Blueprint of a swap that is being written; empty when it is. */
  public RunManifest pending(String fingerprint) {
    ObjectNode next = json.deepCopy();
    next.remove("pendingBlueprint");
    if (!fingerprint.isEmpty()) {
      next.put("pendingBlueprint", fingerprint);
    }
    return new RunManifest(next);
  }

  /** With other settings. */
  public RunManifest with(RunSettings settings) {
    ObjectNode next = json.deepCopy();
    next.put("policy", settings.policy().toString()).put("autoResume", settings.autoResume());
    return new RunManifest(next);
  }

  /** With one more swap. */
  public RunManifest with(Swap swap) {
    ObjectNode next = json.deepCopy();
    next.withArray("swaps").add(SwapFiles.json(swap));
    return new RunManifest(next);
  }

  /** With the swaps of another manifest, and one more. */
  public RunManifest withSwaps(RunManifest other, Swap swap) {
    ObjectNode next = json.deepCopy();
    next.set("swaps", other.json.path("swaps").deepCopy());
    return new RunManifest(next).with(swap);
  }

  /** With what the run continues with after a swap. */
  public RunManifest with(Composition composition, long steps, Blueprints blueprints) {
    ObjectNode next = json.deepCopy();
    JsonNode began = next.get("generations");
    describe(composition, next);
    next.set("generations", began);
    next.set("current", RunFiles.json(composition.identities()));
    next.put("steps", steps);
    next.put("blueprintFingerprint", blueprints.fingerprint(composition.blueprint()));
    return new RunManifest(next);
  }

  /** With another state. */
  public RunManifest with(Run.State state, long step, String message) {
    ObjectNode next = json.deepCopy();
    next.put("state", name(state)).put("step", step);
    next.remove("message");
    if (!message.isEmpty()) {
      next.put("message", message);
    }
    return new RunManifest(next);
  }

  /** With one more entry of where the run was resumed and from what. */
  public RunManifest resumed(long step, Composition composition) {
    Map<String, PartIdentity> identities = composition.identities();
    ObjectNode next = json.deepCopy();
    JsonNode began = next.get("generations");
    describe(composition, next);
    next.set("generations", began);
    ArrayNode resumptions = next.withArray("resumptions");
    ObjectNode entry = resumptions.addObject().put("step", step);
    entry.set("generations", RunFiles.json(identities));
    entry.set("java", java());
    if (!identities.equals(current())) {
      next.set("current", RunFiles.json(identities));
    }
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
