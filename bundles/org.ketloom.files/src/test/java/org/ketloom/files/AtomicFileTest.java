package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void somethingIsThere() throws IOException {
    file = Files.writeString(folder.resolve("file"), "before");
  }

  @Test
  void replacesWhatIsThere() throws IOException {
    AtomicFile.write(file, out -> out.write("after".getBytes()));
    assertEquals("after", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void aDiskThatFillsUpLeavesWhatIsThere() throws IOException {
    // As the file system says it, after more than a buffer of the content was written.
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 18]);
                      throw new FileSystemException(
                          folder.resolve(".file.tmp").toString(), null, "No space left on device");
                    }));
    assertEquals(
        file + " can't be written: No space left on device; what was there before is unharmed",
        e.getMessage());
    assertEquals("before", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void aBugInTheContentLeavesWhatIsThere() throws IOException {
    assertThrows(
        ArithmeticException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  throw new ArithmeticException();
                }));
    assertEquals("before", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void aFolderInItsPlaceIsNamed() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("folder/inside"));
    Path target = inside.getParent();
    IOException e =
        assertThrows(IOException.class, () -> AtomicFile.write(target, out -> out.write(1)));
    assertTrue(e.getMessage().startsWith(target + " can't be written: "), e.getMessage());
    assertFalse(e.getMessage().contains(".tmp"), e.getMessage());
    assertTrue(Files.isDirectory(inside));
    assertEquals(2, files().size());
  }

  @Test
  void aFileInThePlaceOfItsFolderIsNamed() {
    Path target = file.resolve("file");
    IOException e =
        assertThrows(IOException.class, () -> AtomicFile.write(target, out -> out.write(1)));
    assertTrue(e.getMessage().contains(file + " is not a folder"), e.getMessage());
  }

  @Test
  void theTemporaryFileIsNewAndNobodyForeseesItsName() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    for (String name : List.of(".file.tmp", ".file.new.tmp")) {
      Files.createSymbolicLink(folder.resolve(name), victim);
    }
    Path[] temporary = new Path[2];
    for (int i = 0; i < 2; i++) {
      int at = i;
      AtomicFile.write(
          file,
          out -> {
            out.write(1);
            try (var files = Files.list(folder)) {
              temporary[at] =
                  files
                      .filter(f -> f.toString().matches(".*/\\.file\\.[0-9a-f-]{36}\\.tmp"))
                      .findFirst()
                      .orElseThrow();
            }
          });
    }
    assertFalse(temporary[0].equals(temporary[1]));
    assertEquals("precious", Files.readString(victim));
    assertEquals(4, files().size());
    assertThrows(
        FileAlreadyExistsException.class, () -> AtomicFile.create(folder.resolve(".file.tmp")));
    Path others = Files.writeString(folder.resolve(".other.tmp"), "another file's");
    AtomicFile.clean(file);
    // A name that no writer gives stays, too.
    assertEquals(
        List.of(folder.resolve(".file.new.tmp"), others, file, victim),
        files().stream().sorted().toList());
  }

  @Test
  void aLongNameHasATemporaryOneToo() throws IOException {
    Path target = folder.resolve("x".repeat(255));
    AtomicFile.write(target, out -> out.write(1));
    assertEquals(1, Files.size(target));
  }

  @Test
  void aLinkInItsPlaceIsReplacedAndNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFile.write(link, out -> out.write("after".getBytes()));
    assertEquals("before", Files.readString(file));
    assertFalse(Files.isSymbolicLink(link));
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
