package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path parent;

  /** A process of its own: makes a folder, says where, and ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    Storage storage = Storage.in(Path.of(arguments[0]));
    Files.createDirectories(storage.resolve("framework/bundle1"));
    Files.writeString(storage.resolve("framework/bundle1/content"), "");
    System.out.println(storage.resolve(""));
    Runtime.getRuntime().halt(System.in.read());
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            StorageTest.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void whatKilledProcessesLeaveIsDeletedAndNothingElse() throws Exception {
    Path strange = Files.createDirectories(parent.resolve("ketloom-of-somebody-else/content"));
    Process living = start();
    Process killed = start();
    try (BufferedReader first = living.inputReader();
        BufferedReader second = killed.inputReader()) {
      Path held = Path.of(first.readLine());
      Path left = Path.of(second.readLine());
      killed.destroyForcibly().waitFor();
      assertTrue(Files.exists(left.resolve("framework/bundle1/content")));
      // A link leads to what isn't the killed process's.
      Path precious = Files.writeString(parent.resolve("precious"), "content");
      Files.createSymbolicLink(left.resolve("framework/link"), precious);

      Storage mine = Storage.in(parent);
      Storage another = Storage.in(parent);
      assertFalse(Files.exists(left), left + " is left behind");
      assertTrue(Files.exists(held.resolve("framework/bundle1/content")));
      assertTrue(Files.exists(strange));
      assertEquals("content", Files.readString(precious));
      assertTrue(Files.exists(mine.resolve("lock")));
      another.close();
      mine.close();
      assertFalse(Files.exists(mine.resolve("lock").getParent()));
    } finally {
      living.destroyForcibly().waitFor();
    }
  }
}
