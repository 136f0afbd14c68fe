package org.ketloom.runtime.internal.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
import java.util.regex.Pattern;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Sha256;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;

/**
 * Deployments on disk, in a folder that containers share:
 *
 * <pre>
 * jars/SHA-256.jar       content of plugins
 * 00000007.json          deployment 7
 * current                7: the only file whose meaning ever changes
 * verdicts/SHA-256.json  the result of the last trial of a jar
 * lock                   held while something is written
 * .NAME.tmp              being written, or taken out of the folder of plugins
 * </pre>
 *
 * <p>Whatever is interrupted between two steps, {@code current} names a deployment that is whole,
 * and whose jars are there.
 */
final class DeploymentStore {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final Pattern DEPLOYMENT = Pattern.compile("(\\d{8})\\.json");

  /** Its file has a name of eight digits. */
  private static final int HIGHEST = 99_999_999;

  private static final int LARGEST_NUMBER = 64;

  private final StoreFolder folder;
  private final Consumer<String> steps;
  private final ValidationResults results;

  /**
   * A store.
   *
   * @param folder made when something is written
   * @param steps told of each step on disk: while a file is written, and when it is in its place
   */
  DeploymentStore(Path folder, Consumer<String> steps) {
    this.folder = new StoreFolder(folder, steps);
    this.steps = steps;
    this.results = new ValidationResults(this.folder, steps);
  }

  StoreFolder folder() {
    return folder;
  }

  /** Results of trials. */
  ValidationResults results() {
    return results;
  }

  /** The current deployment; {@link Deployment#NONE} before the first. */
  Deployment current() throws IOException {
    int number = pointer();
    return number == 0 ? Deployment.NONE : read(number);
  }

  /** The number of the current deployment; 0 before the first. */
  int pointer() throws IOException {
    Path file = folder.resolve("current");
    String text;
    try {
      text = folder.text(file, LARGEST_NUMBER).strip();
    } catch (NoSuchFileException e) {
      return 0;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= HIGHEST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new FileProblemException(
        file
            + " holds no number of a deployment but \""
            + Grammar.shown(text)
            + "\"; without the file there is no plugin",
        new Remedy.ChooseDeployment());
  }

  /**
   * All deployments that are there and can be read, by number; up to the current one, if that is
   * known.
   */
  List<Deployment> all() throws IOException {
    List<Deployment> all = new ArrayList<>();
    int last = HIGHEST;
    try {
      last = pointer();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the current deployment isn't known", e);
    }
    for (int number : numbers()) {
      if (number <= last) {
        try {
          all.add(read(number));
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "a deployment is left out", e);
        }
      }
    }
    return all;
  }

  /** Numbers of the files that are there, in order. */
  private List<Integer> numbers() throws IOException {
    return folder.names(folder.path(), DEPLOYMENT).stream()
        .map(Integer::valueOf)
        .filter(n -> n > 0)
        .toList();
  }

  /**
   * Reads a deployment.
   *
   * @throws IOException if it isn't there or damaged
   */
  Deployment read(int number) throws IOException {
    Path file = file(number);
    try {
      JsonNode json = folder.json(file);
      List<Plugin> plugins = new ArrayList<>();
      for (JsonNode plugin : json.required("plugins")) {
        plugins.add(
            new Plugin(
                Grammar.requireSymbolicName(plugin.required("bundle").asText()),
                Grammar.requireVersion(plugin.required("version").asText()),
                Grammar.requireSha256(plugin.required("sha256").asText()),
                fileOrNone(plugin.required("file").asText()),
                parts(plugin.required("parts"))));
      }
      Map<String, String> files = new TreeMap<>();
      json.required("files")
          .fields()
          .forEachRemaining(
              f ->
                  files.put(
                      Grammar.requireFileName(f.getKey()),
                      Grammar.requireSha256(f.getValue().asText())));
      return new Deployment(
          number,
          Instant.parse(json.required("time").asText()),
          Untrusted.printable(json.required("reason").asText()),
          plugins,
          files);
    } catch (NoSuchFileException e) {
      throw unusable(file + " is missing", e);
    } catch (RuntimeException e) {
      throw unusable(
          file + " is damaged (" + Grammar.shown(String.valueOf(e.getMessage())) + ")", e);
    }
  }

  private static IOException unusable(String message, Throwable cause) {
    IOException unusable = new FileProblemException(message, new Remedy.ChooseDeployment());
    unusable.initCause(cause);
    return unusable;
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
    return folder.locked(() -> next(Optional.empty(), change));
  }

  /**
   * As {@link #commit}, also from a current deployment that can't be read.
   *
   * @param files the files of the deployment, without plugins, that stands in for it
   */
  Deployment overrule(Map<String, String> files, UnaryOperator<Deployment> change)
      throws IOException {
    return folder.locked(() -> next(Optional.of(files), change));
  }

  /**
   * Puts the content of a plugin into a file, and makes the next deployment: both or, if something
   * fails, neither.
   *
   * @param copy the content, where nobody else writes
   * @param sha256 of the content
   */
  Deployment place(Path copy, String sha256, Path file, UnaryOperator<Deployment> change)
      throws IOException {
    return folder.locked(
        () -> {
          boolean same =
              Files.isRegularFile(file)
                  && Files.size(file) == Files.size(copy)
                  && hash(file).equals(sha256);
          return same ? next(Optional.empty(), change) : exchange(Optional.of(copy), file, change);
        });
  }

  /** Deletes a file and makes the next deployment: both or, if something fails, neither. */
  Deployment delete(Path file, UnaryOperator<Deployment> change) throws IOException {
    return folder.locked(() -> exchange(Optional.empty(), file, change));
  }

  private Deployment exchange(Optional<Path> content, Path file, UnaryOperator<Deployment> change)
      throws IOException {
    String name = file.getFileName().toString();
    Path fresh = AtomicFile.temporary(folder.resolve(name));
    Path aside = AtomicFile.temporary(folder.resolve(name));
    boolean there = Files.isRegularFile(file);
    boolean exchanged = false;
    Deployment next;
    try {
      if (content.isPresent()) {
        if (there) {
          copyForced(file, aside);
          steps.accept("saved " + name);
        }
        copyForced(content.get(), fresh);
        steps.accept("placing " + name);
        AtomicFile.move(fresh, file);
        exchanged = true;
        steps.accept("placed " + name);
      } else if (there) {
        AtomicFile.move(file, aside);
        exchanged = true;
        steps.accept("took out " + name);
      }
      next = next(Optional.empty(), change);
    } catch (IOException | RuntimeException | Error e) {
      try {
        if (exchanged && there) {
          AtomicFile.move(aside, file);
        } else if (exchanged) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(aside);
      } catch (IOException failed) {
        e.addSuppressed(failed);
      }
      throw e;
    }
    if (Files.deleteIfExists(aside)) {
      steps.accept("let go of " + name);
    }
    return next;
  }

  private Deployment next(Optional<Map<String, String>> files, UnaryOperator<Deployment> change)
      throws IOException {
    Deployment before;
    boolean known = true;
    try {
      before = current();
    } catch (IOException e) {
      if (files.isEmpty()) {
        throw e;
      }
      known = false;
      before = new Deployment(highest(), Instant.EPOCH, "", List.of(), files.get());
    }
    Deployment wanted = change.apply(before);
    boolean samePlugins = known && wanted.plugins().equals(before.plugins());
    if (samePlugins && wanted.files().equals(before.files())) {
      return before;
    }
    if (before.number() == HIGHEST) {
      throw new FileProblemException(
          folder.path() + " has deployment " + HIGHEST + ", after which there is none",
          new Remedy.ChooseDeployment());
    }
    // A change of the files alone is no history, and gets no number of its own.
    boolean filesAlone = before.number() > 0 && samePlugins;
    Deployment next =
        new Deployment(
            filesAlone ? before.number() : before.number() + 1,
            filesAlone ? before.time() : Instant.now(),
            filesAlone ? before.reason() : wanted.reason(),
            wanted.plugins(),
            wanted.files());
    folder.write(file(next.number()), json(next), "recording deployment " + next.number());
    steps.accept("recorded deployment " + next.number());
    if (!filesAlone) {
      byte[] number = (next.number() + "\n").getBytes(StandardCharsets.US_ASCII);
      folder.write(folder.resolve("current"), number, "switching to deployment " + next.number());
      steps.accept("switched to deployment " + next.number());
    }
    return next;
  }

  /** The highest number that was used, whatever the file of the current one says. */
  private int highest() throws IOException {
    List<Integer> numbers = numbers();
    int highest = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
    try {
      int current = pointer();
      return current < HIGHEST ? Math.max(highest, current) : highest;
    } catch (IOException e) {
      return highest;
    }
  }

  private static void copyForced(Path from, Path to) throws IOException {
    try (FileChannel channel = AtomicFile.create(to)) {
      Files.copy(from, Channels.newOutputStream(channel));
      channel.force(true);
    }
  }

  /** SHA-256 of a regular file in hexadecimal. */
  static String hash(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    long size = RegularFile.require(file).size();
    try (InputStream in = new DigestInputStream(RegularFile.open(file, size), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Puts a jar into the store. */
  void keep(Path jar, String sha256) throws IOException {
    folder.whileLocked(
        () -> folder.write(jar(sha256), out -> Files.copy(jar, out), "keeping " + sha256));
    steps.accept("kept " + sha256);
  }

  /** The content of a plugin; may not exist, and may be anything: the folder is shared. */
  Path jar(String sha256) {
    return folder.resolve("jars").resolve(Grammar.requireSha256(sha256) + ".jar");
  }

  /** Deletes what was being written when a process was killed. */
  void clean() throws IOException {
    folder.clean();
  }

  private Path file(int number) {
    return folder.resolve(String.format(java.util.Locale.ROOT, "%08d.json", number));
  }

  private static ObjectNode json(Deployment deployment) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
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

  private static String fileOrNone(String name) {
    return name.isEmpty() ? name : Grammar.requireFileName(name);
  }

  private static List<String> parts(JsonNode array) {
    List<String> parts = new ArrayList<>();
    array.forEach(node -> parts.add(Grammar.requirePart(node.asText())));
    return parts;
  }
}
