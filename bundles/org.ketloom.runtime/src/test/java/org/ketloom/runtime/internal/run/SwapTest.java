package org.ketloom.runtime.internal.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.files.Safetensors;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.runtime.run.Swap;

/** Parts that are replaced while a run continues, and afterwards. Epochs have five steps. */
class SwapTest {
  private static final Resumption CURRENT = new Resumption(Optional.empty(), true);

  @TempDir Path folder;

  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);
  private final LeaseTable leases = new LeaseTable();
  private final LiveRuns live = new LiveRuns();
  private final FolderRuns runs =
      runs(new PartComposer(registry, blueprints), Duration.ofMinutes(1));

  private FolderRuns runs(Composer composer, Duration timeout) {
    return new FolderRuns(
        blueprints, composer, registry, leases, live, Duration.ZERO, timeout, System::nanoTime);
  }

  private RecordingListener train(Path at, RunSettings.Policy policy, RecordingListener script)
      throws IOException {
    return train(runs, 4, at, policy, script);
  }

  private RecordingListener train(
      FolderRuns in, int epochs, Path at, RunSettings.Policy policy, RecordingListener script)
      throws IOException {
    try (Run run =
        in.start(
            blueprints.complete(
                blueprints.set(
                    blueprints.ofModel("toy"),
                    List.of("training.epochs=" + epochs, "training.sampleEvery=0"))),
            at,
            new RunSettings(policy, false),
            script)) {
      script.run = run;
      run.train();
    }
    return script;
  }

  private RecordingListener resume(Path at, RecordingListener script) throws IOException {
    return resume(at, Resumption.AS_BEFORE, script);
  }

  private RecordingListener resume(Path at, Resumption how, RecordingListener script)
      throws IOException {
    try (Run run = runs.resume(at, how, script)) {
      script.run = run;
      run.train();
    }
    return script;
  }

  /** A newer version of the toy's ansatz. */
  private Runnable newer(String version, Ansatz ansatz) {
    return () ->
        Fakes.add(
            registry,
            100 + version.hashCode(),
            "fake.ansatz",
            version,
            Ansatz.class,
            "layers",
            ansatz);
  }

  private void vanish(long id, String version) {
    Fakes.unbind(
        registry,
        Fakes.reference(
            id, Fakes.bundle("fake.ansatz", version), Ansatz.class, Map.of(Part.NAME, "layers")));
  }

  private static byte[] last(Path at) throws IOException {
    return Files.readAllBytes(at.resolve("checkpoints/step-000000020.safetensors"));
  }

  @Test
  void aPinnedRunIsTheSameBitByBit() throws IOException {
    Path alone = folder.resolve("alone");
    Path beside = folder.resolve("beside");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener script =
        train(
            beside,
            RunSettings.Policy.PIN,
            new RecordingListener()
                .at(2, newer("1.1.0", new Fakes.Turned()))
                .at(7, () -> vanish(3, "1.0.0"))
                .at(8, newer("2.0.0", new Fakes.Broken(1))));
    assertEquals(List.of(), script.swaps);
    for (String file :
        List.of(
            "loss.csv",
            "manifest.json",
            "checkpoints/step-000000020.json",
            "checkpoints/step-000000020.safetensors",
            "samples/epoch-0004.png")) {
      assertArrayEquals(
          Files.readAllBytes(alone.resolve(file)), Files.readAllBytes(beside.resolve(file)), file);
    }
  }

  /** Two ways to the same end: adopting at the end of epoch 2, and resuming there with the new. */
  @Test
  void adoptingIsWhatResumingWithTheNewPartWouldBe() throws IOException {
    Path adopted = folder.resolve("adopted");
    RecordingListener script =
        train(
            adopted,
            RunSettings.Policy.ADOPT,
            new RecordingListener().at(7, newer("1.1.0", new Fakes.Turned())));
    assertEquals(1, script.swaps.size());
    Swap swap = script.swaps.get(0);
    assertEquals(Swap.Kind.ADOPT, swap.kind());
    assertEquals(Swap.Outcome.DONE, swap.outcome());
    assertEquals(10, swap.step(), "the next epoch");
    assertEquals("1.0.0", swap.from().get("parts.ansatz").version());
    assertEquals("1.1.0", swap.to().get("parts.ansatz").version());
    assertEquals(1, swap.to().size());

    vanish(100 + "1.1.0".hashCode(), "1.1.0");
    Path resumed = folder.resolve("resumed");
    RecordingListener stopped = new RecordingListener();
    train(resumed, RunSettings.Policy.PIN, stopped.at(10, () -> stopped.run.stop()));
    newer("1.1.0", new Fakes.Turned()).run();
    vanish(3, "1.0.0");
    resume(resumed, CURRENT, new RecordingListener());
    assertArrayEquals(last(resumed), last(adopted));

    RunInfo info = runs.info(adopted);
    assertEquals(List.of(swap), info.swaps());
    assertEquals("1.1.0", info.identities().get("parts.ansatz").version());
    assertEquals("1.0.0", info.first().get("parts.ansatz").version());
    assertEquals(List.of(), info.quarantine());
    assertEquals(
        "1.1.0",
        RunFiles.readJson(adopted.resolve("checkpoints/step-000000020.json"))
            .at("/generations/parts.ansatz/version")
            .asText());
  }

  /** Composes when it is let, once it is held. */
  private Composer held(AtomicBoolean hold, CountDownLatch let) {
    return proxy(
        Composer.class,
        new PartComposer(registry, blueprints),
        found ->
            found instanceof ResolvedBlueprint resolved
                ? proxy(
                    ResolvedBlueprint.class,
                    resolved,
                    composition -> {
                      if (composition instanceof Composition && hold.get()) {
                        let.await();
                      }
                      return composition;
                    })
                : found);
  }

  /** What a service answers, as something makes of it. */
  private interface Answer {
    Object of(Object answer) throws InterruptedException;
  }

  private static <T> T proxy(Class<T> type, T service, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            SwapTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.of(method.invoke(service, arguments))));
  }

  @Test
  void anUpdateThatIsNotReadyHasItsTurnAtALaterEpoch() throws IOException {
    AtomicBoolean hold = new AtomicBoolean();
    CountDownLatch let = new CountDownLatch(1);
    RecordingListener script =
        train(
            runs(held(hold, let), Duration.ofMillis(100)),
            100,
            folder.resolve("run"),
            RunSettings.Policy.ADOPT,
            new RecordingListener()
                .at(6, () -> hold.set(true))
                .at(7, newer("1.1.0", new Fakes.Turned()))
                .at(12, let::countDown));
    assertEquals(1, script.swaps.size(), script.swaps.toString());
    assertEquals(Swap.Outcome.DONE, script.swaps.get(0).outcome());
    assertTrue(script.swaps.get(0).step() >= 15, script.swaps.toString());
    assertEquals(500, script.losses().size());
  }

  @Test
  void anUpdateThatHasGoneAgainIsForgotten() throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener script =
        train(
            at,
            RunSettings.Policy.ADOPT,
            new RecordingListener()
                .at(7, newer("1.1.0", new Fakes.Turned()))
                .at(9, () -> vanish(100 + "1.1.0".hashCode(), "1.1.0")));
    assertEquals(List.of(), script.swaps);
    assertArrayEquals(last(alone), last(at));
  }

  @Test
  void otherParametersAreRefused() throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener script =
        train(
            at,
            RunSettings.Policy.ADOPT,
            new RecordingListener().at(7, newer("1.1.0", new Fakes.Longer())));
    assertEquals(1, script.swaps.size(), script.swaps.toString());
    Swap swap = script.swaps.get(0);
    assertEquals(Swap.Outcome.REFUSED, swap.outcome());
    assertEquals("its parameters differ: circuit is double[5], was double[4]", swap.reason());
    assertArrayEquals(last(alone), last(at));
  }

  /** After 0 steps the probe fails, after 1 the first step. */
  @ParameterizedTest
  @CsvSource({"0, loss became NaN", "1, its first step failed: loss became NaN at step 11"})
  void whatBecomesNaNIsRolledBackAndQuarantined(int after, String reason) throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener stopped = new RecordingListener();
    stopped.at(7, newer("1.1.0", new Fakes.Poison(2, after))).at(13, () -> stopped.run.stop());
    train(at, RunSettings.Policy.ADOPT, stopped);
    assertEquals(1, stopped.swaps.size(), stopped.swaps.toString());
    Swap swap = stopped.swaps.get(0);
    assertEquals(Swap.Outcome.QUARANTINED, swap.outcome());
    assertTrue(swap.reason().startsWith(reason), swap.reason());
    assertEquals("1.1.0", swap.to().get("parts.ansatz").version());
    assertEquals(List.of(swap), runs.info(at).quarantine());

    RecordingListener resumed = resume(at, new RecordingListener());
    assertEquals(List.of(), resumed.swaps, "the quarantine outlives the process");
    assertArrayEquals(last(alone), last(at));
    assertEquals(
        Files.readString(alone.resolve("loss.csv")), Files.readString(at.resolve("loss.csv")));
  }

  @Test
  void anUpdateThatCantBeComposedIsQuarantinedAndTheNextOneAdopted() throws IOException {
    Path at = folder.resolve("run");
    RecordingListener script =
        train(
            at,
            RunSettings.Policy.ADOPT,
            new RecordingListener()
                .at(2, newer("1.1.0", new Fakes.Broken(2)))
                .at(12, newer("1.2.0", new Fakes.Turned())));
    assertEquals(
        List.of(Swap.Outcome.QUARANTINED, Swap.Outcome.DONE),
        script.swaps.stream().map(Swap::outcome).toList());
    assertTrue(
        script.swaps.get(0).reason().contains("NoClassDefFoundError: fake/Missing"),
        script.swaps.get(0).reason());
    assertEquals(List.of(5L, 15L), script.swaps.stream().map(Swap::step).toList());
  }

  @Test
  void aRunBeginsAgainWithTheNewPart() throws IOException {
    Path at = folder.resolve("run");
    RecordingListener script =
        train(
            at,
            RunSettings.Policy.RESTART,
            new RecordingListener().at(7, newer("1.1.0", new Fakes.Turned())));
    assertEquals(1, script.swaps.size());
    assertEquals(Swap.Kind.RESTART, script.swaps.get(0).kind());
    assertEquals(7, script.swaps.get(0).step());
    assertEquals(27, script.losses().size(), "7 steps, then all 20");
    Path fresh = folder.resolve("fresh");
    train(fresh, RunSettings.Policy.PIN, new RecordingListener());
    assertArrayEquals(last(fresh), last(at));
    assertEquals(21, Files.readAllLines(at.resolve("loss.csv")).size());
    Path archive = at.resolve("attempts/0001");
    assertEquals(8, Files.readAllLines(archive.resolve("loss.csv")).size());
    assertTrue(Files.exists(archive.resolve("checkpoints/step-000000007.safetensors")));
  }

  @Test
  void aRunDoesntBeginAgainWithWhatFails() throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener script =
        train(
            at,
            RunSettings.Policy.RESTART,
            new RecordingListener().at(7, newer("1.1.0", new Fakes.Poison(2, 0))));
    assertEquals(Swap.Outcome.QUARANTINED, script.swaps.get(0).outcome());
    assertEquals(20, script.losses().size());
    assertArrayEquals(last(alone), last(at));
  }

  @Test
  void aPinnedRunIsResumedWithItsOwnParts() throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    RecordingListener script = new RecordingListener();
    train(at, RunSettings.Policy.PIN, script.at(7, () -> script.run.stop()));
    newer("1.1.0", new Fakes.Turned()).run();
    resume(at, new RecordingListener());
    assertArrayEquals(last(alone), last(at));
  }

  /** A pinned run that was stopped at step 7, whose ansatz was upgraded then. */
  private Path upgraded(Ansatz newer) throws IOException {
    Path at = folder.resolve("run");
    RecordingListener script = new RecordingListener();
    train(at, RunSettings.Policy.PIN, script.at(7, () -> script.run.stop()));
    newer("1.1.0", newer).run();
    vanish(3, "1.0.0");
    return at;
  }

  @Test
  void aPinnedRunIsNotResumedWithAnotherCircuit() throws IOException {
    Path at = upgraded(new Fakes.Turned());
    byte[] manifest = Files.readAllBytes(at.resolve("manifest.json"));
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> resume(at, new RecordingListener()));
    assertEquals(List.of(new Remedy.ResumeWithCurrentParts(at)), HasRemedies.of(thrown));
    String refused = thrown.getMessage();
    for (String part :
        List.of(
            "run " + at + " was trained with parts.ansatz of fake.ansatz 1.0.0 (",
            "which is gone; there is fake.ansatz 1.1.0 (",
            "circuit \"bottleneck\" would be a different one")) {
      assertTrue(refused.contains(part), refused);
    }
    assertEquals(1, refused.lines().count(), refused);
    assertArrayEquals(manifest, Files.readAllBytes(at.resolve("manifest.json")));
    assertEquals(List.of(), leases.live());
    String undrawn =
        assertThrows(IllegalStateException.class, () -> runs.open(at, OptionalInt.empty()))
            .getMessage();
    assertTrue(undrawn.contains("circuit \"bottleneck\" would be a different one"), undrawn);
    assertEquals(List.of(), leases.live());
  }

  @Test
  void whatARunIsResumedWithInsteadIsInItsProvenance() throws IOException {
    Path at = upgraded(new Fakes.Turned());
    String before = circuit(at);
    assertEquals(13, resume(at, CURRENT, new RecordingListener()).losses().size());
    RunInfo info = runs.info(at);
    assertEquals(1, info.swaps().size(), info.swaps().toString());
    Swap swap = info.swaps().get(0);
    assertEquals(Swap.Kind.RESUME, swap.kind());
    assertEquals(7, swap.step());
    assertEquals("1.0.0", swap.from().get("parts.ansatz").version());
    assertEquals("1.1.0", swap.to().get("parts.ansatz").version());
    assertEquals(List.of("circuit \"bottleneck\" is a different one"), swap.changes());
    assertEquals("1.1.0", info.identities().get("parts.ansatz").version());
    assertEquals("1.0.0", info.first().get("parts.ansatz").version());
    assertNotEquals(before, circuit(at));
  }

  private static String circuit(Path at) throws IOException {
    return RunFiles.readJson(at.resolve("manifest.json"))
        .at("/circuits/bottleneck/fingerprint")
        .asText();
  }

  /** Also where the run is of a release whose checkpoints don't say what their circuits were. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aVersionThatMakesTheSameCircuitsIsAsGood(boolean old) throws IOException {
    Path alone = folder.resolve("alone");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    Path at = upgraded(new Fakes.Layers());
    if (old) {
      Path checkpoint = at.resolve("checkpoints/step-000000007.json");
      String text = Files.readString(checkpoint);
      String without = text.replaceFirst("(?s),\\s*\"circuits\": \\{[^}]*\\}", "");
      assertNotEquals(text, without);
      Files.writeString(checkpoint, without);
    }
    assertEquals(13, resume(at, new RecordingListener()).losses().size());
    assertEquals(List.of(), runs.info(at).swaps());
    assertArrayEquals(last(alone), last(at));
  }

  @Test
  void aPinnedRunHasItsPartBackFromTheArchive() throws IOException {
    Path alone = folder.resolve("alone");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    Path at = upgraded(new Fakes.Turned());
    List<PartIdentity> asked = new ArrayList<>();
    runs.archive =
        new PartArchive() {
          @Override
          public boolean keeps(PartIdentity part) {
            return part.version().equals("1.0.0");
          }

          @Override
          public void restore(PartIdentity part) {
            assertEquals(List.of(at.toString()), leases.live(), "leased before");
            asked.add(part);
            newer("1.0.0", new Fakes.Layers()).run();
          }
        };
    assertEquals(13, resume(at, new RecordingListener()).losses().size());
    assertEquals(List.of("fake.ansatz"), asked.stream().map(PartIdentity::bundle).toList());
    assertEquals(List.of(), runs.info(at).swaps());
    assertArrayEquals(last(alone), last(at));
  }

  @Test
  void whatTheArchiveRefusesIsTold() throws IOException {
    Path at = upgraded(new Fakes.Turned());
    runs.archive =
        new PartArchive() {
          @Override
          public boolean keeps(PartIdentity part) {
            return true;
          }

          @Override
          public void restore(PartIdentity part) {
            throw new IllegalStateException("fake.ansatz 1.0.0 isn't signed");
          }
        };
    String refused =
        assertThrows(IllegalStateException.class, () -> resume(at, new RecordingListener()))
            .getMessage();
    assertTrue(refused.contains("can't be brought back (fake.ansatz 1.0.0 isn't signed)"), refused);
  }

  @Test
  void aLeaseLastsAsLongAsTheRunNeedsIt() throws IOException {
    Path at = folder.resolve("run");
    List<String> seen = new ArrayList<>();
    List<PartIdentity> used = new ArrayList<>();
    RecordingListener script = new RecordingListener();
    leases.addListener(() -> seen.add("changed"));
    script
        .at(2, newer("1.1.0", new Fakes.Turned()))
        .at(
            3,
            () -> {
              used.add(inUse(at));
              assertEquals(List.of(at.toString()), holders(used.get(0)));
              assertEquals(List.of(at.toString()), leases.live());
              assertEquals(1, runs.live().size());
            })
        .at(
            7,
            () -> {
              used.add(inUse(at));
              assertEquals(List.of(), holders(used.get(0)), "it was let go of");
              assertEquals(List.of(at.toString()), holders(used.get(1)));
            });
    train(at, RunSettings.Policy.ADOPT, script);
    assertEquals(List.of(), leases.live());
    assertFalse(seen.isEmpty());
    assertNotEquals(used.get(0), used.get(1));
    try (Sampler sampler = runs.open(at, OptionalInt.empty())) {
      assertEquals(List.of("samples of " + at), leases.live());
      assertEquals(4, sampler.epoch());
    }
    assertEquals(List.of(), leases.live());
  }

  /** A plugin that nobody leases may be uninstalled at any time. */
  @Test
  void partsAreLeasedBeforeTheyAreCalled() throws IOException {
    Path at = folder.resolve("run");
    List<String> seen = new ArrayList<>();
    for (String version : List.of("1.0.0", "1.1.0")) {
      PartIdentity identity =
          new PartIdentity(
              "layers",
              "watched.ansatz",
              version,
              BundleHash.of(Fakes.bundle("watched.ansatz", version)));
      Runnable come =
          () ->
              Fakes.add(
                  registry,
                  100 + version.hashCode(),
                  "watched.ansatz",
                  version,
                  Ansatz.class,
                  "watched",
                  new Fakes.Watched(() -> seen.add(version + " by " + holders(identity))));
      if (version.equals("1.0.0")) {
        come.run();
        RecordingListener stopped = new RecordingListener();
        try (Run run =
            runs.start(
                blueprints.complete(
                    blueprints.set(
                        blueprints.ofModel("toy"),
                        List.of(
                            "parts.ansatz=watched",
                            "training.epochs=4",
                            "training.sampleEvery=0"))),
                at,
                new RunSettings(RunSettings.Policy.ADOPT, false),
                stopped.at(2, () -> stopped.run.stop()))) {
          stopped.run = run;
          run.train();
        }
      } else {
        RecordingListener script = resume(at, new RecordingListener().at(4, come));
        assertEquals(Swap.Outcome.DONE, script.swaps.get(0).outcome());
      }
    }
    runs.swap(at, List.of("parts.encoding.options.scale=2"), 1, Duration.ofSeconds(1));
    RecordingListener asked = new RecordingListener();
    List<CompletableFuture<Swap>> answers = new ArrayList<>();
    asked.at(21, () -> answers.add(ask(at, "parts.encoding.options.scale=1")));
    resume(at, asked);
    assertEquals(Swap.Outcome.DONE, answers.get(0).join().outcome());
    runs.open(at, OptionalInt.empty()).close();
    assertEquals(
        List.of(
            "1.0.0 by [" + at + "]",
            "1.0.0 by [" + at + "]",
            "1.1.0 by [" + at + "]",
            "1.1.0 by [swap of " + at + "]",
            "1.1.0 by [swap of " + at + "]",
            "1.1.0 by [" + at + "]",
            "1.1.0 by [" + at + "]",
            "1.1.0 by [samples of " + at + "]"),
        seen);
    assertEquals(List.of(), leases.live());
  }

  @Test
  void whatGoesBeforeItIsLeasedIsLookedForAgain() {
    PartIdentity first = new PartIdentity("wave", "wave", "1.0.0", "1");
    PartIdentity second = new PartIdentity("wave", "wave", "1.1.0", "2");
    PartIdentity used = new PartIdentity("model", "model", "1.0.0", "3");
    List<Map<String, PartIdentity>> found =
        new ArrayList<>(List.of(Map.of("a", first), Map.of("a", second), Map.of("a", second)));
    LeaseTable.Lease lease = leases.lease("run");
    assertEquals(
        Map.of("a", second), lease.hold(List.of(used), () -> found.remove(0), Function.identity()));
    assertEquals(List.of(), holders(first));
    assertEquals(List.of("run"), holders(second));
    assertEquals(List.of("run"), holders(used));
    lease.close();
    assertEquals(List.of(), leases.live());
  }

  private PartIdentity inUse(Path at) {
    try {
      return runs.info(at).identities().get("parts.ansatz");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> holders(PartIdentity identity) {
    return leases.holders(identity.bundle(), identity.version(), identity.sha256());
  }

  @Test
  void aFinishedRunTakesAnotherPartAndGoesOn() throws IOException {
    Path at = folder.resolve("run");
    train(at, RunSettings.Policy.PIN, new RecordingListener());
    byte[] before = last(at);
    Fakes.add(registry, 7, "other.ansatz", "3.0.0", Ansatz.class, "longer", new Fakes.Longer());
    Swap swap = runs.swap(at, List.of("parts.ansatz=longer"), 1, Duration.ofSeconds(1));
    assertEquals(Swap.Outcome.DONE, swap.outcome());
    assertTrue(swap.before().isPresent() && swap.after().isPresent());
    assertNotEquals(swap.before().getAsDouble(), swap.after().getAsDouble());
    assertEquals("other.ansatz", swap.to().get("parts.ansatz").bundle());
    assertTrue(
        swap.changes().contains("parts.ansatz.name: \"layers\" to \"longer\""),
        swap.changes().toString());
    RunInfo info = runs.info(at);
    assertEquals(Run.State.STOPPED, info.state());
    assertEquals(25, info.steps());
    assertEquals("longer", info.blueprint().parts().get("ansatz").name());

    var state = Safetensors.read(at.resolve("checkpoints/step-000000020-1.safetensors"));
    var old = Safetensors.read(at.resolve("checkpoints/step-000000020.safetensors"));
    assertEquals(old.get("weights"), state.get("weights"), "classical weights are kept");
    assertEquals(List.of(3), state.get("circuit").shape());
    assertArrayEquals(before, last(at), "and the checkpoint before, too");
    try (Sampler sampler = runs.open(at, OptionalInt.of(3))) {
      assertEquals("layers", sampler.blueprint().parts().get("ansatz").name());
    }

    RecordingListener resumed = resume(at, new RecordingListener());
    assertEquals(5, resumed.losses().size());
    assertEquals(26, Files.readAllLines(at.resolve("loss.csv")).size());

    Swap undo = runs.undo(at);
    assertEquals(Swap.Kind.UNDO, undo.kind());
    info = runs.info(at);
    assertEquals(Run.State.FINISHED, info.state());
    assertEquals(20, info.steps());
    assertEquals("layers", info.blueprint().parts().get("ansatz").name());
    assertEquals(List.of(Swap.Kind.HAND, Swap.Kind.UNDO), kinds(info));
    try (Sampler sampler = runs.open(at, OptionalInt.empty())) {
      assertEquals(4, sampler.epoch());
      assertEquals("layers", sampler.blueprint().parts().get("ansatz").name());
    }
    assertEquals(old, Safetensors.read(at.resolve("checkpoints/step-000000020-2.safetensors")));

    assertEquals(25, runs.undo(at).step(), "undoing the undoing");
    assertEquals("longer", runs.info(at).blueprint().parts().get("ansatz").name());
  }

  private static List<Swap.Kind> kinds(RunInfo info) {
    return info.swaps().stream().map(Swap::kind).toList();
  }

  @Test
  void equalParametersAreCarriedOver() throws IOException {
    Path at = folder.resolve("run");
    train(at, RunSettings.Policy.PIN, new RecordingListener());
    Fakes.add(registry, 7, "other.ansatz", "3.0.0", Ansatz.class, "turned", new Fakes.Turned());
    runs.swap(
        at,
        List.of("parts.ansatz=turned", "parts.ansatz.options.repeats=2"),
        0,
        Duration.ofSeconds(1));
    assertEquals(
        Safetensors.read(at.resolve("checkpoints/step-000000020.safetensors")),
        Safetensors.read(at.resolve("checkpoints/step-000000020-1.safetensors")));
    assertEquals(Run.State.FINISHED, runs.info(at).state());
  }

  @Test
  void aLiveRunAnswersAfterItsNextStep() throws Exception {
    Path at = folder.resolve("run");
    Fakes.add(registry, 7, "other.ansatz", "3.0.0", Ansatz.class, "longer", new Fakes.Longer());
    List<CompletableFuture<Swap>> asked = new ArrayList<>();
    RecordingListener script = new RecordingListener();
    script.at(7, () -> asked.add(ask(at, "parts.ansatz=longer")));
    script.at(12, () -> asked.add(ask(at, "parts.ansatz=nobody")));
    train(at, RunSettings.Policy.PIN, script);
    Swap done = asked.get(0).get();
    assertEquals(7, done.step());
    assertEquals(Swap.Outcome.DONE, done.outcome());
    Exception refused = assertThrows(Exception.class, () -> asked.get(1).get());
    assertTrue(
        refused.getCause().getMessage().contains("no ansatz \"nobody\" is registered"),
        refused.getCause().getMessage());
    assertEquals(2, script.swaps.size());
    assertEquals(20, script.losses().size());
    assertEquals(Run.State.FINISHED, runs.info(at).state());
    assertFalse(Files.exists(at.resolve("swap-request.json")));
    // The same by hand: stopped at step 7, swapped, resumed.
    Path other = folder.resolve("other");
    RecordingListener stopped = new RecordingListener();
    train(other, RunSettings.Policy.PIN, stopped.at(7, () -> stopped.run.stop()));
    runs.swap(other, List.of("parts.ansatz=longer"), 0, Duration.ofSeconds(1));
    resume(other, new RecordingListener());
    assertArrayEquals(
        Files.readAllBytes(other.resolve("checkpoints/step-000000020-1.safetensors")),
        Files.readAllBytes(at.resolve("checkpoints/step-000000020-1.safetensors")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\": \"1\", \"assign | swap-request.json is damaged, line 1, column ",
        "[] | swap-request.json is damaged: a JSON object is expected",
        "{\"id\": \"../x\", \"assignments\": [], \"moreEpochs\": 0}"
            + "| id is \"../x\", expected letters, digits and dashes",
        "{\"id\": \"1\", \"moreEpochs\": 0}"
            + "| assignments is missing, expected a list like [\"parts.ansatz=NAME\"]",
        "{\"id\": \"1\", \"assignments\": [7], \"moreEpochs\": 0}"
            + "| assignments has 7, expected text like parts.ansatz=NAME",
        "{\"id\": \"1\", \"assignments\": [], \"moreEpochs\": 0.5}"
            + "| moreEpochs is 0.5, expected a whole number"
      })
  void aDamagedRequestIsPutAsideAndTheRunGoesOn(String text, String reason) throws IOException {
    Path alone = folder.resolve("alone");
    train(alone, RunSettings.Policy.PIN, new RecordingListener());
    Path at = folder.resolve("run");
    Runnable damage =
        () -> {
          try {
            Files.writeString(at.resolve("swap-request.json"), text);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    RecordingListener script = new RecordingListener().at(7, damage).at(12, damage);
    train(at, RunSettings.Policy.PIN, script);
    assertArrayEquals(last(alone), last(at));
    assertEquals(Run.State.FINISHED, runs.info(at).state());
    assertEquals(2, script.swaps.size());
    Swap swap = script.swaps.get(0);
    assertEquals(Swap.Outcome.REFUSED, swap.outcome());
    assertEquals(7, swap.step());
    assertTrue(swap.reason().startsWith("a request can't be read: "), swap.reason());
    assertTrue(swap.reason().contains(reason), swap.reason());
    assertTrue(
        swap.reason().endsWith("; it was renamed to swap-request-damaged-1.json"), swap.reason());
    for (int number = 1; number <= 2; number++) {
      assertEquals(text, Files.readString(at.resolve("swap-request-damaged-" + number + ".json")));
    }
    assertFalse(Files.exists(at.resolve("swap-request.json")));
  }

  /** The toy's data, of which no more than some images at once fit into memory. */
  record Narrow(int most) implements DatasetProvider {
    @Override
    public Dataset open(Split split) {
      Dataset toy = new Fakes.ToyDataset(22, 0);
      return (Dataset)
          Proxy.newProxyInstance(
              Narrow.class.getClassLoader(),
              new Class<?>[] {Dataset.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("get") && ((int[]) arguments[0]).length > most) {
                  throw new IllegalArgumentException(
                      "no room for " + ((int[]) arguments[0]).length);
                }
                return method.invoke(toy, arguments);
              });
    }
  }

  private RecordingListener trainNarrow(Path at, int most, RecordingListener script)
      throws IOException {
    Fakes.add(
        registry, 7, "fake.narrow", "1.0.0", DatasetProvider.class, "narrow", new Narrow(most));
    try (Run run =
        runs.start(
            blueprints.complete(
                blueprints.set(
                    blueprints.ofModel("toy"),
                    List.of("data=narrow", "training.batchSize=2", "training.sampleEvery=0"))),
            at,
            new RunSettings(RunSettings.Policy.ADOPT, false),
            script)) {
      script.run = run;
      run.train();
    }
    return script;
  }

  @Test
  void aRunNeedsNoMoreMemoryToSwapThanToTrain() throws IOException {
    Path at = folder.resolve("run");
    List<CompletableFuture<Swap>> answers = new ArrayList<>();
    RecordingListener script = new RecordingListener().at(2, newer("1.1.0", new Fakes.Turned()));
    script.at(15, () -> answers.add(ask(at, "parts.encoding.options.scale=1")));
    trainNarrow(at, 2, script);
    assertEquals(
        List.of(Swap.Outcome.DONE, Swap.Outcome.DONE),
        script.swaps.stream().map(Swap::outcome).toList(),
        script.swaps.toString());
    assertEquals(15, answers.get(0).join().step());
    runs.swap(at, List.of("parts.encoding.options.scale=2"), 1, Duration.ofSeconds(1));
  }

  @Test
  void aRunThatCantCompareLossesRefusesAndGoesOn() throws IOException {
    Path alone = folder.resolve("alone");
    Path at = folder.resolve("run");
    trainNarrow(alone, 2, new RecordingListener());
    List<CompletableFuture<Swap>> answers = new ArrayList<>();
    trainNarrow(
        at,
        0,
        new RecordingListener()
            .at(3, () -> answers.add(ask(at, "parts.encoding.options.scale=1"))));
    Exception refused = assertThrows(Exception.class, () -> answers.get(0).get());
    assertTrue(
        refused.getCause().getMessage().contains("no room for 2"), refused.getCause().getMessage());
    assertEquals(Run.State.FINISHED, runs.info(at).state());
    String last = "checkpoints/step-000000022.safetensors";
    assertArrayEquals(
        Files.readAllBytes(alone.resolve(last)), Files.readAllBytes(at.resolve(last)));
  }

  /** Without a word of the run's until the timeout is at its end. */
  @Test
  void aRequestThatWasTakenIsWaitedFor() throws Exception {
    Path at = folder.resolve("run");
    RecordingListener stopped = new RecordingListener();
    train(at, RunSettings.Policy.PIN, stopped.at(7, () -> stopped.run.stop()));
    RunFiles files = new RunFiles(at);
    SwapFiles mail = new SwapFiles(files);
    RunLock lock = RunLock.of(files);
    try (lock) {
      long begin = System.nanoTime();
      CompletableFuture<Swap> asked = ask(at, Duration.ofSeconds(1), "seed=1");
      SwapFiles.Request request = mail.take().orElseThrow();
      assertFalse(mail.withdraw());
      while (System.nanoTime() - begin < Duration.ofMillis(1200).toNanos()) {
        Thread.sleep(10);
      }
      Swap done =
          new Swap(
              Swap.Kind.HAND,
              Swap.Outcome.DONE,
              7,
              Instant.EPOCH,
              1,
              Map.of(),
              Map.of(),
              List.of(),
              "",
              OptionalDouble.empty(),
              OptionalDouble.empty());
      mail.answer(request, done);
      assertEquals(done, asked.get());

      IOException late =
          assertThrows(
              IOException.class, () -> runs.swap(at, List.of("seed=1"), 0, Duration.ofMillis(1)));
      assertTrue(late.getMessage().contains("nothing was changed"), late.getMessage());
      assertEquals(Optional.empty(), mail.take());
    }
  }

  /** Asks from another thread, and returns when the run can see it. */
  private CompletableFuture<Swap> ask(Path at, String assignment) {
    return ask(at, Duration.ofSeconds(20), assignment);
  }

  private CompletableFuture<Swap> ask(Path at, Duration timeout, String assignment) {
    CompletableFuture<Swap> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return runs.swap(at, List.of(assignment), 0, timeout);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    while (!Files.exists(at.resolve("swap-request.json")) && !answer.isDone()) {
      Thread.onSpinWait();
    }
    return answer;
  }

  @Test
  void aSwapThatDoesntWorkChangesNothing() throws IOException {
    Path at = folder.resolve("run");
    train(at, RunSettings.Policy.PIN, new RecordingListener());
    byte[] manifest = Files.readAllBytes(at.resolve("manifest.json"));
    Fakes.add(registry, 7, "b.ansatz", "3.0.0", Ansatz.class, "broken", new Fakes.Broken(1));
    Fakes.add(registry, 8, "b.ansatz", "3.0.0", Ansatz.class, "poison", new Fakes.Poison(1, 0));
    for (String assignment :
        List.of(
            "parts.ansatz=broken",
            "parts.ansatz=poison",
            "parts.ansatz=nobody",
            "parts.ansatz=layers",
            "parts.ansatz.options.repeats=many",
            "seed=3",
            "parts.anzats=turned")) {
      assertThrows(
          Throwable.class,
          () -> runs.swap(at, List.of(assignment), 0, Duration.ofSeconds(1)),
          assignment);
    }
    assertArrayEquals(manifest, Files.readAllBytes(at.resolve("manifest.json")));
    assertFalse(Files.exists(at.resolve("swaps")));
    assertThrows(IllegalStateException.class, () -> runs.undo(at));
  }

  /** Elsewhere digits look different: a run that can't find its checkpoint begins anew. */
  @Test
  void filesAreNamedAlikeInAllLanguages() throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      Path at = folder.resolve("run");
      RecordingListener script = new RecordingListener();
      script.at(3, newer("1.1.0", new Fakes.Turned())).at(7, () -> script.run.stop());
      train(at, RunSettings.Policy.RESTART, script);
      assertTrue(Files.exists(at.resolve("attempts/0001/checkpoints/step-000000003.json")));
      assertEquals(13, resume(at, new RecordingListener()).losses().size());
      assertTrue(Files.exists(at.resolve("samples/epoch-0004.png")));
      runs.swap(at, List.of("parts.encoding.options.scale=2"), 0, Duration.ofSeconds(1));
      assertTrue(Files.exists(at.resolve("swaps/0001/step-000000020.json")));
      assertEquals(20, runs.undo(at).step());
      assertTrue(Files.exists(at.resolve("swaps/0002")));
    } finally {
      Locale.setDefault(before);
    }
  }

  /** A process that was killed while it wrote a swap: before the checkpoint, and after it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHalfSwapIsTakenBackOrBroughtToItsEnd(boolean checkpointWritten) throws IOException {
    Path at = folder.resolve("run");
    train(at, RunSettings.Policy.PIN, new RecordingListener());
    byte[] manifest = Files.readAllBytes(at.resolve("manifest.json"));
    String blueprint = Files.readString(at.resolve("blueprint.json"));
    Fakes.add(registry, 7, "other.ansatz", "3.0.0", Ansatz.class, "longer", new Fakes.Longer());
    runs.swap(at, List.of("parts.ansatz=longer"), 1, Duration.ofSeconds(1));
    String after = Files.readString(at.resolve("manifest.json"));
    String fingerprint =
        RunFiles.readJson(at.resolve("manifest.json")).path("blueprintFingerprint").asText();
    Files.writeString(
        at.resolve("manifest.json"),
        after.replaceFirst("\\{", "{\"pendingBlueprint\": \"" + fingerprint + "\","));
    Files.writeString(at.resolve("blueprint.json"), blueprint);
    if (!checkpointWritten) {
      Files.delete(at.resolve("checkpoints/step-000000020-1.json"));
    }
    if (checkpointWritten) {
      assertEquals(5, resume(at, new RecordingListener()).losses().size());
      assertEquals("longer", runs.info(at).blueprint().parts().get("ansatz").name());
    } else {
      assertThrows(
          IllegalStateException.class, () -> resume(at, new RecordingListener()), "is finished");
      assertArrayEquals(manifest, Files.readAllBytes(at.resolve("manifest.json")));
      assertEquals(blueprint, Files.readString(at.resolve("blueprint.json")));
    }
  }
}
