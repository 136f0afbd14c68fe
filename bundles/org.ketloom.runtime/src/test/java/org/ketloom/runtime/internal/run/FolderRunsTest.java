package org.ketloom.runtime.internal.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Sampler;

class FolderRunsTest {
  @TempDir Path folder;

  private final TrackedParts registry = Fakes.registry();
  private final AtomicInteger texts = new AtomicInteger();
  private final JsonBlueprints blueprints =
      new JsonBlueprints(
          registry,
          (json, source) -> {
            texts.incrementAndGet();
            return BlueprintTree.read(json, source);
          });
  private final AtomicLong clock = new AtomicLong();
  // A second per look: a step takes one second.
  private final FolderRuns runs =
      new FolderRuns(
          blueprints,
          new PartComposer(registry, blueprints),
          registry,
          new LeaseTable(),
          new LiveRuns(),
          Duration.ZERO,
          Duration.ofMinutes(1),
          () -> clock.getAndAdd(1_000_000_000));

  /** Five steps of 4 images an epoch. */
  private Blueprint blueprint(String... assignments) {
    return blueprints.complete(blueprints.set(blueprints.ofModel("toy"), List.of(assignments)));
  }

  private RecordingListener start(Blueprint blueprint, Path at, long stopAfter) throws IOException {
    RecordingListener notes = new RecordingListener().stopAt(stopAfter);
    try (Run run = runs.start(blueprint, at, notes)) {
      notes.run = run;
      run.train();
    }
    return notes;
  }

  private RecordingListener resume(Path at, long stopAfter) throws IOException {
    RecordingListener notes = new RecordingListener().stopAt(stopAfter);
    try (Run run = runs.resume(at, notes)) {
      notes.run = run;
      run.train();
    }
    return notes;
  }

  private static String state(Path at) throws IOException {
    return RunFiles.readJson(at.resolve("manifest.json")).path("state").asText();
  }

  private static List<String> files(Path at) throws IOException {
    try (Stream<Path> all = Files.walk(at)) {
      return all.filter(Files::isRegularFile)
          .map(f -> at.relativize(f).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void aStartReadsTheTextOfItsBlueprintOnce() throws IOException {
    Draft draft = blueprints.parse("{\"model\": \"toy\"}", "my.json");
    Blueprint asked = blueprints.complete(blueprints.set(draft, List.of("training.epochs=1")));
    start(asked, folder.resolve("run"), 1);
    resume(folder.resolve("run"), 100);
    assertEquals(1, texts.get());
    assertEquals("finished", state(folder.resolve("run")));
  }

  @Test
  void aRunLeavesAllOfItsFilesAndTellsWhatItDoes() throws IOException {
    Path at = folder.resolve("new/run");
    RecordingListener notes = start(blueprint(), at, -1);
    assertEquals(
        List.of(
            ".lock",
            "blueprint.json",
            "checkpoints/step-000000005.json",
            "checkpoints/step-000000005.safetensors",
            "checkpoints/step-000000010.json",
            "checkpoints/step-000000010.safetensors",
            "loss.csv",
            "loss.svg",
            "manifest.json",
            "samples/epoch-0001.png",
            "samples/epoch-0002.png",
            "times.json"),
        files(at));
    assertEquals("finished", state(at));
    assertEquals("started at 0 of 10", notes.lines.get(0));
    assertTrue(notes.lines.get(1).startsWith("epoch 1 of 2 "), notes.lines.get(1));
    assertEquals(List.of("checkpoint 5", "grid epoch-0001.png"), notes.lines.subList(2, 4));
    assertEquals(
        List.of("checkpoint 10", "grid epoch-0002.png", "finished step-000000010.json"),
        notes.lines.subList(5, 8));
    assertEquals(Map.of("classical", 6L), notes.started.parameters());
    assertEquals(List.of("bottleneck: 2 wires, 6 gates, depth 3"), notes.started.circuits());
    assertEquals(List.of(), notes.started.notes());
    RunListener.Step seventh = notes.steps.get(6);
    assertEquals(
        List.of(2, 2, 2, 5),
        List.of(seventh.epoch(), seventh.epochs(), seventh.stepInEpoch(), seventh.stepsPerEpoch()));
    assertEquals(4.0, seventh.imagesPerSecond(), 1e-9);
    assertEquals(Duration.ofSeconds(3), seventh.left());
    List<String> csv = Files.readAllLines(at.resolve("loss.csv"));
    assertEquals("step,epoch,loss,norm", csv.get(0));
    assertEquals(11, csv.size());
    assertEquals(
        "7,2," + seventh.result().loss() + "," + seventh.result().quantities().get("norm"),
        csv.get(7));
    double mean =
        notes.steps.subList(5, 10).stream()
            .mapToDouble(s -> s.result().loss())
            .average()
            .orElseThrow();
    assertEquals("epoch 2 of 2 " + mean, notes.lines.get(4));
    assertEquals(blueprint(), blueprints.complete(blueprints.read(at.resolve("blueprint.json"))));
    var manifest = RunFiles.readJson(at.resolve("manifest.json"));
    assertEquals("fake.ansatz", manifest.at("/generations/parts.ansatz/bundle").asText());
    assertEquals("high", manifest.at("/images/classes/2").asText());
    assertEquals(22, manifest.at("/images/count").asInt());
  }

  /** In the first epoch, at its end, in the second, and after the last step. */
  @ParameterizedTest
  @ValueSource(longs = {1, 3, 5, 8, 9, 10})
  void aStoppedAndResumedRunIsBitExact(long stopAfter) throws IOException {
    Path straight = folder.resolve("straight");
    Path interrupted = folder.resolve("interrupted");
    start(blueprint(), straight, -1);
    RecordingListener first = start(blueprint(), interrupted, stopAfter);
    assertEquals("stopped", state(interrupted));
    assertTrue(
        first.lines.get(first.lines.size() - 1).startsWith("stopped "), first.lines.toString());
    RecordingListener second = resume(interrupted, -1);
    assertEquals(stopAfter, second.started.firstStep());
    assertEquals(List.of(), second.started.notes());
    assertEquals("finished", state(interrupted));
    for (String name :
        List.of(
            "blueprint.json",
            "checkpoints/step-000000010.json",
            "checkpoints/step-000000010.safetensors",
            "loss.csv",
            "loss.svg",
            "samples/epoch-0001.png",
            "samples/epoch-0002.png")) {
      assertArrayEquals(
          Files.readAllBytes(straight.resolve(name)),
          Files.readAllBytes(interrupted.resolve(name)),
          name);
    }
  }

  @Test
  void aKilledRunGoesOnFromItsLastCheckpoint() throws IOException {
    Path straight = folder.resolve("straight");
    Path killed = folder.resolve("killed");
    start(blueprint(), straight, -1);
    start(blueprint(), killed, 8);
    // As a process leaves it that was killed between two checkpoints, while it wrote a line.
    Files.delete(killed.resolve("checkpoints/step-000000008.json"));
    Files.writeString(killed.resolve("checkpoints/.step-000000009.json.tmp"), "half");
    Files.writeString(
        killed.resolve(
            "checkpoints/.step-000000009.safetensors.3b241101-e2bb-4255-8caf-4136c566a962.tmp"),
        "half");
    Files.writeString(
        killed.resolve("loss.csv"), Files.readString(killed.resolve("loss.csv")) + "9,2,0.1");
    Files.writeString(
        killed.resolve("manifest.json"),
        Files.readString(killed.resolve("manifest.json"))
            .replace("stopped", "running")
            .replace("\"step\": 8", "\"step\": 0"));
    assertEquals(5, runs.info(killed).step(), "what is in its last checkpoint");
    RecordingListener notes = resume(killed, -1);
    assertEquals(5, notes.started.firstStep());
    assertEquals(
        Files.readString(straight.resolve("loss.csv")),
        Files.readString(killed.resolve("loss.csv")));
    assertEquals(files(straight), files(killed), "what was left over is gone");
  }

  @Test
  void aRunWithoutACheckpointBeginsAgain() throws IOException {
    Path straight = folder.resolve("straight");
    Path killed = folder.resolve("killed");
    start(blueprint(), straight, -1);
    runs.start(blueprint(), killed, RunListener.NONE).close();
    assertEquals("created", state(killed));
    RecordingListener notes = resume(killed, -1);
    assertTrue(notes.started.notes().get(0).contains("first step"));
    assertArrayEquals(
        Files.readAllBytes(straight.resolve("checkpoints/step-000000010.safetensors")),
        Files.readAllBytes(killed.resolve("checkpoints/step-000000010.safetensors")));
  }

  @Test
  void onlyTheLastCheckpointsAreKept() throws IOException {
    start(blueprint("training.epochs=6", "training.sampleEvery=0"), folder.resolve("run"), -1);
    List<String> files = files(folder.resolve("run"));
    assertEquals(
        List.of(
            "checkpoints/step-000000020.json",
            "checkpoints/step-000000025.json",
            "checkpoints/step-000000030.json"),
        files.stream().filter(f -> f.matches("checkpoints/.*json")).toList());
    assertEquals(
        List.of("samples/epoch-0006.png"),
        files.stream().filter(f -> f.startsWith("samples")).toList());
  }

  @Test
  void checkpointsAreWrittenAsOftenAsAsked() throws IOException {
    RecordingListener notes =
        start(
            blueprint("training.epochs=5", "training.checkpointEvery=2", "training.sampleEvery=4"),
            folder.resolve("run"),
            -1);
    assertEquals(
        List.of(
            "checkpoint 10",
            "checkpoint 20",
            "grid epoch-0004.png",
            "checkpoint 25",
            "grid epoch-0005.png"),
        notes.lines.stream()
            .filter(l -> l.startsWith("checkpoint") || l.startsWith("grid"))
            .toList());
  }

  /** What only a beginning needs may be gone when a run continues from its checkpoint. */
  @Test
  void whatABeginningNeedsIsAskedForBeforeIt() throws IOException {
    Path needed = folder.resolve("needed");
    Blueprint blueprint = blueprint("model.options.note=" + needed);
    Path at = folder.resolve("run");
    String refused =
        assertThrows(IllegalArgumentException.class, () -> start(blueprint, at, -1)).getMessage();
    assertEquals("model.options.note: there is no " + needed, refused);
    assertFalse(Files.exists(at));
    Files.createFile(needed);
    start(blueprint, at, 2);
    Path killed = folder.resolve("killed");
    runs.start(blueprint, killed, new RecordingListener()).close();
    Files.delete(needed);
    resume(at, -1);
    assertThrows(IllegalArgumentException.class, () -> resume(killed, -1));
  }

  @Test
  void aFolderThatIsNotEmptyIsRefusedAndUnharmed() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 3);
    List<String> before = files(at);
    IOException used =
        assertThrows(IOException.class, () -> runs.start(blueprint(), at, RunListener.NONE));
    assertEquals(at + " holds a run already", used.getMessage());
    assertEquals(
        List.of(new Remedy.ResumeRun(at), new Remedy.OtherRunFolder()), HasRemedies.of(used));
    assertEquals(before, files(at));
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "mine");
    assertMessage(
        IOException.class, () -> runs.start(blueprint(), other, RunListener.NONE), "is not empty");
    assertEquals(List.of("thesis.txt"), files(other));
    assertMessage(
        IOException.class,
        () -> runs.start(blueprint(), other.resolve("thesis.txt"), RunListener.NONE),
        "is a file");
    assertMessage(
        IOException.class,
        () -> runs.start(blueprint(), other.resolve("thesis.txt/run"), RunListener.NONE),
        "can't be made");
  }

  @Test
  void aRunThatCantBeComposedLeavesNothing() throws IOException {
    Path at = folder.resolve("run");
    assertMessage(
        IOException.class,
        () -> runs.start(blueprint("data.options.images=0"), at, RunListener.NONE),
        "toy has no images");
    assertFalse(Files.exists(at));
  }

  @Test
  void aCheckpointOfAnotherBlueprintIsRefused() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    Path file = at.resolve("blueprint.json");
    String json = Files.readString(file);
    Files.writeString(
        file,
        json.replace("\"repeats\": 2", "\"repeats\": 5").replace("\"seed\": 42", "\"seed\": 1"));
    byte[] before = Files.readAllBytes(at.resolve("manifest.json"));
    assertMessage(
        IllegalArgumentException.class,
        () -> runs.resume(at, RunListener.NONE),
        "step-000000007.json belongs to a different Blueprint",
        "parts.ansatz.options.repeats: 5 here, 2 there; seed: 1 here, 42 there");
    assertMessage(
        IllegalArgumentException.class,
        () -> runs.open(at, OptionalInt.empty()),
        "belongs to a different Blueprint");
    assertArrayEquals(before, Files.readAllBytes(at.resolve("manifest.json")));
  }

  @Test
  void otherDataThanTheRunBeganWithIsRefused() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    bindData(new OtherData(22, 0));
    assertMessage(
        IllegalArgumentException.class,
        () -> runs.resume(at, RunListener.NONE),
        "data \"digits\" differs from what run " + at + " was started with");
  }

  /** A newer version of the data reads them otherwise, and knows how it once was. */
  @Test
  void aRunGoesOnWithTheDataThatItBeganWith() throws Exception {
    Path whole = folder.resolve("whole");
    start(blueprint(), whole, -1);
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    bindData(new NewerData(22, 0));
    resume(at, -1);
    assertEquals(
        Files.readString(whole.resolve("loss.csv")), Files.readString(at.resolve("loss.csv")));
    PartComposer composer = new PartComposer(registry, blueprints);
    try (Sampler sampler = runs.open(at, OptionalInt.empty())) {
      ResolvedBlueprint resolved = composer.resolve(sampler.blueprint());
      ResolvedBlueprint.Learned learned = resolved.learned(sampler.data());
      assertEquals(1, learned.reading());
      assertEquals(sampler.data(), learned.training().fingerprint());
      assertEquals(
          sampler.data(),
          resolved.open(DatasetProvider.Split.TEST, learned.reading()).fingerprint());
      assertEquals(0, resolved.learned("something else").reading());
    }
  }

  private void bindData(DatasetProvider data) {
    Fakes.bind(
        registry,
        Fakes.reference(
            5,
            Fakes.bundle("fake.data", "1.0.0"),
            DatasetProvider.class,
            Map.of(Part.NAME, "digits")),
        data);
  }

  record NewerData(int images, int shift) implements DatasetProvider {
    @Override
    public Dataset open(Split split) {
      return new Fakes.ToyDataset(images, shift + 2);
    }

    @Override
    public List<Former> former() {
      return List.of(split -> new Fakes.ToyDataset(images, shift));
    }
  }

  record OtherData(int images, int shift) implements DatasetProvider {
    @Override
    public Dataset open(Split split) {
      return new Fakes.ToyDataset(images, shift + 1);
    }
  }

  @Test
  void anotherVersionOfAPartIsSaid() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    Fakes.add(registry, 50, "fake.ansatz", "1.0.1", Ansatz.class, "layers", new Fakes.Layers());
    assertEquals(List.of(), resume(at, 8).started.notes(), "the one that it began with is there");
    Fakes.unbind(
        registry, Fakes.reference(3, Fakes.bundle("fake.ansatz", "1.0.0"), Ansatz.class, Map.of()));
    RecordingListener notes = resume(at, -1);
    assertEquals(1, notes.started.notes().size());
    assertTrue(
        notes.started.notes().get(0).startsWith("parts.ansatz comes from fake.ansatz 1.0.1 ("),
        notes.started.notes().get(0));
    assertEquals(
        "1.0.1",
        RunFiles.readJson(at.resolve("manifest.json"))
            .at("/resumptions/1/generations/parts.ansatz/version")
            .asText());
  }

  @Test
  void damagedCheckpointsAreNamedAndTheOneBeforeCanBeUsed() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    Path arrays = at.resolve("checkpoints/step-000000007.safetensors");
    byte[] bytes = Files.readAllBytes(arrays);
    bytes[bytes.length - 1] ^= 1;
    Files.write(arrays, bytes);
    String remedy = "delete " + at.resolve("checkpoints/step-000000007.json");
    assertMessage(IOException.class, () -> runs.resume(at, RunListener.NONE), "SHA-256", remedy);
    Files.write(arrays, java.util.Arrays.copyOf(bytes, bytes.length - 5));
    assertMessage(IOException.class, () -> runs.resume(at, RunListener.NONE), "truncated", remedy);
    Files.writeString(at.resolve("checkpoints/step-000000007.json"), "{");
    assertMessage(
        IOException.class,
        () -> runs.resume(at, RunListener.NONE),
        "step-000000007.json is damaged");
    Files.delete(at.resolve("checkpoints/step-000000007.json"));
    assertEquals(5, resume(at, -1).started.firstStep());
  }

  @Test
  void aLossThatIsNotANumberFailsTheRunAndKeepsTheLastCheckpoint() throws IOException {
    Path at = folder.resolve("run");
    RecordingListener notes = new RecordingListener();
    try (Run run = runs.start(blueprint("model.options.nanFrom=7"), at, notes)) {
      ArithmeticException failure = assertThrows(ArithmeticException.class, run::train);
      assertTrue(
          failure.getMessage().startsWith("loss became NaN at step 8, epoch 2; "),
          failure.getMessage());
      assertTrue(failure.getMessage().contains("step-000000005.json of step 5, is kept"));
      assertEquals(Run.State.FAILED, run.state());
      assertEquals("failed " + failure.getMessage(), notes.lines.get(notes.lines.size() - 1));
    }
    assertEquals("failed", state(at));
    try (Sampler sampler = runs.open(at, OptionalInt.empty())) {
      assertEquals(1, sampler.epoch());
    }
  }

  @Test
  void aFailedWriteKeepsTheCheckpointBefore() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    byte[] before = Files.readAllBytes(at.resolve("checkpoints/step-000000007.safetensors"));
    // A folder in the way of the file: what a full disk does, on every system.
    Files.createDirectories(at.resolve("checkpoints/step-000000010.safetensors/x"));
    try (Run run = runs.resume(at, RunListener.NONE)) {
      assertMessage(
          IOException.class,
          run::train,
          at.resolve("checkpoints/step-000000010.safetensors") + " can't be written: ",
          "step-000000007.json of step 7, is kept");
    }
    assertEquals("failed", state(at));
    assertArrayEquals(
        before, Files.readAllBytes(at.resolve("checkpoints/step-000000007.safetensors")));
    Files.delete(at.resolve("checkpoints/step-000000010.safetensors/x"));
    Files.delete(at.resolve("checkpoints/step-000000010.safetensors"));
    assertEquals(7, resume(at, -1).started.firstStep());
    assertEquals("finished", state(at));
  }

  @Test
  void aFolderHasOneRunAtATime() throws IOException {
    Path at = folder.resolve("run");
    try (Run run = runs.start(blueprint(), at, RunListener.NONE)) {
      assertMessage(
          IllegalStateException.class, () -> runs.resume(at, RunListener.NONE), "is in use");
      run.train();
      assertThrows(IllegalStateException.class, run::train);
    }
    assertMessage(
        IllegalStateException.class, () -> runs.resume(at, RunListener.NONE), "is finished");
    assertMessage(
        IOException.class,
        () -> runs.resume(folder.resolve("none"), RunListener.NONE),
        "there is no folder " + folder.resolve("none"));
    assertMessage(IOException.class, () -> runs.resume(folder, RunListener.NONE), "holds no run");
  }

  @Test
  void imagesAreDrawnFromACheckpointWithoutTheData() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, -1);
    Fakes.unbind(
        registry,
        Fakes.reference(
            5,
            Fakes.bundle("fake.data", "1.0.0"),
            org.ketloom.api.data.DatasetProvider.class,
            Map.of()));
    try (Sampler last = runs.open(at, OptionalInt.empty());
        Sampler first = runs.open(at, OptionalInt.of(1))) {
      assertEquals(2, last.epoch());
      assertEquals(List.of("low", "middle", "high"), last.classes());
      int[] labels = {0, 2, -1};
      var images = last.sample(labels, 3, Map.of(), (done, total) -> true);
      assertEquals(3, images.size());
      assertArrayEquals(
          images.pixels(), last.sample(labels, 3, Map.of(), (done, total) -> true).pixels());
      assertFalse(
          java.util.Arrays.equals(
              images.pixels(), first.sample(labels, 3, Map.of(), (done, total) -> true).pixels()));
      assertMessage(
          IllegalArgumentException.class,
          () -> last.sample(new int[] {3}, 3, Map.of(), (done, total) -> true),
          "no class 3");
      assertMessage(
          IllegalArgumentException.class,
          () -> last.sample(labels, 3, Map.of("step", "4"), (done, total) -> true),
          "sampling has no option \"step\"; it has steps");
    }
    assertMessage(
        IOException.class,
        () -> runs.open(at, OptionalInt.of(7)),
        "no checkpoint of epoch 7",
        "epoch 1, 2");
  }

  @Test
  void aDamagedLossTableIsNamed() throws IOException {
    Path at = folder.resolve("run");
    start(blueprint(), at, 7);
    Files.writeString(
        at.resolve("loss.csv"),
        Files.readString(at.resolve("loss.csv")).replace("\n3,", "\nthree,"),
        StandardCharsets.UTF_8);
    try (Run run = runs.resume(at, RunListener.NONE)) {
      assertMessage(IOException.class, run::train, "loss.csv, line 4", "found \"three,");
    }
  }

  private static void assertMessage(
      Class<? extends Exception> type,
      org.junit.jupiter.api.function.Executable executable,
      String... fragments) {
    String message = assertThrows(type, executable).getMessage();
    for (String fragment : fragments) {
      assertTrue(message.contains(fragment), message);
    }
    assertEquals(1, message.lines().count(), message);
  }
}
