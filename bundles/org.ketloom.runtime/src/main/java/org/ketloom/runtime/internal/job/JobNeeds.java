package org.ketloom.runtime.internal.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.RunSettings;

/**
 * What a job waits for: parts, and for a pinned run exactly the versions that it was trained with.
 */
final class JobNeeds {
  private final Blueprints blueprints;
  private final Composer composer;
  private final Supplier<Optional<PartArchive>> archive;

  JobNeeds(Blueprints blueprints, Composer composer, Supplier<Optional<PartArchive>> archive) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.archive = archive;
  }

  /**
   * What is missing, in one line; empty if all is there.
   *
   * @param draft what to start; empty for a run that is there
   * @throws IOException if the run's files can't be read
   */
  String missing(Path folder, Optional<Draft> draft, Resumption how) throws IOException {
    RunFiles files = new RunFiles(folder);
    if (!Files.exists(files.manifest())) {
      return text(
          composer.state(
              draft.orElseThrow(
                  () -> new IOException(folder + " holds no run any more: it has no manifest"))));
    }
    Blueprint blueprint = files.readBlueprint();
    RunManifest manifest = RunManifest.read(files);
    RunSettings settings = how.settings().orElse(manifest.settings());
    if (settings.policy() != RunSettings.Policy.PIN || how.currentParts()) {
      return text(composer.resolve(blueprint).readiness());
    }
    Map<String, PartIdentity> pinned =
        new Checkpoints(files, blueprints)
            .last()
            .map(Checkpoints.Checkpoint::identities)
            .orElse(manifest.current());
    ResolvedBlueprint there = composer.resolve(blueprint, pinned);
    String missing =
        text(
            new Readiness(
                there.readiness().missing().stream()
                    .filter(m -> !isKept(Optional.ofNullable(pinned.get(m.path()))))
                    .toList()));
    return !missing.isEmpty() || there.readiness().state() == Readiness.State.WAITING
        ? missing
        : pinned(pinned, there.identities());
  }

  private String pinned(Map<String, PartIdentity> pinned, Map<String, PartIdentity> there) {
    Map<String, PartIdentity> gone = Changes.different(pinned, there);
    gone.values().removeIf(part -> isKept(Optional.of(part)));
    if (gone.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("the run is pinned to ");
    gone.forEach((path, part) -> text.append(path).append(" of ").append(part).append(", "));
    text.append("there is ");
    gone.keySet().forEach(path -> text.append(there.get(path)).append(", "));
    return text + "with which it continues if it is resumed with the current parts";
  }

  /** Whether a part that is gone comes back when the run is resumed. */
  private boolean isKept(Optional<PartIdentity> part) {
    return part.isPresent() && archive.get().map(a -> a.keeps(part.get())).orElse(false);
  }

  private static String text(Readiness readiness) {
    return String.join("; ", readiness.missing().stream().map(Object::toString).toList());
  }
}
