package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialMarksTest {
  private static final String SHA256 = "0123456789abcdef".repeat(4);

  @TempDir Path folder;

  /** A process of its own: begins a trial, says so, and ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    TrialMarks.Mark mark =
        new TrialMarks(new StoreFolder(Path.of(arguments[0]), step -> {}))
            .begin(SHA256, "ladder.jar", "ladder 1.0.0");
    mark.step("it was looked at by " + arguments[0].length() + " eyes, and longer than before");
    mark.step("its activator was called");
    System.out.println("begun");
    int end = System.in.read();
    // Nothing of the usual end: as when the process is killed.
    Runtime.getRuntime().halt(end);
  }

  private Process other() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TrialMarksTest.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("begun", process.inputReader().readLine());
    return process;
  }

  @Test
  void whatGoesOnHasNotEndedTheProcess() throws Exception {
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    Process process = other();
    try (TrialMarks.Mark own = marks.begin("f".repeat(64), "own.jar", "own 1.0.0")) {
      own.step("it was started");
      assertEquals(List.of(), marks.all());
      assertEquals(2, files("trials").size());

      process.outputWriter().close();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      TrialMarks.Ended ended = marks.ended(SHA256).orElseThrow();
      assertEquals(List.of(ended), marks.all());
      assertEquals("ladder.jar", ended.file());
      assertEquals("its activator was called", ended.step());
      assertEquals(process.pid(), ended.process());
      assertEquals(1, files("trials").size());
      assertTrue(ended.isCalled("ladder") && ended.isCalled("ladder.jar"));
      assertTrue(ended.isCalled("ladder 1.0.0"));
      assertFalse(ended.isCalled("lad"));
    }
    assertEquals(List.of(), files("trials"));
    marks.forgive(SHA256);
    assertTrue(marks.ended(SHA256).isEmpty());
    assertEquals(List.of(), marks.all());
  }

  @Test
  void aTrialThatIsInterruptedLeavesNoMark() throws IOException {
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    Thread.currentThread().interrupt();
    try (TrialMarks.Mark unmade = marks.begin(SHA256, "ladder.jar", "ladder 1.0.0")) {
      unmade.step("its activator was called");
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(List.of(), files("trials"));

    try (TrialMarks.Mark mark = marks.begin(SHA256, "ladder.jar", "ladder 1.0.0")) {
      Thread.currentThread().interrupt();
      mark.step("its activator was called");
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(List.of(), files("trials"));
  }

  @Test
  void whatIsNoMarkIsLeftAlone() throws IOException {
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    Path trials = Files.createDirectory(folder.resolve("trials"));
    Path secret = Files.writeString(folder.resolve("secret"), "kept");
    Files.createSymbolicLink(trials.resolve("1-2-link.json"), secret);
    // One that is being made has no content yet.
    Files.createFile(trials.resolve("1-2-young.json"));
    Files.createDirectory(trials.resolve("1-2-folder.json"));
    assertEquals(List.of(), marks.all());
    assertEquals(3, files("trials").size());
    assertEquals("kept", Files.readString(secret));
  }

  @Test
  void whereNothingCanBeWrittenTrialsGoOn() throws IOException {
    // A file is in the way of the folder.
    Files.createFile(folder.resolve("trials"));
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    try (TrialMarks.Mark mark = marks.begin(SHA256, "ladder.jar", "ladder 1.0.0")) {
      mark.step("it was started");
    }
    assertTrue(marks.ended(SHA256).isEmpty());
  }

  private List<Path> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.toList();
    }
  }

  @Test
  void aTrialThatNobodyWaitsForLeavesNoMark() throws IOException {
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    marks.begin(SHA256, "ladder.jar", "ladder 1.0.0");
    assertEquals(1, files("trials").size());
    marks.abandon();
    assertEquals(List.of(), files("trials"));
  }

  @Test
  void aTrialThatEndsTheProcessLeavesItsMarkWhateverInterruptsIt() throws IOException {
    TrialMarks marks = new TrialMarks(new StoreFolder(folder, step -> {}));
    try (TrialMarks.Mark mark = marks.begin(SHA256, "ladder.jar", "ladder 1.0.0")) {
      marks.keep(Set.of("other 1.0.0"));
      assertFalse(marks.areKept());
      marks.keep(Set.of("ladder 1.0.0"));
      mark.step("its activator was called");
    }
    marks.abandon();
    assertEquals(1, files("trials").size());
    // What is tried until the process has ended isn't to blame.
    marks.begin(SHA256, "other.jar", "other 1.0.0");
    assertEquals(1, files("trials").size());
  }
}
