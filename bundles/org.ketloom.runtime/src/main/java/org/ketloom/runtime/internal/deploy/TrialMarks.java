package org.ketloom.runtime.internal.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;

/**
 * What is on trial, on disk: whoever comes after a process that ended in the middle of a trial
 * finds the jar that ended it, and leaves that alone.
 *
 * <pre>
 * trials/PROCESS-RANDOM.json  a trial that goes on; its process holds a lock on it
 * ended/SHA-256.json          a jar during whose trial the process ended
 * </pre>
 *
 * <p>The lock, not the number of the process, tells whether that is gone: numbers are reused, and
 * mean nothing in another container of the operating system.
 */
final class TrialMarks {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** Beyond the content, which others read while it is locked, also on Windows. */
  private static final long LOCKED = Long.MAX_VALUE - 1;

  /** A mark is some hundred bytes; whatever else lies there isn't read. */
  private static final int MAX_BYTES = 1 << 16;

  /** A mark without content is one that is being made, or one that a loss of power emptied. */
  private static final Duration MAKING = Duration.ofMinutes(1);

  /**
   * A jar during whose trial the process ended.
   *
   * @param sha256 of the jar
   * @param file name of the file that it was tried from
   * @param bundle symbolic name and version
   * @param process number of the process
   * @param time when the trial began
   * @param step what was being done, such as {@code its activator a.B was in start()}
   */
  record Ended(String sha256, String file, String bundle, long process, Instant time, String step) {

    /** The reason as a sentence. */
    String reason() {
      return bundle
          + " ended the process: while "
          + step
          + ", process "
          + process
          + " ended or was killed (its trial began at "
          + time.toString().replaceFirst("\\.\\d+Z$", "Z")
          + "). It is left alone until somebody asks for it";
    }

    List<Remedy> remedies() {
      return List.of(new Remedy.AddPluginAgain(), new Remedy.RemovePlugin(file));
    }

    /** Whether a user may mean it by this name: file, symbolic name, or that and the version. */
    boolean isCalled(String name) {
      return file.equals(name) || bundle.equals(name) || bundle.startsWith(name + " ");
    }
  }

  private final StoreFolder folder;
  private final Path trials;
  private final Path ended;
  private final Set<Mark> open = ConcurrentHashMap.newKeySet();
  private volatile boolean kept;

  /** Marks in the folder of the store. */
  TrialMarks(StoreFolder folder) {
    this.folder = folder;
    this.trials = folder.resolve("trials");
    this.ended = folder.resolve("ended");
  }

  /**
   * Keeps the marks of trials, whatever becomes of these: their plugins have asked the process to
   * end.
   *
   * @param bundles symbolic names and versions
   */
  void keep(Set<String> bundles) {
    for (Mark mark : open) {
      if (bundles.contains(mark.content.path("bundle").asText())) {
        mark.kept = true;
        kept = true;
      }
    }
  }

  /** Whether one of the trials has asked the process to end. */
  boolean areKept() {
    return kept;
  }

  /** Forgets the trials that go on: the process ends, and not because of them. */
  void abandon() {
    open.forEach(Mark::end);
  }

  /** A trial that goes on, until it ends. */
  final class Mark implements AutoCloseable {
    private final Path file;
    private final @Nullable FileChannel channel;
    private final ObjectNode content;
    private boolean over;
    private volatile boolean kept;

    private Mark(Path file, @Nullable FileChannel channel, ObjectNode content) {
      this.file = file;
      this.channel = channel;
      this.content = content;
      if (channel != null) {
        open.add(this);
      }
    }

    /** What is being done from now on, as {@link Ended#step}. */
    synchronized void step(String step) {
      if (channel == null || !channel.isOpen() || step.equals(content.path("step").asText())) {
        return;
      }
      content.put("step", step);
      try {
        // Not forced: what ends a process doesn't take what it has written with it.
        write(channel, content);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "the mark of a trial can't be written", e);
      }
    }

    /** Nothing of the plugin runs on its trial any more; later calls do nothing. */
    synchronized void end() {
      // Not whether the channel is open: an interrupt closes it, and the trial is over all the
      // same.
      if (channel == null || over || kept) {
        return;
      }
      over = true;
      open.remove(this);
      try (channel) {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "the mark of a trial stays: " + Causes.of(e));
      }
    }

    @Override
    public void close() {
      end();
    }
  }

  /**
   * Marks a trial. Where nothing can be written, as in an image that is read-only, the trial has no
   * mark.
   */
  Mark begin(String sha256, String file, String bundle) {
    ProcessHandle process = ProcessHandle.current();
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("sha256", sha256);
    content.put("file", file);
    content.put("bundle", bundle);
    content.put("process", process.pid());
    content.put("time", Instant.now().toString());
    content.put("step", "it was started");
    if (areKept()) {
      // The process ends, and what is tried until then has no part in it.
      return new Mark(trials, null, content);
    }
    Path path = trials.resolve(own() + UUID.randomUUID() + ".json");
    FileChannel channel = null;
    try {
      folder.make(trials);
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      channel.lock(LOCKED, 1, false);
      write(channel, content);
      channel.force(true);
      folder.share(path);
      return new Mark(path, channel, content);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the trial of " + bundle + " has no mark: " + Causes.of(e));
      if (channel != null) {
        new Mark(path, channel, content).end();
      }
      return new Mark(path, null, content);
    }
  }

  /**
   * Beginning of the names of the marks of this process. They are never opened again: on Linux a
   * lock ends with the first channel of its file that the process closes.
   */
  private static String own() {
    ProcessHandle process = ProcessHandle.current();
    return process.pid()
        + "-"
        + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L)
        + "-";
  }

  private static void write(FileChannel channel, ObjectNode content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content.toString().getBytes(StandardCharsets.UTF_8));
    long at = 0;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    channel.truncate(at);
  }

  /** The jar, if a process ended during its trial and nobody has asked for it since. */
  Optional<Ended> ended(String sha256) {
    collect();
    return read(ended.resolve(sha256 + ".json")).filter(e -> e.sha256().equals(sha256));
  }

  /** All jars during whose trial a process ended. */
  List<Ended> all() {
    collect();
    return files(ended).stream().flatMap(file -> read(file).stream()).toList();
  }

  /** Somebody asked for the jar, or took it away: it may be tried again. */
  void forgive(String sha256) throws IOException {
    collect();
    Files.deleteIfExists(ended.resolve(sha256 + ".json"));
  }

  /** Looks for marks whose process is gone. */
  private void collect() {
    for (Path mark : files(trials)) {
      if (mark.getFileName().toString().startsWith(own())) {
        continue;
      }
      try {
        collect(mark);
      } catch (IOException | OverlappingFileLockException e) {
        LOG.log(Level.DEBUG, "the mark of a trial can't be read: " + mark, e);
      }
    }
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private void collect(Path mark) throws IOException {
    if (!Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (FileChannel channel =
            FileChannel.open(
                mark,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock(LOCKED, 1, false)) {
      if (lock == null || !Files.exists(mark, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      Optional<Ended> found = parse(Channels.newInputStream(channel).readNBytes(MAX_BYTES));
      if (found.isPresent()) {
        keep(found.get());
      } else if (Files.getLastModifiedTime(mark).toInstant().isAfter(Instant.now().minus(MAKING))) {
        return;
      }
      Files.deleteIfExists(mark);
    }
  }

  private void keep(Ended found) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sha256", found.sha256());
    json.put("file", found.file());
    json.put("bundle", found.bundle());
    json.put("process", found.process());
    json.put("time", found.time().toString());
    json.put("step", found.step());
    folder.write(ended.resolve(found.sha256() + ".json"), json, "blaming " + found.sha256());
  }

  private static Optional<Ended> read(Path file) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return parse(in.readNBytes(MAX_BYTES));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, file + " can't be read", e);
      return Optional.empty();
    }
  }

  private static Optional<Ended> parse(byte[] content) {
    try {
      JsonNode json = StrictJson.object(new String(content, StandardCharsets.UTF_8), "the mark");
      String sha256 = json.required("sha256").asText();
      if (!sha256.matches("[0-9a-f]{64}")) {
        return Optional.empty();
      }
      return Optional.of(
          new Ended(
              sha256,
              json.required("file").asText(),
              json.required("bundle").asText(),
              json.required("process").asLong(),
              Instant.parse(json.required("time").asText()),
              json.required("step").asText()));
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the mark of a trial can't be understood", e);
      return Optional.empty();
    }
  }

  private static List<Path> files(Path folder) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.DEBUG, folder + " can't be read", e);
    }
    return found;
  }
}
