package org.ketloom.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a folder with all of its files, or none. */
public final class AtomicFolder {

  /** Fills a folder. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all files.
     *
     * @param folder an empty folder, which gets its name afterwards
     */
    void writeTo(Path folder) throws IOException;
  }

  private AtomicFolder() {}

  /**
   * Fills a temporary folder beside the one that is asked for, forces its files to the disk and
   * moves it into place. Folders above it are made.
   *
   * @param folder must not exist
   * @throws IOException naming the folder and the cause; nothing of it is left then
   */
  public static void write(Path folder, Content content) throws IOException {
    Path target = folder.toAbsolutePath();
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " already exists: name a different folder, or remove it");
    }
    Path temporary = AtomicFile.temporary(target);
    try {
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.createDirectory(temporary);
      content.writeTo(temporary);
      Files.walkFileTree(temporary, new Forcing());
      AtomicFile.move(temporary, target);
    } catch (IOException e) {
      delete(temporary, e);
      throw new IOException(
          folder
              + " can't be written: "
              + Causes.of(e).replace(temporary.toString(), target.toString())
              + "; nothing of it is left",
          e);
    } catch (RuntimeException | Error e) {
      delete(temporary, e);
      throw e;
    }
  }

  private static void delete(Path folder, Throwable reason) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(folder, new Deleting());
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static final class Forcing extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
