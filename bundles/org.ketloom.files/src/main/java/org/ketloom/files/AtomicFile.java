package org.ketloom.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/** Writes a file whole or not at all. */
public final class AtomicFile {
  private static final String TEMPORARY = ".tmp";

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a temporary file in the same folder, forces it to the disk and moves it into place; what
   * was there before stays until then, and for good if anything fails. Folders are made. After a
   * loss of power the old file is there or the new one.
   *
   * @throws IOException naming the file and the cause
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary = temporary(target);
    boolean made = false;
    try {
      Files.createDirectories(target.getParent());
      try (FileChannel channel = create(temporary)) {
        made = true;
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, target);
    } catch (IOException e) {
      if (made) {
        delete(temporary, e);
      }
      throw new IOException(
          file
              + " can't be written: "
              + Causes.of(e).replace(temporary.toString(), target.toString())
              + "; what was there before is unharmed",
          e);
    } catch (RuntimeException | Error e) {
      if (made) {
        delete(temporary, e);
      }
      throw e;
    }
  }

  /**
   * Copies a regular file, as {@link #write} writes.
   *
   * @throws IOException naming the file that can't be read or written
   */
  public static void copy(Path from, Path to) throws IOException {
    try (InputStream in = RegularFile.open(from, Long.MAX_VALUE)) {
      write(to, in::transferTo);
    }
  }

  /**
   * A name that nobody can foresee, beside a file, for what is written before it is moved into
   * place: {@code .NAME.RANDOM.tmp}.
   */
  public static Path temporary(Path target) {
    return target.resolveSibling("." + shortened(target) + "." + UUID.randomUUID() + TEMPORARY);
  }

  /** Leaves room for the rest of a name, of which there may be 255 bytes. */
  private static String shortened(Path target) {
    String name = target.getFileName().toString();
    return name.length() > 50 ? name.substring(0, 50) : name;
  }

  /**
   * Makes a file that isn't there yet, and opens it for writing.
   *
   * @throws java.nio.file.FileAlreadyExistsException if anything is there, even a link that leads
   *     nowhere
   */
  public static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Moves a file that is complete into place, at once where the file system can, and forces that to
   * the disk.
   *
   * @throws IOException if it can't be moved
   */
  public static void move(Path complete, Path target) throws IOException {
    try {
      Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(complete, target, StandardCopyOption.REPLACE_EXISTING);
    }
    // Only a root has no folder, and nothing can be moved onto it.
    force(Objects.requireNonNull(target.toAbsolutePath().getParent()));
  }

  /** Forces the names in a folder to the disk, where the system can. */
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders, some network file systems force none: the file is in its place.
    }
  }

  /**
   * Deletes what writers of a file that were killed left beside it. The caller makes sure that
   * nobody writes it meanwhile.
   *
   * @param file may not exist
   */
  public static void clean(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(target.getParent());
    if (!Files.isDirectory(folder)) {
      return;
    }
    Pattern left =
        Pattern.compile(
            Pattern.quote("." + shortened(target))
                + "(\\.[0-9a-f-]{36})?"
                + Pattern.quote(TEMPORARY));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + TEMPORARY)) {
      for (Path found : files) {
        if (left.matcher(String.valueOf(found.getFileName())).matches()
            && !Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
          Files.deleteIfExists(found);
        }
      }
    }
  }

  private static void delete(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
