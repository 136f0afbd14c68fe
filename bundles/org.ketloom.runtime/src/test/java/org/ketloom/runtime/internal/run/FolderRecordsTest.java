package org.ketloom.runtime.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunHistory;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunNotes;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.RunTimes;

class FolderRecordsTest {
  @TempDir Path folder;

  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);
  private final FolderRuns runs =
      RunsFixture.runs(
          blueprints, new PartComposer(registry, blueprints), registry, new LeaseTable());
  private final FolderRecords records = new FolderRecords();
  private Path at;

  @BeforeEach
  void place() {
    at = folder.resolve("run");
  }

  private Run start() throws IOException {
    return runs.start(blueprints.complete(blueprints.ofModel("toy")), at, RunListener.NONE);
  }

  private void trained() throws IOException {
    try (Run run = start()) {
      run.train();
    }
  }

  private static String message(
      Class<? extends Exception> type, org.junit.jupiter.api.function.Executable executable) {
    return assertThrows(type, executable).getMessage();
  }

  @Test
  void theHistoryHoldsWhatEveryStepTold() throws IOException {
    trained();
    RunHistory history = records.history(at);
    assertEquals(10, history.size());
    assertEquals("loss", history.quantities().get(0));
    List<String> lines = Files.readAllLines(at.resolve("loss.csv"));
    double sum = 0;
    for (String line : lines.subList(6, 11)) {
      sum += Double.parseDouble(line.split(",")[2]);
    }
    assertEquals(sum / 5, history.means("loss").get(2), 1e-12);
    assertEquals(List.of(1, 2), List.copyOf(history.means("loss").keySet()));
  }

  @Test
  void aCurveIsTheMeanOfEachWindowInItsMiddle() {
    RunHistory history =
        new RunHistory(
            new long[] {1, 2, 3, 4},
            new int[] {1, 1, 2, 2},
            Map.of("loss", new double[] {4, 2, 1, Double.NaN}));
    List<double[]> curve = history.curve("loss", 2);
    assertEquals(2, curve.size());
    assertEquals(1.5, curve.get(0)[0]);
    assertEquals(3, curve.get(0)[1]);
    assertEquals(3, curve.get(1)[0]);
    assertEquals(1, curve.get(1)[1]);
    assertEquals(4, history.curve("loss", 100).size() + 1);
    assertEquals(Map.of(1, 3.0, 2, 1.0), history.means("loss"));
  }

  @Test
  void aLineThatIsBeingWrittenIsLeftOutAndADamagedOneIsNamed() throws IOException {
    trained();
    Path table = at.resolve("loss.csv");
    String whole = Files.readString(table);
    Files.writeString(table, whole + "11,3");
    assertEquals(10, records.history(at).size());
    Files.writeString(table, whole.replace("\n3,", "\nthree,"));
    String told = message(IOException.class, () -> records.history(at));
    assertTrue(told.contains("loss.csv, line 4: "), told);
    Files.writeString(table, "garbage\n");
    String header = message(IOException.class, () -> records.history(at));
    assertTrue(header.contains("loss.csv, line 1: "), header);
    Files.delete(table);
    assertEquals(0, records.history(at).size());
  }

  @Test
  void timesAreAddedUpAndResumingNeedsThemNot() throws IOException {
    Path times = at.resolve("times.json");
    trained();
    RunTimes first = records.times(at).orElseThrow();
    assertFalse(first.began().isAfter(Instant.now()));
    Files.delete(at.resolve("manifest.json"));
    Files.move(at, folder.resolve("old"));
    try (Run run = start()) {
      run.stop();
      run.train();
    }
    Files.writeString(
        times,
        "{\"began\": \"2020-01-02T03:04:05Z\", \"changed\": \"2020-01-02T04:00:00Z\","
            + " \"trainedMillis\": 3600000}");
    try (Run run = runs.resume(at, RunListener.NONE)) {
      run.train();
    }
    RunTimes added = records.times(at).orElseThrow();
    assertEquals(Instant.parse("2020-01-02T03:04:05Z"), added.began());
    assertTrue(added.trained().compareTo(Duration.ofHours(1)) >= 0, added.toString());
    assertTrue(added.changed().isAfter(added.began()), added.toString());
    Files.writeString(times, "{\"began\": \"some day\"");
    assertTrue(records.times(at).isEmpty());
  }

  @Test
  void aRunIsTrainedWhereItsTimesCanNotBeWritten() throws IOException {
    try (Run run = start()) {
      Files.createDirectories(at.resolve("times.json/full"));
      assertEquals(Run.State.FINISHED, run.train());
    }
  }

  @Test
  void notesStandInAFileOfTheirOwn() throws IOException {
    trained();
    byte[] manifest = Files.readAllBytes(at.resolve("manifest.json"));
    assertEquals(RunNotes.NONE, records.notes(at));
    records.annotate(at, RunNotes.NONE.tagged(List.of("mnist", "best"), List.of()).with("Good."));
    assertEquals(new RunNotes(List.of("best", "mnist"), "Good."), records.notes(at));
    records.annotate(at, records.notes(at).tagged(List.of("old"), List.of("best")));
    assertEquals(new RunNotes(List.of("mnist", "old"), "Good."), records.notes(at));
    assertEquals(
        new String(manifest, java.nio.charset.StandardCharsets.UTF_8),
        Files.readString(at.resolve("manifest.json")));
    assertThrows(
        IllegalArgumentException.class,
        () -> RunNotes.NONE.tagged(List.of("two words"), List.of()));
    Files.writeString(at.resolve("notes.json"), "{\"tags\": [\"\\u001b[2J\"]}");
    String told = message(IOException.class, () -> records.notes(at));
    assertTrue(told.contains("notes.json is damaged"), told);
    assertEquals(Run.State.FINISHED, runs.info(at).state());
  }

  @Test
  void aRunIsRemovedWithAllThatIsInIt() throws IOException {
    trained();
    Files.writeString(Files.createDirectories(at.resolve("mine/deep")).resolve("a.txt"), "a");
    RunRecords.Extent extent = records.extent(at);
    try (var files = Files.walk(at)) {
      assertEquals(files.filter(Files::isRegularFile).count(), extent.files());
    }
    assertTrue(extent.bytes() > 1000, extent.toString());
    records.remove(at);
    assertFalse(Files.exists(at));
    assertTrue(Files.exists(folder));
  }

  @Test
  void aRunThatIsTrainedIsNotRemoved() throws IOException {
    try (Run run = start()) {
      String told = message(IllegalStateException.class, () -> records.remove(at));
      assertTrue(told.contains("is being trained at the moment"), told);
      assertEquals(Run.State.FINISHED, run.train());
    }
    records.remove(at);
    assertFalse(Files.exists(at));
  }

  @Test
  void nothingButARunIsRemoved() throws IOException {
    String none = message(IOException.class, () -> records.remove(at));
    assertTrue(none.contains("there is no folder " + at), none);
    Path file = Files.writeString(Files.createDirectory(at).resolve("precious.txt"), "keep");
    String other = message(IOException.class, () -> records.remove(at));
    assertTrue(other.contains("holds no run"), other);
    Files.writeString(at.resolve("manifest.json"), "{\"format\": \"of a web page\"}");
    assertThrows(IOException.class, () -> records.remove(at));
    Path many = folder.resolve("all");
    Files.move(at, Files.createDirectory(many).resolve("a"));
    trained();
    Files.copy(at.resolve("manifest.json"), many.resolve("manifest.json"));
    Files.move(at, many.resolve("b"));
    String nested = message(IOException.class, () -> records.remove(many));
    assertTrue(nested.contains("has another run in it, " + many.resolve("b")), nested);
    assertEquals("keep", Files.readString(many.resolve("a").resolve(file.getFileName())));
    assertTrue(Files.exists(many.resolve("b/checkpoints")));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
  void linksAreNotFollowed() throws IOException {
    trained();
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path kept = Files.writeString(outside.resolve("kept.txt"), "keep");
    Files.createSymbolicLink(at.resolve("link"), outside);
    Path link = Files.createSymbolicLink(folder.resolve("link"), at);
    String told = message(IOException.class, () -> records.remove(link));
    assertTrue(told.contains("is a link"), told);
    records.remove(at);
    assertFalse(Files.exists(at));
    assertEquals("keep", Files.readString(kept));
  }

  @Test
  void whatWasInterruptedCanBeRemovedAgain() throws IOException {
    trained();
    Files.delete(at.resolve("blueprint.json"));
    records.remove(at);
    assertFalse(Files.exists(at));
  }
}
