package org.ketloom.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * The temporary folder of a container. The lock in it ends with the process, however that ends: the
 * folders of this user that nobody holds are deleted by whoever comes next.
 */
final class Storage implements AutoCloseable {
  private static final String PREFIX = "ketloom-";
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lock;

  private Storage(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes one, and deletes those of processes that were killed.
   *
   * @param parent folder for temporary files
   * @throws IOException if it can't be made
   */
  static Storage in(Path parent) throws IOException {
    String own = own();
    Path folder = Files.createTempDirectory(parent, own);
    // It is locked before it has its name: nobody finds it without its holder.
    Path unnamed = folder.resolve(LOCK + ".new");
    FileChannel channel =
        FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      channel.lock();
      Files.move(unnamed, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    clean(parent, folder, own);
    return new Storage(folder, channel);
  }

  /**
   * Beginning of the names of the folders of this process. Their locks are never opened again: on
   * Linux a lock ends with the first channel of its file that the process closes.
   */
  private static String own() {
    ProcessHandle process = ProcessHandle.current();
    return PREFIX
        + process.pid()
        + "-"
        + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L)
        + "-";
  }

  private static void clean(Path parent, Path mine, String own) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path other : folders) {
        if (!String.valueOf(other.getFileName()).startsWith(own)
            && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(other.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
            && owner(other).equals(owner(mine))) {
          deleteUnlessHeld(other);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // What stays is in nobody's way, and is looked at again by the next container.
    }
  }

  private static Object owner(Path folder) throws IOException {
    return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS);
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private static void deleteUnlessHeld(Path folder) {
    Path file = folder.resolve(LOCK);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        delete(folder);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // Another process deletes it at the moment, or it isn't ours to delete.
    }
  }

  /** Deletes a folder, the lock last: if that is interrupted, the next one goes on. */
  private static void delete(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(lock)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (!directory.equals(folder)) {
              Files.deleteIfExists(directory);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Files.deleteIfExists(lock);
    Files.deleteIfExists(folder);
  }

  /** A folder in it, which isn't made yet. */
  Path resolve(String name) {
    return folder.resolve(name);
  }

  /** Deletes the folder, as far as it can be deleted. */
  @Override
  public void close() {
    try (lock) {
      delete(folder);
    } catch (IOException e) {
      // What stays is deleted by the next container.
    }
  }
}
