package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  @TempDir Path folder;

  private static void two(Path into) throws IOException {
    Files.writeString(into.resolve("a"), "1");
    Files.createDirectories(into.resolve("sub"));
    Files.writeString(into.resolve("sub/b"), "2");
  }

  private List<String> entries() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void hasItsNameWhenItIsWhole() throws IOException {
    Path target = folder.resolve("above/data");
    AtomicFolder.write(
        target,
        into -> {
          two(into);
          assertEquals(false, Files.exists(target));
        });
    assertEquals("1", Files.readString(target.resolve("a")));
    assertEquals("2", Files.readString(target.resolve("sub/b")));
    assertEquals(List.of("above"), entries());
  }

  @Test
  void aDiskThatFillsUpLeavesNothing() throws IOException {
    Path target = folder.resolve("data");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFolder.write(
                    target,
                    into -> {
                      two(into);
                      throw new FileSystemException(
                          into.resolve("sub/c").toString(), null, "No space left on device");
                    }));
    assertEquals(
        target + " can't be written: No space left on device; nothing of it is left",
        e.getMessage());
    assertEquals(List.of(), entries());
    assertThrows(
        ArithmeticException.class,
        () ->
            AtomicFolder.write(
                target,
                into -> {
                  two(into);
                  throw new ArithmeticException("of the content");
                }));
    assertEquals(List.of(), entries());
  }

  @Test
  void whatIsThereStays() throws IOException {
    Path target = Files.createDirectory(folder.resolve("data"));
    Files.writeString(target.resolve("mine"), "kept");
    IOException e =
        assertThrows(IOException.class, () -> AtomicFolder.write(target, AtomicFolderTest::two));
    assertEquals(target + " already exists: name a different folder, or remove it", e.getMessage());
    // Also one that came while the other was being filled.
    Path late = folder.resolve("late");
    assertThrows(
        IOException.class,
        () ->
            AtomicFolder.write(
                late,
                into -> {
                  Files.createDirectory(late);
                  Files.writeString(late.resolve("mine"), "kept");
                }));
    assertEquals("kept", Files.readString(target.resolve("mine")));
    assertEquals("kept", Files.readString(late.resolve("mine")));
    assertEquals(List.of("data", "late"), entries());
  }
}
