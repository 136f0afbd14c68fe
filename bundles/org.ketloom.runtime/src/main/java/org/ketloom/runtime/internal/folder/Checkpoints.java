package org.ketloom.runtime.internal.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Causes;
import org.ketloom.files.Safetensors;
import org.ketloom.files.Sha256;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * The checkpoints of a run. Each is a safetensors file and a JSON manifest, which is written last:
 * a checkpoint whose manifest is there is whole.
 */
public final class Checkpoints {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final String FORMAT = "ketloom-checkpoint";
  private static final int VERSION = 1;
  private static final int KEPT = 3;

  /** Step, and the number of swaps by hand where there were any: {@code step-000000120-1.json}. */
  private static final Pattern NAME =
      Pattern.compile(
          "\\.?step-(\\d{9,})(?:-(\\d+))?\\.(json|safetensors)(?:(?:\\.[0-9a-f-]{36})?\\.tmp)?");

  private static final Comparator<Path> ORDER =
      Comparator.comparingLong(Checkpoints::step).thenComparingLong(Checkpoints::swaps);

  /**
   * What a checkpoint's manifest says.
   *
   * @param file the manifest
   * @param step steps that were made
   * @param epoch epochs that were made whole
   * @param batch batches of the next epoch that were made: the data cursor
   */
  public record Checkpoint(Path file, long step, int epoch, int batch, JsonNode json) {

    public Map<String, PartIdentity> identities() {
      return RunFiles.identities(json.path("generations"));
    }

    /**
     * The Blueprint that it was made with.
     *
     * @throws IOException if it holds none
     */
    public Blueprint blueprint() throws IOException {
      if (!(json.path("blueprint") instanceof ObjectNode tree)) {
        throw damaged(file, "it holds no Blueprint");
      }
      return BlueprintTree.of(tree, file.toString()).toBlueprint();
    }

    /** Fingerprints of the circuits that it was made with; empty in those of earlier releases. */
    public Map<String, String> circuits() {
      Map<String, String> circuits = new LinkedHashMap<>();
      json.path("circuits")
          .fields()
          .forEachRemaining(e -> circuits.put(e.getKey(), e.getValue().asText()));
      return circuits;
    }

    public String blueprintFingerprint() {
      return json.path("blueprintFingerprint").asText();
    }

    /** The file of its arrays. */
    public Path arrays() {
      return file.resolveSibling(json.path("arrays").asText());
    }
  }

  private final Path folder;
  private final Blueprints blueprints;

  public Checkpoints(RunFiles files, Blueprints blueprints) {
    this.folder = files.checkpoints();
    this.blueprints = blueprints;
  }

  /**
   * Writes a checkpoint, and drops all but the last ones.
   *
   * @param circuits fingerprints of the model's circuits by name; empty if they aren't known
   * @param swaps number of swaps by hand so far: a checkpoint never takes the place of the one that
   *     was written before a swap at the same step
   * @throws ArithmeticException naming the tensor that holds a value that is not finite
   * @throws IOException naming the file that can't be written; the checkpoints before are there
   */
  public Checkpoint write(
      Blueprint blueprint,
      Map<String, PartIdentity> identities,
      Map<String, String> circuits,
      String dataFingerprint,
      int swaps,
      long step,
      int stepsPerEpoch,
      Map<String, Tensor> state)
      throws IOException {
    Safetensors.check(state);
    String name = String.format(Locale.ROOT, "step-%09d", step) + (swaps == 0 ? "" : "-" + swaps);
    Path arrays = folder.resolve(name + ".safetensors");
    Path manifest = folder.resolve(name + ".json");
    MessageDigest digest = Sha256.digest();
    AtomicFile.write(
        arrays,
        out -> {
          DigestOutputStream digesting = new DigestOutputStream(out, digest);
          Safetensors.write(state, digesting);
          digesting.flush();
        });
    int epoch = (int) (step / stepsPerEpoch);
    int batch = (int) (step % stepsPerEpoch);
    ObjectNode json =
        RunFiles.object()
            .put("format", FORMAT)
            .put("formatVersion", VERSION)
            .put("arrays", arrays.getFileName().toString())
            .put("sha256", HexFormat.of().formatHex(digest.digest()))
            .put("step", step)
            .put("seed", blueprint.seed());
    json.putObject("next").put("epoch", epoch).put("batch", batch);
    json.put("dataFingerprint", dataFingerprint)
        .put("blueprintFingerprint", blueprints.fingerprint(blueprint));
    json.set("blueprint", BlueprintTree.tree(blueprint));
    json.set("generations", RunFiles.json(identities));
    if (!circuits.isEmpty()) {
      circuits.forEach(json.putObject("circuits")::put);
    }
    RunFiles.writeText(manifest, BlueprintTree.pretty(json));
    prune();
    return new Checkpoint(manifest, step, epoch, batch, json);
  }

  /** The manifests, the oldest first. */
  public List<Path> manifests() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> isManifest(f.getFileName().toString())).sorted(ORDER).toList();
    }
  }

  /** Steps that are in the last checkpoint, by its name alone. */
  public OptionalLong lastStep() throws IOException {
    return manifests().stream().mapToLong(Checkpoints::step).reduce((a, b) -> b);
  }

  /** The last checkpoint. */
  public Optional<Checkpoint> last() throws IOException {
    List<Path> manifests = manifests();
    return manifests.isEmpty()
        ? Optional.empty()
        : Optional.of(read(manifests.get(manifests.size() - 1)));
  }

  /**
   * The checkpoint after a number of whole epochs.
   *
   * @throws IOException naming what is there instead
   */
  public Checkpoint ofEpoch(int epoch) throws IOException {
    Map<Integer, Checkpoint> byEpoch = new LinkedHashMap<>();
    for (Path manifest : manifests()) {
      Checkpoint checkpoint = read(manifest);
      // The first of an epoch is the one at its end; at the same step the last swap counts.
      byEpoch.merge(checkpoint.epoch(), checkpoint, (a, b) -> a.step() == b.step() ? b : a);
    }
    if (!byEpoch.containsKey(epoch)) {
      throw new IOException(
          folder
              + " holds no checkpoint of epoch "
              + epoch
              + "; there is "
              + (byEpoch.isEmpty()
                  ? "none"
                  : "epoch "
                      + String.join(
                          ", ", byEpoch.keySet().stream().map(String::valueOf).toList())));
    }
    return byEpoch.get(epoch);
  }

  /**
   * The arrays of a checkpoint, after checking that it belongs to a Blueprint.
   *
   * @throws IllegalArgumentException saying in what the Blueprints differ
   * @throws IOException naming the file that is damaged
   */
  public Map<String, Tensor> arrays(Checkpoint checkpoint, Blueprint blueprint) throws IOException {
    JsonNode json = checkpoint.json();
    if (!checkpoint.blueprintFingerprint().equals(blueprints.fingerprint(blueprint))) {
      String source = checkpoint.file().toString();
      List<String> differences = blueprints.differences(blueprint, checkpoint.blueprint());
      if (differences.isEmpty()) {
        throw damaged(checkpoint.file(), "the fingerprint of its Blueprint is wrong");
      }
      throw new IllegalArgumentException(
          source + " belongs to a different Blueprint: " + String.join("; ", differences));
    }
    Path arrays = checkpoint.arrays();
    String sum;
    Map<String, Tensor> state;
    try {
      state = Safetensors.read(arrays);
      sum = Sha256.of(arrays);
    } catch (FileSystemException e) {
      throw new IOException(arrays + " can't be read: " + Causes.of(e), e);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + remedy(checkpoint.file()), e);
    }
    if (!sum.equals(json.path("sha256").asText())) {
      throw new IOException(
          arrays
              + " is damaged: its SHA-256 is not that of its manifest"
              + remedy(checkpoint.file()));
    }
    return state;
  }

  private static String remedy(Path manifest) {
    return "; delete " + manifest + " to go back to the checkpoint before";
  }

  /** Reads a checkpoint's manifest, wherever it lies. */
  public static Checkpoint read(Path manifest) throws IOException {
    JsonNode json = RunFiles.readJson(manifest);
    if (!json.path("format").asText().equals(FORMAT)
        || json.path("formatVersion").asInt() != VERSION) {
      throw damaged(
          manifest,
          "it should be of format "
              + FORMAT
              + " "
              + VERSION
              + ", found "
              + json.path("format").asText("none")
              + " "
              + json.path("formatVersion").asText(""));
    }
    for (JsonNode number :
        List.of(json.path("step"), json.at("/next/epoch"), json.at("/next/batch"))) {
      if (!number.isIntegralNumber() || number.longValue() < 0) {
        throw damaged(manifest, "step and next.epoch and next.batch must be whole numbers");
      }
    }
    // A folder of runs may come from somebody else: its files name none outside of it.
    if (!Untrusted.isPlainName(json.path("arrays").asText())) {
      throw damaged(manifest, "arrays is not the plain name of a file next to it");
    }
    return new Checkpoint(
        manifest,
        json.path("step").longValue(),
        json.at("/next/epoch").intValue(),
        json.at("/next/batch").intValue(),
        json);
  }

  private void prune() throws IOException {
    List<Path> manifests = manifests();
    List<String> kept =
        manifests.subList(Math.max(0, manifests.size() - KEPT), manifests.size()).stream()
            .map(Checkpoints::stem)
            .toList();
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      // Manifests first: what has none is no checkpoint, whenever the deleting ends.
      all =
          files
              .filter(f -> NAME.matcher(f.getFileName().toString()).matches())
              .filter(f -> f.getFileName().toString().startsWith(".") || !kept.contains(stem(f)))
              .sorted(
                  Comparator.comparing((Path f) -> !f.toString().endsWith(".json"))
                      .thenComparing(f -> f))
              .toList();
    }
    for (Path file : all) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Somebody reads it, perhaps: the next checkpoint tries again.
        LOG.log(Level.DEBUG, file + " can't be deleted", e);
      }
    }
  }

  private static boolean isManifest(String name) {
    return !name.startsWith(".") && name.endsWith(".json") && NAME.matcher(name).matches();
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static long step(Path file) {
    return number(file, 1);
  }

  private static long swaps(Path file) {
    return number(file, 2);
  }

  private static long number(Path file, int group) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() && name.group(group) != null ? Long.parseLong(name.group(group)) : 0;
  }

  private static IOException damaged(Path file, String what) {
    return new IOException(file + " is damaged: " + what);
  }
}
