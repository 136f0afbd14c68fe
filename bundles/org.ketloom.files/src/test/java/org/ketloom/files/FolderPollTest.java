package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderPollTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir Path parent;
  private Path folder;
  private FolderPoll poll;

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(parent.resolve("plugins"));
    poll = new FolderPoll(folder, name -> name.endsWith(".jar"));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    Files.setLastModifiedTime(folder.resolve(name), LONG_AGO);
  }

  private void assertLook(List<String> appeared, List<String> gone) throws IOException {
    assertEquals(
        new FolderPoll.Changes(paths(appeared.stream()), paths(gone.stream())), poll.look());
  }

  private List<Path> paths(Stream<String> names) {
    return names.map(folder::resolve).toList();
  }

  @Test
  void aFileIsReportedOnceWhenItHasComeToRest() throws IOException {
    write("b.jar", "PK");
    write("a.txt", "");
    assertLook(List.of(), List.of());
    write("b.jar", "PK..");
    write("a.jar", "PK");
    assertLook(List.of(), List.of());
    assertLook(List.of("a.jar", "b.jar"), List.of());
    assertLook(List.of(), List.of());
    Files.delete(folder.resolve("b.jar"));
    assertLook(List.of(), List.of("b.jar"));
    assertLook(List.of(), List.of());
  }

  @Test
  void whatIsMovedIntoItsPlaceIsReportedThoughSizeAndTimeAreTheSame() throws IOException {
    write("a.jar", "one");
    assertEquals(List.of(folder.resolve("a.jar")), poll.take());
    assertLook(List.of(), List.of());
    write("other", "two");
    Files.move(
        folder.resolve("other"),
        folder.resolve("a.jar"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertLook(List.of(), List.of());
    assertLook(List.of("a.jar"), List.of());
  }

  @Test
  void whatWasTakenIsNotReportedUntilItChanges() throws IOException {
    write("a.jar", "PK");
    poll.take("a.jar");
    poll.take("missing.jar");
    assertLook(List.of(), List.of());
    assertLook(List.of(), List.of());
    write("a.jar", "PK..");
    assertLook(List.of(), List.of());
    assertLook(List.of("a.jar"), List.of());
  }

  @Test
  void aFolderThatIsNotThereIsEmpty() throws IOException {
    write("a.jar", "PK");
    poll.take();
    Files.move(folder, parent.resolve("away"));
    assertLook(List.of(), List.of("a.jar"));
    Files.move(parent.resolve("away"), folder);
    assertLook(List.of(), List.of());
    assertLook(List.of("a.jar"), List.of());
  }

  @Test
  void aLinkThatLeadsNowhereIsNoFile() throws IOException {
    Files.createSymbolicLink(folder.resolve("a.jar"), parent.resolve("target"));
    assertLook(List.of(), List.of());
    assertLook(List.of(), List.of());
    Files.writeString(parent.resolve("target"), "PK");
    assertLook(List.of(), List.of());
    assertLook(List.of("a.jar"), List.of());
  }
}
