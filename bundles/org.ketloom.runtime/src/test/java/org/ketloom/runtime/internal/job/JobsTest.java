package org.ketloom.runtime.internal.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.internal.run.FolderRuns;
import org.ketloom.runtime.internal.run.RunsFixture;
import org.ketloom.runtime.internal.swap.UpdateCandidates;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.osgi.framework.Constants;

/** Jobs that wait, run and stop. Their data sets give a batch per permit. */
class JobsTest {
  private static final Duration DEBOUNCE = Duration.ofMillis(150);
  private static final RunSettings RESUMED = new RunSettings(RunSettings.Policy.PIN, true);

  @TempDir Path folder;

  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);
  private final PartComposer composer = new PartComposer(registry, blueprints);
  private final LeaseTable leases = new LeaseTable();
  private final FolderRuns runs = RunsFixture.runs(blueprints, composer, registry, leases);
  private final Semaphore permits = new Semaphore(0);
  private final List<PooledJobs> pools = new ArrayList<>();

  /** The toy's data; each batch takes a permit. */
  private final class Gated implements DatasetProvider {
    @Override
    public Dataset open(Split split) {
      Dataset toy = new Fakes.ToyDataset(22, 0);
      return new Dataset() {
        @Override
        public int size() {
          return toy.size();
        }

        @Override
        public ImageShape shape() {
          return toy.shape();
        }

        @Override
        public List<String> classes() {
          return toy.classes();
        }

        @Override
        public String fingerprint() {
          return toy.fingerprint();
        }

        @Override
        public ImageBatch get(int... indices) {
          return toy.get(indices);
        }

        @Override
        public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
          Batches all = toy.batches(batchSize, seed, epoch, firstBatch);
          return new Batches() {
            @Override
            public boolean hasNext() {
              return all.hasNext();
            }

            @Override
            public ImageBatch next() {
              permits.acquireUninterruptibly();
              return all.next();
            }

            @Override
            public void close() {
              all.close();
            }
          };
        }
      };
    }
  }

  @BeforeEach
  void addData() {
    Fakes.add(registry, 6, "fake.gated", "1.0.0", DatasetProvider.class, "gated", new Gated());
  }

  @AfterEach
  void close() {
    permits.release(100_000);
    pools.forEach(PooledJobs::deactivate);
  }

  private PooledJobs pool(int threads) {
    return pool(threads, composer);
  }

  private PooledJobs pool(int threads, Composer looks) {
    PooledJobs jobs =
        new PooledJobs(
            blueprints,
            looks,
            registry,
            runs,
            Optional.empty(),
            Optional.empty(),
            threads,
            DEBOUNCE);
    pools.add(jobs);
    return jobs;
  }

  private PooledJobs open(int threads) {
    PooledJobs jobs = pool(threads);
    jobs.open(folder, folder.resolve("conf"));
    return jobs;
  }

  private Draft draft(String... assignments) {
    List<String> all = new ArrayList<>(List.of("data=gated", "training.sampleEvery=0"));
    all.addAll(List.of(assignments));
    return blueprints.set(blueprints.ofModel("toy"), all);
  }

  private void vanish() {
    Fakes.unbind(
        registry,
        Fakes.reference(
            3, Fakes.bundle("fake.ansatz", "1.0.0"), Ansatz.class, Map.of(Part.NAME, "layers")));
  }

  private void comeBack(String version) {
    Fakes.add(registry, 3, "fake.ansatz", version, Ansatz.class, "layers", new Fakes.Layers());
  }

  private static void await(Job job, Job.State state) {
    await(
        () -> job.state() == state, () -> job.name() + " is " + job.state() + ": " + job.reason());
  }

  private static void await(BooleanSupplier condition, java.util.function.Supplier<String> what) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail(what.get());
      }
      pause(2);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] weights(String run) throws IOException {
    return Files.readAllBytes(
        folder.resolve(run).resolve("checkpoints/step-000000010.safetensors"));
  }

  private void straight(String run) throws IOException {
    permits.release(10);
    try (Run straight =
        runs.start(blueprints.complete(draft()), folder.resolve(run), RunListener.NONE)) {
      straight.train();
    }
  }

  @Test
  void aJobWaitsForItsPartsAndSaysForWhich() throws IOException {
    vanish();
    PooledJobs jobs = open(1);
    Job job = jobs.start("one", draft(), folder.resolve("one"), RunSettings.DEFAULT);
    await(() -> job.reason().contains("layers"), job::reason);
    assertEquals(Job.State.WAITING, job.state());
    assertTrue(
        job.reason().startsWith("parts.ansatz: no ansatz \"layers\" is registered"), job.reason());
    assertFalse(Files.exists(job.folder()));
    permits.release(10);
    comeBack("1.0.0");
    await(job, Job.State.DONE);
    straight("straight");
    assertArrayEquals(weights("straight"), weights("one"));
  }

  /** A thread is taken by another job, so that this one is READY for as long as the test wants. */
  @Test
  void aPartThatComesBackInsideOfTheDebounceWasNeverGone() {
    PooledJobs jobs = open(1);
    Job first = jobs.start("first", draft(), folder.resolve("first"), RunSettings.DEFAULT);
    await(first, Job.State.RUNNING);
    Job second = jobs.start("second", draft(), folder.resolve("second"), RunSettings.DEFAULT);
    await(second, Job.State.READY);
    await(() -> !runs.live().isEmpty(), () -> "composed");
    // However slow this machine is at the moment.
    jobs.modified(config(1, 600_000));
    for (int i = 0; i < 5; i++) {
      vanish();
      pause(10);
      comeBack("1.0.0");
      assertEquals(Job.State.READY, second.state(), second.reason());
    }
    jobs.modified(config(1, DEBOUNCE.toMillis()));
    pause(2 * DEBOUNCE.toMillis());
    assertEquals(Job.State.READY, second.state(), second.reason());

    vanish();
    await(second, Job.State.WAITING);
    assertEquals(Job.State.RUNNING, first.state(), "it has its circuit");
    permits.release(10);
    await(first, Job.State.DONE);
    pause(2 * DEBOUNCE.toMillis());
    assertEquals(Job.State.WAITING, second.state(), "what never returns is waited for");
    permits.release(10);
    comeBack("1.0.0");
    await(second, Job.State.DONE);
  }

  @Test
  void noMoreRunsThanThreads() {
    PooledJobs jobs = open(2);
    List<Job> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(jobs.start("job" + i, draft(), folder.resolve("job" + i), RunSettings.DEFAULT));
    }
    await(
        () -> count(all, Job.State.RUNNING) == 2 && count(all, Job.State.READY) == 2,
        all::toString);
    assertThrows(
        IllegalArgumentException.class,
        () -> jobs.start("job1", draft(), folder.resolve("other"), RunSettings.DEFAULT));
    for (int i = 0; i < 40; i++) {
      permits.release();
      assertTrue(count(all, Job.State.RUNNING) <= 2);
    }
    all.forEach(job -> await(job, Job.State.DONE));
  }

  private static long count(List<Job> jobs, Job.State state) {
    return jobs.stream().filter(job -> job.state() == state).count();
  }

  @Test
  void aContainerThatStopsLosesNothingAndResumesThoseThatAsked() throws IOException {
    straight("straight");
    PooledJobs before = open(2);
    Job asked = before.start("asked", draft(), folder.resolve("asked"), RESUMED);
    Job silent = before.start("silent", draft(), folder.resolve("silent"), RunSettings.DEFAULT);
    await(asked, Job.State.RUNNING);
    await(silent, Job.State.RUNNING);
    permits.release(6);
    await(() -> permits.availablePermits() == 0, () -> "steps");
    CompletableFuture<Void> ending = CompletableFuture.runAsync(before::deactivate);
    await(() -> !before.isOpen(), () -> "the end");
    // Each of the two comes to its boundary, whoever takes the permits.
    await(
        () -> {
          permits.release();
          return ending.isDone();
        },
        () -> "the end of both");
    ending.join();
    assertEquals(Job.State.SUSPENDED, asked.state());
    assertEquals(Job.State.SUSPENDED, silent.state());
    assertEquals(List.of(), leases.live());
    assertEquals(Run.State.STOPPED, runs.info(asked.folder()).state());

    PooledJobs after = pool(2);
    List<Job> resumed = after.open(folder, folder.resolve("conf"));
    assertEquals(List.of("asked"), resumed.stream().map(Job::name).toList());
    permits.release(20);
    await(resumed.get(0), Job.State.DONE);
    assertArrayEquals(weights("straight"), weights("asked"));
    assertEquals(Run.State.STOPPED, runs.info(silent.folder()).state());
  }

  /** Like a container that was killed: its manifest says RUNNING, and nobody has the lock. */
  @Test
  void aKilledRunIsTakenUpAgain() throws IOException {
    permits.release(10);
    Path at = folder.resolve("killed");
    try (Run run = runs.start(blueprints.complete(draft()), at, RESUMED, RunListener.NONE)) {
      run.stop();
      run.train();
    }
    Files.writeString(
        at.resolve("manifest.json"),
        Files.readString(at.resolve("manifest.json")).replace("\"stopped\"", "\"running\""));
    PooledJobs jobs = pool(1);
    List<Job> resumed = jobs.open(folder, folder.resolve("conf"));
    assertEquals(1, resumed.size());
    await(resumed.get(0), Job.State.DONE);
  }

  @Test
  void aPinnedJobWaitsForItsOwnVersionsAndOthersDont() throws IOException {
    for (RunSettings.Policy policy : List.of(RunSettings.Policy.PIN, RunSettings.Policy.ADOPT)) {
      permits.drainPermits();
      PooledJobs jobs = open(1);
      String name = policy.toString();
      Job job = jobs.start(name, draft(), folder.resolve(name), new RunSettings(policy, true));
      await(job, Job.State.RUNNING);
      permits.release(3);
      await(() -> permits.availablePermits() == 0, () -> "steps");
      job.suspend();
      permits.release(1);
      await(job, Job.State.SUSPENDED);
      vanish();
      comeBack("1.1.0");
      job.resume();
      permits.release(20);
      if (policy == RunSettings.Policy.PIN) {
        await(() -> job.reason().contains("pinned"), job::reason);
        assertEquals(Job.State.WAITING, job.state());
        assertTrue(
            job.reason().startsWith("the run is pinned to parts.ansatz of fake.ansatz 1.0.0 ("),
            job.reason());
        vanish();
        comeBack("1.0.0");
      }
      await(job, Job.State.DONE);
      vanish();
      comeBack("1.0.0");
    }
    assertEquals(
        "1.1.0", runs.info(folder.resolve("adopt")).identities().get("parts.ansatz").version());
  }

  /** A composer after whose looks at the registry a part goes, as often as is asked for. */
  private Composer fleeting(AtomicInteger times) {
    return (Composer)
        Proxy.newProxyInstance(
            JobsTest.class.getClassLoader(),
            new Class<?>[] {Composer.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(composer, arguments);
                if (method.getName().equals("resolve") && times.getAndDecrement() > 0) {
                  vanish();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void aPartThatGoesAfterALookIsWaitedFor() throws IOException {
    Path at = folder.resolve("run");
    try (Run run = runs.start(blueprints.complete(draft()), at, RESUMED, RunListener.NONE)) {
      run.stop();
      run.train();
    }
    AtomicInteger times = new AtomicInteger(1);
    PooledJobs jobs = pool(1, fleeting(times));
    jobs.open(folder.resolve("none"), folder.resolve("conf"));
    Job job = jobs.resume("run", at, Resumption.AS_BEFORE);
    await(() -> times.get() < 0 && !job.reason().isEmpty(), job::reason);
    assertEquals(Job.State.WAITING, job.state(), job.reason());
    assertTrue(job.reason().startsWith("parts.ansatz: no ansatz \"layers\""), job.reason());
    permits.release(100);
    comeBack("1.0.0");
    await(job, Job.State.DONE);
  }

  @Test
  void anUpdateIsWhatOneLookFinds() {
    UpdateCandidates updates =
        new UpdateCandidates(registry, fleeting(new AtomicInteger(1)), System::nanoTime, 0);
    Blueprint complete = blueprints.complete(draft());
    assertEquals(
        Set.of("model", "parts.encoding", "parts.ansatz", "engine"),
        updates.look(complete, Map.of(), List.of()).keySet());
    assertEquals(Map.of(), updates.look(complete, Map.of(), List.of()), "the ansatz has gone");
    updates.close();
  }

  /** What was READY may have lost its parts by the time at which a thread gets free. */
  @Test
  void aPinnedJobThatWaitedForAThreadLooksAgain() throws IOException {
    Path at = folder.resolve("second");
    try (Run run = runs.start(blueprints.complete(draft()), at, RESUMED, RunListener.NONE)) {
      run.stop();
      run.train();
    }
    PooledJobs jobs = pool(1);
    Job first = jobs.start("first", draft(), folder.resolve("first"), RunSettings.DEFAULT);
    jobs.open(folder.resolve("none"), folder.resolve("conf"));
    await(first, Job.State.RUNNING);
    await(() -> !runs.live().isEmpty(), () -> "composed");
    Job second = jobs.resume("second", at, Resumption.AS_BEFORE);
    await(second, Job.State.READY);
    jobs.modified(config(1, 600_000));
    vanish();
    comeBack("1.1.0");
    permits.release(100);
    await(first, Job.State.DONE);
    await(second, Job.State.WAITING);
    assertTrue(second.reason().contains("pinned to parts.ansatz"), second.reason());
    jobs.modified(config(1, 1));
    vanish();
    comeBack("1.0.0");
    await(second, Job.State.DONE);
    assertEquals("1.0.0", runs.info(at).identities().get("parts.ansatz").version());
  }

  private static PooledJobs.Config config(int threads, long debounceMillis) {
    return new PooledJobs.Config() {
      @Override
      public int threads() {
        return threads;
      }

      @Override
      public long debounceMillis() {
        return debounceMillis;
      }

      @Override
      public Class<? extends Annotation> annotationType() {
        return PooledJobs.Config.class;
      }
    };
  }

  @Test
  void aJobThatFailsSaysWhyAndCanBeTriedAgain() {
    PooledJobs jobs = open(1);
    permits.release(100);
    Job job =
        jobs.start(
            "nan", draft("model.options.nanFrom=7"), folder.resolve("nan"), RunSettings.DEFAULT);
    await(job, Job.State.FAILED);
    assertTrue(job.reason().startsWith("loss became NaN at step 8, epoch 2; "), job.reason());
    job.resume();
    await(() -> job.state() == Job.State.FAILED, job::reason);
    Job wrong =
        jobs.start(
            "wrong",
            draft("model.options.rate=fast"),
            folder.resolve("wrong"),
            RunSettings.DEFAULT);
    await(wrong, Job.State.FAILED);
    assertTrue(wrong.reason().contains("model.options.rate"), wrong.reason());
    assertFalse(Files.exists(wrong.folder()));
  }

  @Test
  void aRunThatFailsWhileItsPartsAreReplacedHasFailed() {
    PooledJobs jobs = open(1);
    Job job = jobs.start("nan", draft("model.options.nanFrom=7"), folder.resolve("nan"), RESUMED);
    await(job, Job.State.RUNNING);
    permits.release(6);
    await(() -> permits.availablePermits() == 0, () -> "steps");
    vanish();
    comeBack("1.1.0");
    permits.release(100);
    await(() -> job.state() != Job.State.RUNNING, job::reason);
    pause(2 * DEBOUNCE.toMillis());
    assertEquals(Job.State.FAILED, job.state(), job.reason());
    assertTrue(job.reason().startsWith("loss became NaN at step 8, epoch 2; "), job.reason());
  }

  @Test
  void aJobThatIsResumedWhileItStopsGoesOn() throws IOException {
    PooledJobs jobs = open(1);
    Job job = jobs.start("one", draft(), folder.resolve("one"), RunSettings.DEFAULT);
    await(job, Job.State.RUNNING);
    permits.release(3);
    await(() -> permits.availablePermits() == 0, () -> "steps");
    job.suspend();
    job.resume();
    assertEquals(Job.State.RUNNING, job.state());
    permits.release(20);
    await(job, Job.State.DONE);
    assertEquals(1, runs.info(job.folder()).resumptions().size());
    straight("straight");
    assertArrayEquals(weights("straight"), weights("one"));

    permits.drainPermits();
    Job other = jobs.start("other", draft(), folder.resolve("other"), RunSettings.DEFAULT);
    await(other, Job.State.RUNNING);
    other.suspend();
    other.resume();
    other.suspend();
    permits.release(1);
    await(other, Job.State.SUSPENDED);
  }

  @Test
  void aDefinitionWhoseNameIsTakenSaysSo() {
    PooledJobs jobs = open(1);
    Job first = jobs.start("toy", draft(), folder.resolve("first"), RunSettings.DEFAULT);
    await(first, Job.State.RUNNING);
    JobDefinition definition = definition(jobs, draft(), folder.resolve("toy"), "pin");
    Job failed =
        jobs.jobs().stream().filter(job -> job.name().equals("toy-2")).findFirst().orElseThrow();
    String reason = "there is a job \"toy\" already; choose another name";
    assertEquals(Job.State.FAILED, failed.state());
    assertEquals(reason, failed.reason());
    failed.resume();
    pause(2 * DEBOUNCE.toMillis());
    assertEquals(Job.State.FAILED, failed.state());
    assertEquals(reason, failed.reason());
    definition.deactivate();
    assertEquals(List.of(first), jobs.jobs());
  }

  @Test
  void nothingIsTrainedBeforeTheContainerOpens() {
    PooledJobs jobs = pool(1);
    permits.release(100);
    Job job = jobs.start("one", draft(), folder.resolve("one"), RunSettings.DEFAULT);
    pause(2 * DEBOUNCE.toMillis());
    assertEquals(Job.State.WAITING, job.state());
    jobs.open(folder, folder.resolve("conf"));
    await(job, Job.State.DONE);
  }

  @Test
  void aDefinitionFollowsItsConfiguration() throws IOException {
    PooledJobs jobs = open(1);
    Path base = folder.resolve("toy");
    JobDefinition definition = definition(jobs, draft(), base, "pin");
    Job first = jobs.jobs().get(0);
    assertEquals("toy", first.name());
    await(first, Job.State.RUNNING);
    permits.release(3);
    await(() -> permits.availablePermits() == 0, () -> "steps");

    // Other settings: the same run goes on.
    first.suspend();
    permits.release(1);
    definition.deactivate();
    assertEquals(List.of(), jobs.jobs());
    definition = definition(jobs, draft(), base, "adopt");
    Job second = jobs.jobs().get(0);
    await(second, Job.State.RUNNING);
    assertEquals(folder.resolve("toy-1"), second.folder());
    await(() -> policy(second.folder()) == RunSettings.Policy.ADOPT, () -> "the manifest");

    // Another Blueprint: another run, and the first one has its checkpoint.
    second.suspend();
    permits.release(1);
    definition.deactivate();
    definition = definition(jobs, draft("seed=7"), base, "pin");
    Job third = jobs.jobs().get(0);
    assertEquals(folder.resolve("toy-2"), third.folder());
    permits.release(100);
    await(third, Job.State.DONE);
    assertEquals(Run.State.STOPPED, runs.info(folder.resolve("toy-1")).state());

    // The container starts again: what is done is done.
    definition.deactivate();
    definition = definition(jobs, draft("seed=7"), base, "pin");
    assertEquals(Job.State.DONE, jobs.jobs().get(0).state());

    // What can't be read is a state, too.
    definition.deactivate();
    definition = definition(jobs, "{\"modle\": 1}", base, "pin");
    assertEquals(Job.State.FAILED, jobs.jobs().get(0).state());
    assertTrue(jobs.jobs().get(0).reason().contains("modle"), jobs.jobs().get(0).reason());
    definition.deactivate();
  }

  private RunSettings.Policy policy(Path run) {
    try {
      return runs.info(run).settings().policy();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private JobDefinition definition(PooledJobs jobs, Draft draft, Path base, String policy) {
    return definition(jobs, draft.json(), base, policy);
  }

  private JobDefinition definition(PooledJobs jobs, String blueprint, Path base, String policy) {
    return new JobDefinition(
        jobs,
        blueprints,
        Map.of(
            Constants.SERVICE_PID,
            "org.ketloom.composition~toy",
            "blueprint",
            blueprint,
            "run",
            base.toString(),
            "policy",
            policy));
  }
}
