package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.swap.SwapStore;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;

/** Puts a run together again from what is in its folder. */
final class Reassembly {
  private final Blueprints blueprints;
  private final Composer composer;
  private final PartRegistry registry;
  private final Supplier<Optional<PartArchive>> archive;

  Reassembly(
      Blueprints blueprints,
      Composer composer,
      PartRegistry registry,
      Supplier<Optional<PartArchive>> archive) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.registry = registry;
    this.archive = archive;
  }

  /** The manifest, after a swap that was interrupted was brought to an end. */
  RunManifest settled(RunFiles files) throws IOException {
    return new SwapStore(files, blueprints).settle(RunManifest.read(files));
  }

  /** The last checkpoint; a run without one is refused. */
  static Checkpoints.Checkpoint lastOf(Checkpoints checkpoints, Path folder) throws IOException {
    return checkpoints
        .last()
        .orElseThrow(
            () ->
                new IOException(
                    "run " + folder + " has no checkpoint yet; train it for an epoch first"));
  }

  /** Finds the parts of a run, those that it had before all others, and leases them. */
  ResolvedBlueprint resolve(
      Blueprint blueprint, Map<String, PartIdentity> before, LeaseTable.Lease lease) {
    return lease.hold(
        List.of(), () -> composer.resolve(blueprint, before), ResolvedBlueprint::identities);
  }

  /** Opens the data of a run, and refuses other data than it began with. */
  static Dataset open(ResolvedBlueprint resolved, RunManifest manifest, Path folder)
      throws IOException {
    Dataset data = resolved.learned(manifest.dataFingerprint()).training();
    if (!data.fingerprint().equals(manifest.dataFingerprint())) {
      throw new IllegalArgumentException(
          "data \""
              + resolved.complete().data().name()
              + "\" differs from what run "
              + folder
              + " was started with: its fingerprint is "
              + data.fingerprint()
              + ", expected "
              + manifest.dataFingerprint());
    }
    return data;
  }

  /** Puts a checkpoint into a model. */
  static void restore(
      Composition composition, Checkpoints.Checkpoint from, Map<String, Tensor> state) {
    try {
      composition.model().restore(state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "checkpoint " + from.file() + " doesn't fit the model: " + e.getMessage(), e);
    }
  }

  /** The parts that a run was trained with, leased by the caller. */
  FormerParts former(
      RunManifest manifest,
      Optional<Checkpoints.Checkpoint> from,
      Map<String, PartIdentity> parts) {
    return new FormerParts(registry, archive, parts, circuits(manifest, from));
  }

  /** What is known of the circuits that a run was trained with. */
  private static Map<String, String> circuits(
      RunManifest manifest, Optional<Checkpoints.Checkpoint> from) {
    Map<String, String> known = from.map(Checkpoints.Checkpoint::circuits).orElse(Map.of());
    boolean current = from.isEmpty() || from.get().identities().equals(manifest.current());
    return known.isEmpty() && current ? manifest.circuits() : known;
  }
}
