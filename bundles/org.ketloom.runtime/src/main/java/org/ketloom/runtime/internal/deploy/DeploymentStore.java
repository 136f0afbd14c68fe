package org.ketloom.runtime.internal.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
 * current                7: the only file that is ever replaced by something that means otherwise
 * verdicts/SHA-256.json  what came out when a jar was tried
 * lock                   held while something is written
 * .NAME.tmp              being written, or taken out of the folder of plugins
 * </pre>
 *
 * <p>Whatever is interrupted between two steps, {@code current} names a deployment that is whole,
 * and whose jars are there.
 */
final class DeploymentStore {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TEMPORARY = ".tmp";
  private static final Pattern DEPLOYMENT = Pattern.compile("(\\d{8})\\.json");
  private static final Pattern VERDICT = Pattern.compile("([0-9a-f]{64})\\.json");

  /** Its file has a name of eight digits. */
  private static final int HIGHEST = 99_999_999;

  /** Far more than what is written here. */
  private static final int LARGEST_JSON = 16 << 20;

  private static final int LARGEST_NUMBER = 64;

  /** How long another process may hold the lock. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
   * @param steps told of each step on disk: while a file is written, and when it is in its place
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
    String text;
    try {
      text = text(file, LARGEST_NUMBER).strip();
    } catch (NoSuchFileException e) {
      return 0;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= HIGHEST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told with what is no number of a deployment either.
    }
    throw new IOException(
        file
            + " holds no number of a deployment but \""
            + Grammar.shown(text)
            + "\""
            + REMEDY
            + "; without the file there is no plugin");
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
    return names(folder, DEPLOYMENT).stream().map(Integer::valueOf).filter(n -> n > 0).toList();
  }

  /** What a pattern finds in the names of the files in a folder of the store, in order. */
  private static List<String> names(Path folder, Pattern pattern) throws IOException {
    if (!isFolder(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> pattern.matcher(f.getFileName().toString()))
          .filter(Matcher::matches)
          .map(m -> m.group(1))
          .sorted()
          .toList();
    }
  }

  /**
   * Whether a folder of the store is there.
   *
   * @throws IOException if something else is there: a link would lead out of the store
   */
  private static boolean isFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (Files.isSymbolicLink(folder)) {
      throw new IOException(
          folder + " is a link; the deployer writes into no folder but the one of the plugins");
    }
    return false;
  }

  private void requireFolders() throws IOException {
    for (Path place : places()) {
      isFolder(place);
    }
  }

  private List<Path> places() {
    return List.of(folder, folder.resolve("jars"), folder.resolve("verdicts"));
  }

  private String text(Path file, int most) throws IOException {
    requireFolders();
    byte[] bytes = RegularFile.read(file, most, LinkOption.NOFOLLOW_LINKS);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Reads a deployment.
   *
   * @throws IOException if it isn't there or damaged
   */
  Deployment read(int number) throws IOException {
    Path file = file(number);
    try {
      JsonNode json = JSON.readTree(text(file, LARGEST_JSON));
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
      throw new IOException(file + " is missing" + REMEDY, e);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IOException(
          file + " is damaged (" + Grammar.shown(String.valueOf(e.getMessage())) + ")" + REMEDY, e);
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
    return locked(() -> next(null, change));
  }

  /**
   * As {@link #commit}, also from a current deployment that can't be read.
   *
   * @param files the files of the deployment, without plugins, that stands in for it
   */
  Deployment overrule(Map<String, String> files, UnaryOperator<Deployment> change)
      throws IOException {
    return locked(() -> next(files, change));
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
    return locked(
        () -> {
          boolean same =
              Files.isRegularFile(file)
                  && Files.size(file) == Files.size(copy)
                  && hash(file).equals(sha256);
          return same ? next(null, change) : exchange(copy, file, change);
        });
  }

  /** Deletes a file and makes the next deployment: both or, if something fails, neither. */
  Deployment delete(Path file, UnaryOperator<Deployment> change) throws IOException {
    return locked(() -> exchange(null, file, change));
  }

  private Deployment exchange(Path content, Path file, UnaryOperator<Deployment> change)
      throws IOException {
    String name = file.getFileName().toString();
    Path fresh = AtomicFile.temporary(folder.resolve(name));
    Path aside = AtomicFile.temporary(folder.resolve(name));
    boolean there = Files.isRegularFile(file);
    boolean exchanged = false;
    Deployment next;
    try {
      if (content != null) {
        if (there) {
          copyForced(file, aside);
          steps.accept("saved " + name);
        }
        copyForced(content, fresh);
        steps.accept("placing " + name);
        AtomicFile.move(fresh, file);
        exchanged = true;
        steps.accept("placed " + name);
      } else if (there) {
        AtomicFile.move(file, aside);
        exchanged = true;
        steps.accept("took out " + name);
      }
      next = next(null, change);
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

  private Deployment next(Map<String, String> files, UnaryOperator<Deployment> change)
      throws IOException {
    Deployment before;
    boolean known = true;
    try {
      before = current();
    } catch (IOException e) {
      if (files == null) {
        throw e;
      }
      known = false;
      before = new Deployment(highest(), Instant.EPOCH, "", List.of(), files);
    }
    Deployment wanted = change.apply(before);
    boolean samePlugins = known && wanted.plugins().equals(before.plugins());
    if (samePlugins && wanted.files().equals(before.files())) {
      return before;
    }
    if (before.number() == HIGHEST) {
      throw new IOException(
          folder + " has deployment " + HIGHEST + ", after which there is none" + REMEDY);
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
    write(file(next.number()), json(next), "recording deployment " + next.number());
    steps.accept("recorded deployment " + next.number());
    if (!filesAlone) {
      byte[] number = (next.number() + "\n").getBytes(StandardCharsets.US_ASCII);
      write(folder.resolve("current"), number, "switching to deployment " + next.number());
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

  private interface Locked<T> {
    T run() throws IOException;
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private <T> T locked(Locked<T> work) throws IOException {
    requireFolders();
    if (!isFolder(folder)) {
      Files.createDirectories(folder);
    }
    Path file = folder.resolve("lock");
    try (FileChannel channel = openLock(file);
        FileLock lock = lock(channel, file)) {
      return work.run();
    }
  }

  private FileChannel openLock(Path file) throws IOException {
    try {
      // A pipe would keep it waiting for a reader.
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
      }
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new IOException(
          "nothing can be deployed: " + folder + " can't be written: " + AtomicFile.cause(e), e);
    }
  }

  /** Others hold it for as long as a file takes to be written, unless they hang. */
  private static FileLock lock(FileChannel channel, Path file) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "another process has held "
                + file
                + " for "
                + PATIENCE.toSeconds()
                + " s; `fuser "
                + file
                + "` tells which one");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while another process held " + file);
      }
      lock = channel.tryLock();
    }
    return lock;
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
    locked(
        () -> {
          AtomicFile.write(
              jar(sha256),
              out -> {
                Files.copy(jar, out);
                steps.accept("keeping " + sha256);
              });
          return null;
        });
    steps.accept("kept " + sha256);
  }

  /** The content of a plugin; may not exist, and may be anything: the folder is shared. */
  Path jar(String sha256) {
    return folder.resolve("jars").resolve(Grammar.requireSha256(sha256) + ".jar");
  }

  /** Deletes what was being written when a process was killed. */
  void clean() throws IOException {
    // Without the lock, which can't be had where nothing can be written.
    if (!temporaries().isEmpty()) {
      locked(
          () -> {
            for (Path file : temporaries()) {
              Files.deleteIfExists(file);
            }
            return null;
          });
    }
  }

  private List<Path> temporaries() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path place : places()) {
      if (isFolder(place)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, ".*" + TEMPORARY)) {
          files.forEach(found::add);
        }
      }
    }
    return found;
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
    Path file = folder.resolve("verdicts").resolve(verdict.sha256() + ".json");
    locked(
        () -> {
          write(file, json, "judging " + verdict.sha256());
          return null;
        });
    steps.accept("judged " + verdict.sha256());
  }

  /** What came out for a jar the last time; empty if that isn't known. */
  Optional<Verdict> verdict(String sha256) {
    Path file = folder.resolve("verdicts").resolve(sha256 + ".json");
    try {
      JsonNode json = JSON.readTree(text(file, LARGEST_JSON));
      return Optional.of(
          new Verdict(
              sha256,
              Untrusted.printable(json.required("file").asText()),
              Untrusted.printable(json.required("bundle").asText()),
              parts(json.required("parts")),
              json.required("environment").asText(),
              Untrusted.printable(json.required("refusal").asText()),
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
    return names(folder.resolve("verdicts"), VERDICT).stream()
        .flatMap(sha256 -> verdict(sha256).stream())
        .sorted(Comparator.comparing(Verdict::time).reversed())
        .toList();
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

  private static String fileOrNone(String name) {
    return name.isEmpty() ? name : Grammar.requireFileName(name);
  }

  private static List<String> parts(JsonNode array) {
    List<String> parts = new ArrayList<>();
    array.forEach(node -> parts.add(Grammar.requirePart(node.asText())));
    return parts;
  }

  private void write(Path file, JsonNode json, String step) throws IOException {
    write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json), step);
  }

  /** Writes a file; the step is told while it is a temporary one. */
  private void write(Path file, byte[] content, String step) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          out.write(content);
          out.flush();
          steps.accept(step);
        });
  }
}
