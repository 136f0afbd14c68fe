package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CausesTest {
  @TempDir Path folder;

  @Test
  void saysWhatMessagesOfPathsAloneMean() {
    assertEquals("access to a is denied", Causes.of(new AccessDeniedException("a")));
    assertEquals("a doesn't exist", Causes.of(new NoSuchFileException("a")));
    assertEquals(
        folder + " exists already", Causes.of(new FileAlreadyExistsException(folder.toString())));
    assertEquals("a is not a folder", Causes.of(new FileAlreadyExistsException("a")));
    assertEquals(
        "No space left on device",
        Causes.of(new FileSystemException("a", null, "No space left on device")));
  }

  @Test
  void anExceptionWithoutAMessageIsNamed() {
    assertEquals("IllegalStateException", Causes.of(new IllegalStateException()));
    assertEquals("IllegalStateException", Causes.of(new IllegalStateException(" ")));
    assertEquals("broken", Causes.of(new IOException("broken")));
  }
}
