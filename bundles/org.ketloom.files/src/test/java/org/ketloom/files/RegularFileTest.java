package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RegularFileTest {
  @TempDir Path folder;

  private String refused(Path file, LinkOption... links) {
    return assertThrows(
            RegularFile.NotRegularException.class, () -> RegularFile.open(file, 1000, links))
        .getMessage();
  }

  @Test
  void aRegularFileIsReadAlsoThroughALink() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    assertArrayEquals(new byte[] {1, 2, 3}, RegularFile.read(file, 3));
    assertArrayEquals(new byte[] {1, 2, 3}, RegularFile.read(link, 3));
    assertEquals(link + " is a link, not a regular file", refused(link, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void noMoreIsReadThanWasAskedFor() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[4]);
    String message =
        assertThrows(RegularFile.TooLargeException.class, () -> RegularFile.read(file, 3))
            .getMessage();
    assertEquals(file + " has more than 3 bytes, the most that is read of it", message);
    try (InputStream in = RegularFile.open(file, 4)) {
      Files.write(file, new byte[100]);
      assertThrows(RegularFile.TooLargeException.class, in::readAllBytes);
    }
    try (InputStream in = RegularFile.open(file, 100)) {
      assertEquals(0, in.read());
      in.skipNBytes(10);
      assertEquals(89, in.readAllBytes().length);
      assertEquals(-1, in.read());
    }
  }

  @Test
  void whatIsNoFileIsSaid() throws Exception {
    assertEquals(folder + " is a folder, not a regular file", refused(folder));
    assertThrows(NoSuchFileException.class, () -> RegularFile.open(folder.resolve("missing"), 1));
    Path socket = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertEquals(socket + " is a socket, not a regular file", refused(socket));
    }
  }

  @Test
  void neitherAPipeNorADeviceIsOpened() throws Exception {
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "this system has no /dev/zero");
    assertEquals("/dev/zero is a device, not a regular file", refused(zero));
    Path link = Files.createSymbolicLink(folder.resolve("link"), zero);
    assertEquals(link + " is a link to a device, not a regular file", refused(link));
    Path pipe = pipe();
    assertEquals(pipe + " is a named pipe, not a regular file", refused(pipe));
    assertTrue(Files.exists(pipe));
  }

  /** What a pipe that took a file's place after the check does to the opening. */
  @Test
  void aPipeThatNobodyWritesToIsNotWaitedForWithoutALimit() throws Exception {
    Path pipe = pipe();
    IOException e =
        assertThrows(
            IOException.class,
            () -> RegularFile.opened(pipe, () -> FileChannel.open(pipe), Duration.ofMillis(100)));
    assertTrue(e.getMessage().contains("it was exchanged for a named pipe"), e.getMessage());
    // Ends the thread that opens: its channel is closed, since nobody takes it any more.
    try (FileChannel end = FileChannel.open(pipe, StandardOpenOption.WRITE)) {
      assertTrue(end.isOpen());
    }
  }

  @Test
  void aPipeIsKnownAlsoWhenTheFileIsBackInItsPlace() throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[3]);
    Path pipe = pipe();
    try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
      writer.write(1);
      for (StandardOpenOption how : List.of(StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        FileChannel exchanged = FileChannel.open(pipe, how);
        IOException e =
            assertThrows(
                IOException.class,
                () -> RegularFile.checked(file, file, RegularFile.require(file), exchanged));
        assertTrue(e.getMessage().contains("was exchanged while it was opened"), e.getMessage());
        assertFalse(exchanged.isOpen());
      }
    }
  }

  @Test
  void aFileThatIsReplacedMeanwhileIsOpenedAgain() throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[] {1});
    Path next = folder.resolve("next");
    int[] opened = {0};
    try (FileChannel channel =
        RegularFile.lasting(
            () -> {
              var before = RegularFile.require(file);
              if (opened[0]++ < 3) {
                Files.write(next, new byte[] {2});
                Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
              }
              return RegularFile.checked(file, file, before, FileChannel.open(file));
            })) {
      assertEquals(4, opened[0]);
      assertEquals(1, channel.size());
    }
    int[] always = {0};
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                RegularFile.lasting(
                    () -> {
                      always[0]++;
                      var before = RegularFile.require(file);
                      Files.write(next, new byte[] {3});
                      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
                      return RegularFile.checked(file, file, before, FileChannel.open(file));
                    }));
    assertTrue(e.getMessage().contains("was exchanged while it was opened"), e.getMessage());
    assertEquals(20, always[0]);
  }

  @Test
  void whatIsReadInTheCallersThreadIsCheckedToo() throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, RegularFile.readHere(file, 3));
    assertThrows(RegularFile.TooLargeException.class, () -> RegularFile.readHere(file, 2));
    Path pipe = pipe();
    assertThrows(RegularFile.NotRegularException.class, () -> RegularFile.readHere(pipe, 1));
  }

  @Test
  void appendsAndRefusesLinksAndPipes() throws Exception {
    Path file = folder.resolve("log");
    for (String text : List.of("a", "b")) {
      try (OutputStream out = RegularFile.append(file)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    assertEquals("ab", RegularFile.text(file, 2));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("new"));
    Path pipe = pipe();
    for (Path no : List.of(link, nowhere, pipe)) {
      assertThrows(RegularFile.NotRegularException.class, () -> RegularFile.append(no));
      assertThrows(RegularFile.NotRegularException.class, () -> RegularFile.writing(no));
    }
    assertEquals("ab", Files.readString(file));
    assertFalse(Files.exists(folder.resolve("new")));
  }

  @Test
  void anInterruptThatCameBeforeClosesNothing() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
    Thread.currentThread().interrupt();
    try (OutputStream out = RegularFile.append(file)) {
      out.write(4);
    }
    assertArrayEquals(new byte[] {1, 2, 3, 4}, RegularFile.read(file, 4));
    assertTrue(Thread.interrupted());
  }

  private Path pipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    return pipe;
  }
}
