package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.Swap;

/**
 * Swaps by hand on the disk. Each keeps what it replaced in {@code swaps/0001} and so on:
 * Blueprint, manifest and checkpoint. A process that is killed in between leaves the run as it was
 * before the swap, or as it is after it: {@link #settle} sees to that.
 */
public final class SwapStore {
  private static final Pattern NUMBER = Pattern.compile("\\d{4}");

  private final RunFiles files;
  private final Blueprints blueprints;
  private final Checkpoints checkpoints;

  public SwapStore(RunFiles files, Blueprints blueprints) {
    this.files = files;
    this.blueprints = blueprints;
    this.checkpoints = new Checkpoints(files, blueprints);
  }

  /**
   * Writes a swap.
   *
   * @param manifest the manifest before, in the state that it is to have afterwards
   * @param before the checkpoint that the run stood at
   * @param next what it continues with
   * @param step steps that are in the state
   * @param steps steps of the whole training
   * @return the manifest
   */
  public RunManifest write(
      RunManifest manifest,
      Checkpoints.Checkpoint before,
      Composition next,
      long step,
      int stepsPerEpoch,
      long steps,
      Map<String, Tensor> state,
      Swap swap)
      throws IOException {
    keep(before);
    RunManifest after = manifest.with(swap).with(next, steps, blueprints);
    String fingerprint = blueprints.fingerprint(next.blueprint());
    after.pending(fingerprint).write(files);
    checkpoints.write(
        next.blueprint(),
        next.identities(),
        Changes.circuits(next.model()),
        manifest.dataFingerprint(),
        after.handSwaps(),
        step,
        stepsPerEpoch,
        state);
    RunFiles.writeText(files.blueprint(), blueprints.json(next.blueprint()));
    after.write(files);
    return after;
  }

  /**
   * Takes the last swap back: what it had replaced is put back, and what it had brought is kept in
   * its place.
   *
   * @throws IllegalStateException if there is none
   */
  public Swap undo(RunManifest manifest) throws IOException {
    Path folder =
        last()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "run " + files.folder() + " has no swap by hand to undo"));
    RunFiles kept = new RunFiles(folder);
    RunManifest old = RunManifest.read(kept);
    Blueprint blueprint = kept.readBlueprint();
    Checkpoints.Checkpoint to = onlyCheckpoint(folder);
    Map<String, Tensor> state = checkpoints.arrays(to, blueprint);
    Checkpoints.Checkpoint from =
        checkpoints
            .last()
            .orElseThrow(() -> new IOException("run " + files.folder() + " has no checkpoint"));
    Map<String, PartIdentity> now = manifest.current();
    Map<String, PartIdentity> then = to.identities();
    Swap swap =
        SwapNotes.done(
            Swap.Kind.UNDO,
            to.step(),
            0,
            now,
            then,
            Changes.lines(blueprints, files.readBlueprint(), blueprint));
    keep(from);
    Run.State resumed = old.state() == Run.State.FINISHED ? Run.State.FINISHED : Run.State.STOPPED;
    RunManifest after = old.withSwaps(manifest, swap).with(resumed, to.step(), "");
    after.pending(to.blueprintFingerprint()).write(files);
    for (Path later : checkpoints.manifests()) {
      Checkpoints.Checkpoint checkpoint = Checkpoints.read(later);
      if (checkpoint.step() > to.step()) {
        Files.deleteIfExists(later);
        Files.deleteIfExists(checkpoint.arrays());
      }
    }
    checkpoints.write(
        blueprint,
        then,
        to.circuits(),
        manifest.dataFingerprint(),
        after.handSwaps(),
        to.step(),
        (int) (old.steps() / blueprint.training().epochs()),
        state);
    RunFiles.writeText(files.blueprint(), blueprints.json(blueprint));
    after.write(files);
    return swap;
  }

  /**
   * Brings a swap that was interrupted to its end, or takes it back, whichever the disk allows.
   *
   * @return the manifest
   */
  public RunManifest settle(RunManifest manifest) throws IOException {
    String pending = manifest.pending();
    if (pending.isEmpty()) {
      return manifest;
    }
    Optional<Checkpoints.Checkpoint> newest = checkpoints.last();
    if (newest.isPresent()
        && newest.get().blueprintFingerprint().equals(pending)
        && newest
            .get()
            .file()
            .getFileName()
            .toString()
            .endsWith("-" + manifest.handSwaps() + ".json")) {
      RunFiles.writeText(files.blueprint(), blueprints.json(newest.get().blueprint()));
      RunManifest after = manifest.pending("");
      after.write(files);
      return after;
    }
    Path folder =
        last()
            .orElseThrow(
                () ->
                    new IOException(files.manifest() + " is damaged: a swap is only half written"));
    RunManifest before = RunManifest.read(new RunFiles(folder));
    Checkpoints.Checkpoint kept = onlyCheckpoint(folder);
    Files.createDirectories(files.checkpoints());
    for (Path file : List.of(kept.arrays(), kept.file())) {
      AtomicFile.copy(file, files.checkpoints().resolve(file.getFileName()));
    }
    before.write(files);
    delete(folder);
    return before;
  }

  /** Copies what is about to be replaced, in a folder that appears when it is whole. */
  private void keep(Checkpoints.Checkpoint checkpoint) throws IOException {
    int number = last().map(f -> Integer.parseInt(f.getFileName().toString())).orElse(0) + 1;
    Path folder = files.swaps().resolve(String.format(Locale.ROOT, "%04d", number));
    Path temporary = files.swaps().resolve("." + folder.getFileName() + ".tmp");
    delete(temporary);
    Files.createDirectories(files.swaps());
    // Not what somebody else has put there meanwhile: that may be a link.
    Files.createDirectory(temporary);
    for (Path file :
        List.of(files.blueprint(), files.manifest(), checkpoint.file(), checkpoint.arrays())) {
      AtomicFile.copy(file, temporary.resolve(file.getFileName()));
    }
    Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<Path> last() throws IOException {
    if (!Files.isDirectory(files.swaps())) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(files.swaps())) {
      return all.filter(f -> NUMBER.matcher(f.getFileName().toString()).matches())
          .max(Comparator.naturalOrder());
    }
  }

  private static Checkpoints.Checkpoint onlyCheckpoint(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      Path manifest =
          all.filter(f -> f.getFileName().toString().matches("step-.*\\.json"))
              .findFirst()
              .orElseThrow(() -> new IOException(folder + " is damaged: it has no checkpoint"));
      return Checkpoints.read(manifest);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
