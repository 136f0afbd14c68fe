package org.ketloom.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file whole or not at all. */
public final class AtomicFile {

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a temporary file in the same folder, forces it to the disk and moves it into place; what
   * was there before stays until then, and for good if anything fails. Folders are made.
   *
   * @throws IOException naming the file and the cause
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try {
      Files.createDirectories(target.getParent());
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, target);
    } catch (IOException e) {
      delete(temporary, e);
      throw new IOException(
          file
              + " can't be written: "
              + cause(e).replace(temporary.toString(), target.toString())
              + "; what was there before is unharmed",
          e);
    } catch (RuntimeException | Error e) {
      delete(temporary, e);
      throw e;
    }
  }

  /**
   * Moves a file that is complete into place, at once where the file system can.
   *
   * @throws IOException if it can't be moved
   */
  public static void move(Path complete, Path target) throws IOException {
    try {
      Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(complete, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void delete(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** What went wrong, in words: the messages of file system exceptions are often a path alone. */
  public static String cause(IOException e) {
    if (e instanceof FileSystemException f) {
      if (f.getReason() != null) {
        return f.getReason();
      }
      return switch (f.getClass().getSimpleName()) {
        case "AccessDeniedException" -> "access to " + f.getFile() + " is denied";
        case "NoSuchFileException" -> f.getFile() + " doesn't exist";
        case "FileAlreadyExistsException", "NotDirectoryException" ->
            f.getFile() + " is not a folder";
        default -> f.getClass().getSimpleName() + " at " + f.getFile();
      };
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
