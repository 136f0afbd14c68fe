package org.ketloom.runtime.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.Deployment;
import org.ketloom.runtime.Plugin;

/**
 * Deployments on disk, in a folder that containers share:
 *
 * <pre>
 * jars/SHA-256.jar       content of plugins
 * 00000007.json          deployment 7
 * current                7: the only file that is ever replaced by something that means otherwise
 * verdicts/SHA-256.json  what came out when a jar was tried
 * lock                   held while a deployment is made
 * </pre>
 *
 * <p>Whatever is interrupted between two steps, {@code current} names a deployment that is whole,
 * and whose jars are there.
 */
final class DeploymentStore {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String REMEDY =
      "; `ketloom deploy list` shows the others, `ketloom deploy rollback N` goes back to one";

  /**
   * What came out when a jar was tried.
   *
   * @param sha256 of the jar
   * @param file name of the file
   * @param bundle symbolic name and version; empty if it couldn't be read
   * @param parts what it brings
   * @param environment what it was checked with
   * @param refusal why it was refused; empty if it was accepted
   * @param lasting whether the same would come out again with the same environment
   * @param time when
   * @param millis how long the trial took
   */
  record Verdict(
      String sha256,
      String file,
      String bundle,
      List<String> parts,
      String environment,
      String refusal,
      boolean lasting,
      Instant time,
      long millis) {

    boolean accepted() {
      return refusal.isEmpty();
    }
  }

  private final Path folder;
  private final Consumer<String> steps;

  /**
   * A store.
   *
   * @param folder made when something is written
   * @param steps told after each step that changes something on disk
   */
  DeploymentStore(Path folder, Consumer<String> steps) {
    this.folder = folder;
    this.steps = steps;
  }

  /** The current deployment; {@link Deployment#NONE} before the first. */
  Deployment current() throws IOException {
    int number = pointer();
    return number == 0 ? Deployment.NONE : read(number);
  }

  /** The number of the current deployment; 0 before the first. */
  int pointer() throws IOException {
    Path file = folder.resolve("current");
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no number; delete it to begin with no plugin", e);
    }
  }

  /** All deployments up to the current one, by number; without those that can't be read. */
  List<Deployment> all() throws IOException {
    List<Deployment> all = new ArrayList<>();
    int last = pointer();
    for (int number = 1; number <= last; number++) {
      try {
        all.add(read(number));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a deployment is left out", e);
      }
    }
    return all;
  }

  /**
   * Reads a deployment.
   *
   * @throws IOException if it isn't there or damaged
   */
  Deployment read(int number) throws IOException {
    Path file = file(number);
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      List<Plugin> plugins = new ArrayList<>();
      for (JsonNode plugin : json.required("plugins")) {
        plugins.add(
            new Plugin(
                plugin.required("bundle").asText(),
                plugin.required("version").asText(),
                plugin.required("sha256").asText(),
                plugin.required("file").asText(),
                texts(plugin.required("parts"))));
      }
      Map<String, String> files = new TreeMap<>();
      json.required("files")
          .fields()
          .forEachRemaining(f -> files.put(f.getKey(), f.getValue().asText()));
      return new Deployment(
          number,
          Instant.parse(json.required("time").asText()),
          json.required("reason").asText(),
          plugins,
          files);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " is missing" + REMEDY, e);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IOException(file + " is damaged (" + e.getMessage() + ")" + REMEDY, e);
    }
  }

  /**
   * Makes the next deployment. No other container makes one meanwhile.
   *
   * @param change what follows the current deployment; the same plugins and files for no change.
   *     Its number and time are set here.
   * @return the current deployment
   * @throws IOException if the current deployment can't be read, or the next not be written
   */
  Deployment commit(UnaryOperator<Deployment> change) throws IOException {
    return commit(null, change);
  }

  /**
   * As {@link #commit}, also from a current deployment that can't be read.
   *
   * @param files the files of the deployment, without plugins, that stands in for it
   */
  Deployment overrule(Map<String, String> files, UnaryOperator<Deployment> change)
      throws IOException {
    return commit(files, change);
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private Deployment commit(Map<String, String> files, UnaryOperator<Deployment> change)
      throws IOException {
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Deployment before;
      boolean known = true;
      try {
        before = current();
      } catch (IOException e) {
        if (files == null) {
          throw e;
        }
        known = false;
        before = new Deployment(pointer(), Instant.EPOCH, "", List.of(), files);
      }
      Deployment wanted = change.apply(before);
      boolean samePlugins = known && wanted.plugins().equals(before.plugins());
      if (samePlugins && wanted.files().equals(before.files())) {
        return before;
      }
      // What files there are is no history: it doesn't deserve a number of its own.
      boolean filesAlone = before.number() > 0 && samePlugins;
      Deployment next =
          new Deployment(
              filesAlone ? before.number() : before.number() + 1,
              filesAlone ? before.time() : Instant.now(),
              filesAlone ? before.reason() : wanted.reason(),
              wanted.plugins(),
              wanted.files());
      write(file(next.number()), json(next));
      steps.accept("recorded deployment " + next.number());
      if (!filesAlone) {
        AtomicFile.write(
            folder.resolve("current"),
            out -> out.write((next.number() + "\n").getBytes(StandardCharsets.US_ASCII)));
        steps.accept("switched to deployment " + next.number());
      }
      return next;
    }
  }

  /**
   * Copies a jar, so that nobody can change it under the checks.
   *
   * @return a temporary file; to be kept or deleted
   */
  Path copy(Path jar) throws IOException {
    Files.createDirectories(folder);
    Path copy = Files.createTempFile(folder, "incoming-", ".jar");
    try (InputStream in = Files.newInputStream(jar);
        OutputStream out = Files.newOutputStream(copy)) {
      in.transferTo(out);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
    return copy;
  }

  /** SHA-256 of a file in hexadecimal. */
  static String hash(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Puts a copy into the store. */
  void keep(Path copy, String sha256) throws IOException {
    Path jar = jar(sha256);
    Files.createDirectories(jar.getParent());
    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    AtomicFile.move(copy, jar);
    steps.accept("kept " + sha256);
  }

  /** The content of a plugin; may not exist. */
  Path jar(String sha256) {
    return folder.resolve("jars").resolve(sha256 + ".jar");
  }

  /** Deletes what an interrupted trial left behind more than an hour ago. */
  void clean() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Instant old = Instant.now().minusSeconds(3600);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("incoming-")).toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Writes down what came out. */
  void judge(Verdict verdict) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("file", verdict.file());
    json.put("bundle", verdict.bundle());
    verdict.parts().forEach(json.putArray("parts")::add);
    json.put("environment", verdict.environment());
    json.put("refusal", verdict.refusal());
    json.put("lasting", verdict.lasting());
    json.put("time", verdict.time().toString());
    json.put("millis", verdict.millis());
    write(folder.resolve("verdicts").resolve(verdict.sha256() + ".json"), json);
  }

  /** What came out for a jar the last time; empty if that isn't known. */
  Optional<Verdict> verdict(String sha256) {
    Path file = folder.resolve("verdicts").resolve(sha256 + ".json");
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      return Optional.of(
          new Verdict(
              sha256,
              json.required("file").asText(),
              json.required("bundle").asText(),
              texts(json.required("parts")),
              json.required("environment").asText(),
              json.required("refusal").asText(),
              json.required("lasting").asBoolean(),
              Instant.parse(json.required("time").asText()),
              json.required("millis").asLong()));
    } catch (IOException | RuntimeException e) {
      // Not there, or not readable: the jar is tried again.
      return Optional.empty();
    }
  }

  /** All verdicts, the youngest first. */
  List<Verdict> verdicts() throws IOException {
    Path verdicts = folder.resolve("verdicts");
    if (!Files.isDirectory(verdicts)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(verdicts)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.matches("[0-9a-f]{64}\\.json"))
          .flatMap(n -> verdict(n.substring(0, 64)).stream())
          .sorted((a, b) -> b.time().compareTo(a.time()))
          .toList();
    }
  }

  private Path file(int number) {
    return folder.resolve(String.format(java.util.Locale.ROOT, "%08d.json", number));
  }

  private static ObjectNode json(Deployment deployment) {
    ObjectNode json = JSON.createObjectNode();
    json.put("number", deployment.number());
    json.put("time", deployment.time().toString());
    json.put("reason", deployment.reason());
    var plugins = json.putArray("plugins");
    for (Plugin plugin : deployment.plugins()) {
      ObjectNode node = plugins.addObject();
      node.put("bundle", plugin.bundle());
      node.put("version", plugin.version());
      node.put("sha256", plugin.sha256());
      node.put("file", plugin.file());
      plugin.parts().forEach(node.putArray("parts")::add);
    }
    ObjectNode files = json.putObject("files");
    deployment.files().forEach(files::put);
    return json;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static void write(Path file, JsonNode json) throws IOException {
    byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
