package org.ketloom.runtime.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.Blueprints;
import org.ketloom.runtime.Composer;
import org.ketloom.runtime.Composition;
import org.ketloom.runtime.Generation;
import org.ketloom.runtime.Run;
import org.ketloom.runtime.RunListener;
import org.ketloom.runtime.Runs;
import org.ketloom.runtime.Sampler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Runs in folders. */
@Component
public final class FolderRuns implements Runs {
  private final Blueprints blueprints;
  private final Composer composer;
  private final LongSupplier nanoTime;

  /** With the clock of this Java. */
  @Activate
  public FolderRuns(@Reference Blueprints blueprints, @Reference Composer composer) {
    this(blueprints, composer, System::nanoTime);
  }

  /** With another clock, in nanoseconds. */
  FolderRuns(Blueprints blueprints, Composer composer, LongSupplier nanoTime) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.nanoTime = nanoTime;
  }

  @Override
  public Run start(Blueprint blueprint, Path folder, RunListener listener) throws IOException {
    RunFiles files = new RunFiles(folder);
    refuseUsed(folder);
    Blueprint complete = blueprints.complete(blueprints.draft(blueprint));
    Dataset data = composer.open(complete, DatasetProvider.Split.TRAIN);
    Composition composition = compose(complete, data);
    boolean existed = Files.exists(folder);
    RunLock lock = null;
    try {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new IOException("run folder " + folder + " can't be made: " + AtomicFile.cause(e), e);
      }
      lock = RunLock.of(files);
      // Again: composing takes its time, and another process may have been here meanwhile.
      refuseUsed(folder);
      try {
        RunManifest manifest = RunManifest.of(composition, data, blueprints);
        RunFiles.writeText(files.blueprint(), blueprints.json(composition.blueprint()));
        manifest.write(files);
        return new TrainingRun(
            files,
            manifest,
            composition,
            data,
            new Checkpoints(files, blueprints),
            null,
            lock,
            listener,
            nanoTime,
            List.of());
      } catch (IOException | RuntimeException | Error e) {
        deleteQuietly(e, files.blueprint(), files.manifest(), files.lock());
        if (!existed) {
          deleteQuietly(e, folder);
        }
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      release(composition, lock, e);
      throw e;
    }
  }

  @Override
  public Run resume(Path folder, RunListener listener) throws IOException {
    RunFiles files = new RunFiles(folder);
    Blueprint blueprint = files.readBlueprint();
    RunLock lock = RunLock.of(files);
    Composition composition = null;
    try {
      RunManifest manifest = RunManifest.read(files);
      if (manifest.state() == Run.State.FINISHED) {
        throw new IllegalStateException(
            "run "
                + folder
                + " is finished, there is nothing to resume; draw images from it, or start another");
      }
      Checkpoints checkpoints = new Checkpoints(files, blueprints);
      Optional<Checkpoints.Checkpoint> from = checkpoints.last();
      Map<String, Tensor> state =
          from.isPresent() ? checkpoints.arrays(from.get(), blueprint) : Map.of();
      Dataset data = composer.open(blueprint, DatasetProvider.Split.TRAIN);
      if (!data.fingerprint().equals(manifest.dataFingerprint())) {
        throw new IllegalArgumentException(
            "data \""
                + blueprint.data().name()
                + "\" is not what run "
                + folder
                + " began with: its fingerprint is "
                + data.fingerprint()
                + ", expected "
                + manifest.dataFingerprint());
      }
      composition = compose(blueprint, data);
      List<String> notes = new ArrayList<>();
      if (from.isPresent()) {
        restore(composition, from.get(), state);
      } else {
        notes.add("there is no checkpoint yet: the run begins at its first step");
      }
      blueprints
          .differences(composition.blueprint(), blueprint)
          .forEach(
              line -> notes.add("a part has changed its options since the run began: " + line));
      notes.addAll(
          changes(
              from.map(Checkpoints.Checkpoint::generations).orElse(manifest.generations()),
              composition.generations()));
      // The Blueprint stays the one that the run was started with, also where parts have new
      // options meanwhile.
      return new TrainingRun(
          files,
          manifest.resumed(
              from.map(Checkpoints.Checkpoint::step).orElse(0L), composition.generations()),
          new Composition(blueprint, composition.model(), composition.generations()),
          data,
          checkpoints,
          from.orElse(null),
          lock,
          listener,
          nanoTime,
          notes);
    } catch (IOException | RuntimeException | Error e) {
      release(composition, lock, e);
      throw e;
    }
  }

  @Override
  public Sampler open(Path folder, OptionalInt epoch) throws IOException {
    RunFiles files = new RunFiles(folder);
    Blueprint blueprint = files.readBlueprint();
    RunManifest manifest = RunManifest.read(files);
    Checkpoints checkpoints = new Checkpoints(files, blueprints);
    Checkpoints.Checkpoint from;
    if (epoch.isPresent()) {
      from = checkpoints.ofEpoch(epoch.getAsInt());
    } else {
      from =
          checkpoints
              .last()
              .orElseThrow(
                  () ->
                      new IOException(
                          "run " + folder + " has no checkpoint yet; train it for an epoch first"));
    }
    Map<String, Tensor> state = checkpoints.arrays(from, blueprint);
    Composition composition =
        composer.compose(
            blueprint,
            manifest.shape(),
            Math.max(1, manifest.classes().size()),
            manifest.steps(),
            manifest.dataFingerprint());
    try {
      restore(composition, from, state);
    } catch (RuntimeException | Error e) {
      release(composition, null, e);
      throw e;
    }
    return new ModelSampler(composition, from, manifest.shape(), manifest.classes());
  }

  private Composition compose(Blueprint blueprint, Dataset data) {
    return composer.compose(
        blueprint,
        data.shape(),
        Math.max(1, data.classes().size()),
        PartComposer.steps(blueprint, data),
        data.fingerprint());
  }

  private static void refuseUsed(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file, not a folder; choose another with --run");
    }
    if (!Files.exists(folder)) {
      return;
    }
    boolean used;
    try (Stream<Path> files = Files.list(folder)) {
      used = files.anyMatch(f -> !f.getFileName().toString().equals(".lock"));
    } catch (IOException e) {
      throw new IOException(folder + " can't be read: " + AtomicFile.cause(e), e);
    }
    if (used) {
      throw new IOException(
          Files.exists(new RunFiles(folder).manifest())
              ? folder
                  + " holds a run already; go on with it by `ketloom resume "
                  + folder
                  + "`, or choose another folder with --run"
              : folder + " is not empty; choose another folder with --run");
    }
  }

  private static void restore(
      Composition composition, Checkpoints.Checkpoint from, Map<String, Tensor> state) {
    try {
      composition.model().restore(state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "checkpoint " + from.file() + " doesn't fit the model: " + e.getMessage(), e);
    }
  }

  private static List<String> changes(Map<String, Generation> before, Map<String, Generation> now) {
    List<String> lines = new ArrayList<>();
    now.forEach(
        (path, generation) -> {
          Generation old = before.get(path);
          if (!generation.equals(old)) {
            lines.add(
                path
                    + " comes from "
                    + text(generation)
                    + ", the checkpoint from "
                    + (old == null ? "none" : text(old))
                    + ": going on may not be bit-exact");
          }
        });
    return lines;
  }

  private static String text(Generation generation) {
    return generation.bundle()
        + " "
        + generation.version()
        + (generation.sha256().isEmpty() ? "" : " (" + generation.sha256().substring(0, 12) + ")");
  }

  private static void release(Composition composition, RunLock lock, Throwable reason) {
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
