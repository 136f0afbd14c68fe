package org.ketloom.runtime.internal.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.files.AtomicFile;

class RunLockTest {
  @TempDir Path folder;

  /** Another process, which says whether it gets the lock. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) throws IOException {
      try (FileChannel channel =
          FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
        System.out.print(channel.tryLock() == null ? "in use" : "free");
      }
    }
  }

  private String elsewhere() throws Exception {
    Path classes = Path.of(Other.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes.toString(),
                Other.class.getName(),
                new RunFiles(folder).lock().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return said;
  }

  @Test
  void lookingAtALockedFolderLeavesItLocked() throws Exception {
    RunFiles files = new RunFiles(folder);
    RunLock lock = RunLock.of(files);
    try (lock) {
      assertTrue(RunLock.tryOf(files).isEmpty());
      // By another name of the folder, too.
      Path detour = Files.createDirectory(folder.resolve("sub")).resolve("..");
      assertTrue(RunLock.tryOf(new RunFiles(detour)).isEmpty());
      assertThrows(IllegalStateException.class, () -> RunLock.of(files));
      assertEquals("in use", elsewhere());
    }
    assertEquals("free", elsewhere());
    RunLock.of(files).close();
  }

  @Test
  void aFolderThatCantBeLockedIsNamedAndIsntHeld() throws IOException {
    RunFiles files = new RunFiles(folder.resolve("run"));
    IOException e = assertThrows(IOException.class, () -> RunLock.tryOf(files));
    assertTrue(e.getMessage().contains("run can't be written: "), e.getMessage());
    Files.createDirectories(files.lock());
    assertThrows(IOException.class, () -> RunLock.tryOf(files));
    Files.delete(files.lock());
    RunLock.of(files).close();
  }

  @Test
  void whatAKilledProcessWasWritingIsDeleted() throws IOException {
    RunFiles files = new RunFiles(folder);
    Path left = Files.createFile(AtomicFile.temporary(files.manifest()));
    Path request = Files.createFile(AtomicFile.temporary(folder.resolve("swap-request.json")));
    RunLock.of(files).close();
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(request), "another process may be writing it");
  }
}
