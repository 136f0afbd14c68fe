package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.InvalidStateException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.Causes;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.LossLog;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.swap.LiveSwaps;
import org.ketloom.runtime.internal.swap.Recomposer;
import org.ketloom.runtime.internal.swap.SwapNotes;
import org.ketloom.runtime.internal.swap.UpdateCandidates;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.DrawingConditions;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.runtime.run.Swap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Runs in folders. */
@Component(configurationPid = Jobs.PID)
public final class FolderRuns implements Runs {
  /** How runs are configured. */
  @interface Config {
    /** How long parts must have been there, or not, before that counts. */
    long debounceMillis() default 1000;

    /** How long a run pauses at an epoch's end for a part that isn't ready to be adopted. */
    long adoptMillis() default 50;
  }

  private final Blueprints blueprints;
  private final Composer composer;
  private final PartRegistry registry;
  private final LeaseTable leases;
  private final LiveRuns live;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable PartArchive archive;

  private volatile long debounceNanos;
  private volatile Duration timeout;
  private final LongSupplier nanoTime;
  private final Reassembly reassembly;
  private final HandSwaps swaps;

  /** With the clock of this Java. */
  @Activate
  public FolderRuns(
      @Reference Blueprints blueprints,
      @Reference Composer composer,
      @Reference PartRegistry registry,
      @Reference LeaseTable leases,
      @Reference LiveRuns live,
      Config config) {
    this(
        blueprints,
        composer,
        registry,
        leases,
        live,
        Duration.ofMillis(config.debounceMillis()),
        Duration.ofMillis(config.adoptMillis()),
        System::nanoTime);
  }

  @Modified
  void modified(Config config) {
    debounceNanos = TimeUnit.MILLISECONDS.toNanos(config.debounceMillis());
    timeout = Duration.ofMillis(config.adoptMillis());
  }

  /**
   * With another clock, in nanoseconds.
   *
   * @param debounce how long the registry must have been at rest before a run looks for updates
   * @param timeout how long a run pauses for one that isn't ready to be adopted
   */
  FolderRuns(
      Blueprints blueprints,
      Composer composer,
      PartRegistry registry,
      LeaseTable leases,
      LiveRuns live,
      Duration debounce,
      Duration timeout,
      LongSupplier nanoTime) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.registry = registry;
    this.leases = leases;
    this.live = live;
    this.debounceNanos = debounce.toNanos();
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.reassembly =
        new Reassembly(blueprints, composer, registry, () -> Optional.ofNullable(archive));
    this.swaps = new HandSwaps(blueprints, composer, leases, reassembly);
  }

  @Override
  public Run start(Blueprint blueprint, Path folder, RunSettings settings, RunListener listener)
      throws IOException {
    RunFiles files = new RunFiles(folder);
    refuseUsed(folder);
    // From here on: what comes while this composes is an update.
    UpdateCandidates updates = updates();
    RunLock lock = null;
    Composition composition = null;
    LeaseTable.Lease lease = null;
    try {
      lease = leases.lease(folder.toString());
      ResolvedBlueprint resolved = reassembly.resolve(blueprint, Map.of(), lease);
      Blueprint complete = resolved.complete();
      listener.busy("reading the images of " + complete.data().name());
      Dataset data = resolved.open(DatasetProvider.Split.TRAIN);
      listener.busy("composing the model " + complete.model().name());
      Composition composed = resolved.compose(data, complete.training());
      composition = new Composition(complete, composed.model(), composed.identities());
      composition.model().checkBegin();
      lease.hold(composition.identities().values());
      boolean existed = Files.exists(folder);
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new IOException("run folder " + folder + " can't be made: " + Causes.of(e), e);
      }
      lock = RunLock.of(files);
      // Again: composing takes its time, and another process may have been here meanwhile.
      refuseUsed(folder);
      try {
        RunManifest manifest = RunManifest.of(composition, data, settings, blueprints);
        RunFiles.writeText(files.blueprint(), blueprints.json(composition.blueprint()));
        manifest.write(files);
        return new TrainingRun(
            files,
            manifest,
            composition,
            data,
            new Checkpoints(files, blueprints),
            Optional.empty(),
            lock,
            lease,
            listener,
            tools(updates, data, composition.blueprint()),
            List.of());
      } catch (IOException | RuntimeException | Error e) {
        deleteQuietly(e, files.blueprint(), files.manifest(), files.lock());
        if (!existed) {
          deleteQuietly(e, folder);
        }
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      updates.close();
      release(composition, lock, lease, e);
      throw e;
    }
  }

  @Override
  public Run resume(Path folder, Resumption how, RunListener listener) throws IOException {
    RunFiles files = new RunFiles(folder);
    files.requireRun();
    RunLock lock = RunLock.of(files);
    UpdateCandidates updates = updates();
    Composition composition = null;
    LeaseTable.Lease lease = null;
    try {
      RunManifest manifest = reassembly.settled(files);
      Blueprint blueprint = files.readBlueprint();
      if (manifest.state() == Run.State.FINISHED) {
        throw new IllegalStateException(
            "run "
                + folder
                + " is finished, there is nothing to resume; draw images from it, or start"
                + " another");
      }
      Checkpoints checkpoints = new Checkpoints(files, blueprints);
      Optional<Checkpoints.Checkpoint> from = checkpoints.last();
      listener.busy("reading the checkpoint");
      Map<String, Tensor> state =
          from.isPresent() ? checkpoints.arrays(from.get(), blueprint) : Map.of();
      Map<String, PartIdentity> before =
          from.map(Checkpoints.Checkpoint::identities).orElse(manifest.current());
      FormerParts former = reassembly.former(manifest, from, before);
      RunSettings settings = how.settings().orElse(manifest.settings());
      boolean pinned = settings.policy() == RunSettings.Policy.PIN && !how.currentParts();
      lease = leases.lease(folder.toString());
      lease.hold(before.values());
      if (pinned) {
        former.restore();
      }
      ResolvedBlueprint resolved = reassembly.resolve(blueprint, before, lease);
      listener.busy("reading the images of " + blueprint.data().name());
      Dataset data = Reassembly.open(resolved, manifest, folder);
      listener.busy("composing the model " + blueprint.model().name());
      composition = resolved.compose(data, blueprint.training());
      lease.hold(composition.identities().values());
      List<String> different = former.different(Changes.circuits(composition.model()));
      if (pinned && !different.isEmpty()) {
        throw new InvalidStateException(
            "run " + folder + " " + former.fault(composition.identities(), different),
            new Remedy.ResumeWithCurrentParts(folder));
      }
      List<String> notes = new ArrayList<>();
      if (from.isPresent()) {
        Reassembly.restore(composition, from.get(), state);
      } else {
        composition.model().checkBegin();
        notes.add("there is no checkpoint yet: the run starts at its first step");
      }
      blueprints
          .differences(composition.blueprint(), blueprint)
          .forEach(
              line -> notes.add("a part has changed its options since the run began: " + line));
      notes.addAll(changes(before, composition.identities()));
      // The Blueprint stays the one that the run was started with, also where parts have new
      // options meanwhile.
      long step = from.map(Checkpoints.Checkpoint::step).orElse(0L);
      RunManifest resumed = manifest.resumed(step, composition);
      if (how.settings().isPresent()) {
        resumed = resumed.with(settings);
      }
      if (!different.isEmpty()) {
        resumed =
            resumed.with(
                SwapNotes.done(
                    Swap.Kind.RESUME,
                    step,
                    0,
                    before,
                    composition.identities(),
                    different.stream()
                        .map(name -> "circuit \"" + name + "\" is a different one")
                        .toList()));
      }
      return new TrainingRun(
          files,
          resumed,
          new Composition(blueprint, composition.model(), composition.identities()),
          data,
          checkpoints,
          from,
          lock,
          lease,
          listener,
          tools(updates, data, blueprint),
          notes);
    } catch (IOException | RuntimeException | Error e) {
      updates.close();
      release(composition, lock, lease, e);
      throw e;
    }
  }

  @Override
  public Swap swap(Path folder, List<String> assignments, int moreEpochs, Duration timeout)
      throws IOException {
    return swaps.swap(folder, assignments, moreEpochs, timeout);
  }

  @Override
  public Swap undo(Path folder) throws IOException {
    return swaps.undo(folder);
  }

  @Override
  public RunInfo info(Path folder) throws IOException {
    RunFiles files = new RunFiles(folder);
    Blueprint blueprint = files.readBlueprint();
    RunManifest manifest = RunManifest.read(files);
    Optional<RunLock> lock = RunLock.tryOf(files);
    boolean free = lock.isPresent();
    lock.ifPresent(RunLock::close);
    long step = manifest.step();
    if (!free) {
      step = LossLog.lastStep(files.lossTable()).orElse(step);
    } else if (manifest.state() == Run.State.RUNNING || manifest.state() == Run.State.CREATED) {
      // It was killed: what it had made since its last checkpoint is lost.
      step = new Checkpoints(files, blueprints).lastStep().orElse(step);
    }
    return new RunInfo(
        folder,
        blueprint,
        manifest.state(),
        !free,
        step,
        manifest.steps(),
        manifest.message(),
        manifest.settings(),
        manifest.current(),
        manifest.identities(),
        manifest.resumptions(),
        manifest.swaps());
  }

  @Override
  public List<Run> live() {
    return List.copyOf(live.runs());
  }

  @Override
  public Sampler open(Path folder, OptionalInt epoch, DrawingConditions conditions)
      throws IOException {
    boolean changed = !conditions.changes().isEmpty();
    if (changed) {
      // That its parts are those that it was trained with shows without the changes alone.
      open(folder, epoch).close();
    }
    RunFiles files = new RunFiles(folder);
    Blueprint current = files.readBlueprint();
    RunManifest manifest = RunManifest.read(files);
    Checkpoints checkpoints = new Checkpoints(files, blueprints);
    Checkpoints.Checkpoint from =
        epoch.isPresent()
            ? checkpoints.ofEpoch(epoch.getAsInt())
            : Reassembly.lastOf(checkpoints, folder);
    // After a swap by hand older checkpoints belong to the parts that they were made with.
    Blueprint blueprint = manifest.handSwaps() > 0 ? from.blueprint() : current;
    Map<String, Tensor> state = checkpoints.arrays(from, blueprint);
    Blueprint drawn =
        changed
            ? blueprints.complete(blueprints.set(blueprints.draft(blueprint), conditions.changes()))
            : blueprint;
    // Other noise may need another engine.
    Map<String, PartIdentity> pinned = new LinkedHashMap<>(from.identities());
    pinned.keySet().removeIf(path -> changed && DrawingConditions.covers(path));
    LeaseTable.Lease lease = leases.lease("samples of " + folder);
    Composition composition = null;
    try {
      FormerParts former = reassembly.former(manifest, Optional.of(from), from.identities());
      lease.hold(from.identities().values());
      former.restore();
      composition =
          reassembly
              .resolve(drawn, pinned, lease)
              .compose(
                  manifest.shape(),
                  Math.max(1, manifest.classes().size()),
                  manifest.steps(),
                  Optional.of(manifest.dataFingerprint()));
      lease.hold(composition.identities().values());
      List<String> different = former.different(Changes.circuits(composition.model()));
      if (!changed && !different.isEmpty()) {
        throw new IllegalStateException(
            from.file()
                + " "
                + former.fault(composition.identities(), different)
                + ". Bring back what it was trained with to draw from it");
      }
      Reassembly.restore(composition, from, state);
    } catch (RuntimeException | Error e) {
      release(composition, null, lease, e);
      throw e;
    }
    ImageShape shape = composition.model().drawnShape().orElse(manifest.shape());
    return new ModelSampler(
        composition, from, manifest.dataFingerprint(), shape, manifest.classes(), lease);
  }

  private UpdateCandidates updates() {
    return new UpdateCandidates(registry, composer, nanoTime, debounceNanos);
  }

  private TrainingRun.Tools tools(UpdateCandidates updates, Dataset data, Blueprint blueprint) {
    return new TrainingRun.Tools(
        live,
        new LiveSwaps.Tools(
            blueprints,
            composer,
            updates,
            new Recomposer(data, blueprint.training().batchSize()),
            timeout),
        nanoTime);
  }

  private static void refuseUsed(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileProblemException(
          folder + " is a file, not a folder", new Remedy.OtherRunFolder());
    }
    if (!Files.exists(folder)) {
      return;
    }
    boolean used;
    try (Stream<Path> files = Files.list(folder)) {
      used = files.anyMatch(f -> !f.getFileName().toString().equals(".lock"));
    } catch (IOException e) {
      throw new IOException(folder + " can't be read: " + Causes.of(e), e);
    }
    if (used && Files.exists(new RunFiles(folder).manifest())) {
      throw new FileProblemException(
          folder + " holds a run already",
          new Remedy.ResumeRun(folder),
          new Remedy.OtherRunFolder());
    }
    if (used) {
      throw new FileProblemException(folder + " is not empty", new Remedy.OtherRunFolder());
    }
  }

  private static List<String> changes(
      Map<String, PartIdentity> before, Map<String, PartIdentity> now) {
    List<String> lines = new ArrayList<>();
    now.forEach(
        (path, identity) -> {
          PartIdentity old = before.get(path);
          if (!identity.equals(old)) {
            lines.add(
                path
                    + " comes from "
                    + identity
                    + ", the checkpoint from "
                    + (old == null ? "none" : old)
                    + ": the run may not continue bit for bit");
          }
        });
    return lines;
  }

  private static void release(
      @Nullable Composition composition,
      @Nullable RunLock lock,
      LeaseTable.@Nullable Lease lease,
      Throwable reason) {
    if (lease != null) {
      lease.close();
    }
    try {
      if (composition != null) {
        composition.model().close();
      }
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static void deleteQuietly(Throwable reason, Path... files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
