package org.ketloom.runtime.internal.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.StrictJson;

/**
 * The folder of the store, which containers share: its files are read with a limit, written whole,
 * and by one process at a time. Links are not followed. Who may write the folder of plugins may
 * write here too.
 */
final class StoreFolder {
  private static final String TEMPORARY = ".tmp";

  /** Far more than what is written here. */
  private static final int LARGEST_JSON = 16 << 20;

  /** How long another process may hold the lock. */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);

  private static final Set<PosixFilePermission> EXECUTE =
      EnumSet.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final Set<PosixFilePermission> SHARED =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private final Path folder;
  private final Consumer<String> steps;

  /**
   * A folder.
   *
   * @param folder made when something is written
   * @param steps told of each step on disk: while a file is written, and when it is in its place
   */
  StoreFolder(Path folder, Consumer<String> steps) {
    this.folder = folder;
    this.steps = steps;
  }

  Path path() {
    return folder;
  }

  /** A file or folder in it. */
  Path resolve(String name) {
    return folder.resolve(name);
  }

  /** What a pattern finds in the names of the files in a folder of the store, in order. */
  List<String> names(Path place, Pattern pattern) throws IOException {
    if (!isFolder(place)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(place)) {
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

  /** The text of a file of at most so many bytes. */
  String text(Path file, int most) throws IOException {
    requireFolders();
    byte[] bytes = RegularFile.read(file, most, LinkOption.NOFOLLOW_LINKS);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * The JSON of a file.
   *
   * @throws IllegalArgumentException naming the file, if it holds no JSON
   */
  JsonNode json(Path file) throws IOException {
    return StrictJson.parse(text(file, LARGEST_JSON), String.valueOf(file.getFileName()));
  }

  /** Something that is done while no other process writes. */
  interface Locked<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /**
   * Does something while no other process writes; makes the folder.
   *
   * @throws IOException if the folder can't be written, or another process holds it for too long
   */
  @SuppressWarnings("try") // The lock is held, not used.
  <T> T locked(Locked<T> work) throws IOException {
    requireFolders();
    Path file = folder.resolve("lock");
    try (FileChannel channel = openLock(file);
        FileLock lock = lock(channel, file)) {
      return work.run();
    }
  }

  /** As {@link Locked}, without a result. */
  interface LockedWrite {
    /** Does it. */
    void run() throws IOException;
  }

  /** As {@link #locked}, for what has no result. */
  void whileLocked(LockedWrite work) throws IOException {
    locked(
        () -> {
          work.run();
          return true;
        });
  }

  private FileChannel openLock(Path file) throws IOException {
    try {
      make(folder);
      // A pipe would keep it waiting for a reader.
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
      } else {
        try {
          Files.createFile(file);
          share(file);
        } catch (FileAlreadyExistsException e) {
          // Another process was faster.
        }
      }
      return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new IOException(
          "nothing can be deployed: " + folder + " can't be written: " + Causes.of(e), e);
    }
  }

  /** Makes a folder of the store, or the store itself, if it isn't there. */
  void make(Path place) throws IOException {
    if (isFolder(place)) {
      return;
    }
    if (place.equals(folder)) {
      Files.createDirectories(folder.getParent());
    } else {
      make(folder);
    }
    try {
      Files.createDirectory(place);
      share(place);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; what it made may be a link.
      isFolder(place);
    }
  }

  /** Lets whoever may write the folder of plugins write a file or folder of the store. */
  void share(Path made) {
    try {
      Set<PosixFilePermission> shared =
          EnumSet.copyOf(Files.getPosixFilePermissions(folder.getParent()));
      if (shared.stream().noneMatch(SHARED::contains)) {
        return;
      }
      if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
        shared.removeAll(EXECUTE);
      }
      Set<PosixFilePermission> permissions =
          EnumSet.copyOf(Files.getPosixFilePermissions(made, LinkOption.NOFOLLOW_LINKS));
      if (permissions.addAll(shared)) {
        Files.setPosixFilePermissions(made, permissions);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Another user's, or a system without such permissions: it stays as it was made.
    }
  }

  /** Others hold it for as long as a file takes to be written, unless they hang. */
  private static FileLock lock(FileChannel channel, Path file) throws IOException {
    long end = System.nanoTime() + LOCK_TIMEOUT.toNanos();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "another process has held "
                + file
                + " for "
                + LOCK_TIMEOUT.toSeconds()
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

  /** Writes JSON; the step is told while the file is a temporary one. */
  void write(Path file, JsonNode json, String step) throws IOException {
    write(file, json.toPrettyString().getBytes(StandardCharsets.UTF_8), step);
  }

  /** As {@link #write(Path, JsonNode, String)}, for any content. */
  void write(Path file, byte[] content, String step) throws IOException {
    write(file, out -> out.write(content), step);
  }

  /** As {@link #write(Path, JsonNode, String)}, for content that somebody writes. */
  void write(Path file, AtomicFile.Content content, String step) throws IOException {
    Path parent = file.getParent();
    make(parent == null ? folder : parent);
    AtomicFile.write(
        file,
        out -> {
          content.writeTo(out);
          out.flush();
          steps.accept(step);
        });
    share(file);
  }

  /** Deletes what was being written when a process was killed. */
  void clean() throws IOException {
    // Without the lock, which can't be had where nothing can be written.
    if (!temporaries().isEmpty()) {
      whileLocked(
          () -> {
            for (Path file : temporaries()) {
              Files.deleteIfExists(file);
            }
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
}
