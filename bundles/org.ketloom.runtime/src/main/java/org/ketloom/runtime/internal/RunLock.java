package org.ketloom.runtime.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.ketloom.files.AtomicFile;

/** Keeps two runs out of one folder, in this process or in another; ends with the process. */
final class RunLock implements AutoCloseable {
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @throws IllegalStateException if somebody else has it
   * @throws IOException if the lock can't be written
   */
  static RunLock of(RunFiles files) throws IOException {
    return tryOf(files)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "run folder "
                        + files.folder()
                        + " is in use by another ketloom; wait for it or stop it first"));
  }

  /**
   * Locks a folder, if nobody has it.
   *
   * @throws IOException if the lock can't be written
   */
  static Optional<RunLock> tryOf(RunFiles files) throws IOException {
    Path file = files.lock();
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "run folder " + files.folder() + " can't be written: " + AtomicFile.cause(e), e);
    }
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw new IOException(file + " can't be locked: " + AtomicFile.cause(e), e);
    }
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    return Optional.of(new RunLock(channel));
  }

  @Override
  public void close() {
    try {
      // The file stays: a process that waits for it would otherwise lock a file without a name.
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("a run folder can't be unlocked", e);
    }
  }
}
