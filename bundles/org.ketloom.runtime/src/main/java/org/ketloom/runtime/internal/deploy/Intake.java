package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Sha256;

/**
 * Takes jars in from where others may write. Each is copied to a folder that nobody but this user
 * can enter, and hashed while it is copied; that copy alone is looked into, verified, installed and
 * kept.
 */
final class Intake implements AutoCloseable {
  private static final String PREFIX = "intake-";

  /**
   * A private copy.
   *
   * @param file where it is
   * @param sha256 of its content
   */
  record Copy(Path file, String sha256) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }

  private final Path parent;
  private final JarLimits limits;
  private @Nullable Path folder;

  /**
   * Creates no folder yet.
   *
   * @param parent folder of this bundle in this framework
   */
  Intake(Path parent, JarLimits limits) {
    this.parent = parent;
    this.limits = limits;
  }

  /**
   * Copies a jar. It may be a link to a regular file: that is how administrators put jars that lie
   * elsewhere into a folder.
   *
   * @param name of the file, for messages
   * @throws Refusal if it is no regular file or too large; nothing is kept then
   */
  Copy copy(Path jar, String name, LinkOption... links) throws Refusal, IOException {
    Path target = Files.createTempFile(folder(), "", ".jar");
    MessageDigest digest = Sha256.digest();
    boolean whole = false;
    try (InputStream in = RegularFile.open(jar, limits.jar(), links);
        OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest)) {
      in.transferTo(out);
      whole = true;
    } catch (RegularFile.NotRegularException e) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          e.getMessage() + "; a plugin is a regular file, or a link to one");
    } catch (RegularFile.TooLargeException e) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name
              + " has more than "
              + limits.jar()
              + " bytes. If that is meant to be so, set "
              + JarLimits.JAR
              + " higher in conf/ketloom.properties");
    } finally {
      if (!whole) {
        Files.deleteIfExists(target);
      }
    }
    return new Copy(target, HexFormat.of().formatHex(digest.digest()));
  }

  private Path folder() throws IOException {
    if (folder == null || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(parent);
      for (Path old : left()) {
        delete(old);
      }
      // Only its owner may enter it.
      folder = Files.createTempDirectory(parent, PREFIX);
    }
    return folder;
  }

  /** Folders of processes that were killed: this framework has one deployer. */
  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.filter(f -> f.getFileName().toString().startsWith(PREFIX)).toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Deletes the folder. */
  @Override
  public void close() {
    if (folder != null) {
      try {
        delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(folder + " stays: " + Causes.of(e), e);
      }
    }
  }
}
