package org.ketloom.runtime.internal.folder;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;

/** Keeps two runs out of one folder, in this process or in another; ends with the process. */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /**
   * The folders that this process holds. Static, since the system's lock belongs to the process,
   * and on Linux ends with the first channel of the file that the process closes: a file that is
   * locked here mustn't even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private RunLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @throws IllegalStateException if another process has it
   * @throws IOException if the lock can't be written
   */
  public static RunLock of(RunFiles files) throws IOException {
    return tryOf(files)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "run folder "
                        + files.folder()
                        + " is in use by another Ketloom process; wait for it or stop it first"));
  }

  /**
   * Locks a folder, if it is free.
   *
   * @throws IOException if the lock can't be written
   */
  public static Optional<RunLock> tryOf(RunFiles files) throws IOException {
    Path folder;
    try {
      folder = files.folder().toRealPath();
    } catch (IOException e) {
      throw unwritable(files, e);
    }
    if (!HELD.add(folder)) {
      return Optional.empty();
    }
    Optional<RunLock> lock = Optional.empty();
    try {
      lock = lock(files, folder);
      return lock;
    } finally {
      if (lock.isEmpty()) {
        HELD.remove(folder);
      }
    }
  }

  private static Optional<RunLock> lock(RunFiles files, Path folder) throws IOException {
    Path file = files.lock();
    FileChannel channel;
    try {
      channel = RegularFile.writing(file);
    } catch (IOException e) {
      throw unwritable(files, e);
    }
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw new IOException(file + " can't be locked: " + Causes.of(e), e);
    }
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    clean(files);
    return Optional.of(new RunLock(folder, channel));
  }

  /** Deletes what a process that was killed was writing; checkpoints see to theirs themselves. */
  private static void clean(RunFiles files) {
    for (Path file :
        List.of(
            files.manifest(),
            files.blueprint(),
            files.draft(),
            files.lossTable(),
            files.lossChart(),
            files.times())) {
      try {
        AtomicFile.clean(file);
      } catch (IOException | DirectoryIteratorException e) {
        // It is in nobody's way.
        LOG.log(Level.DEBUG, "temporary files stay in " + files.folder(), e);
      }
    }
  }

  private static IOException unwritable(RunFiles files, IOException e) {
    return new IOException(
        "run folder " + files.folder() + " can't be written: " + Causes.of(e), e);
  }

  @Override
  public void close() {
    try {
      // The file stays: a process that waits for it would otherwise lock a file without a name.
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("a run folder can't be unlocked", e);
    } finally {
      HELD.remove(folder);
    }
  }
}
