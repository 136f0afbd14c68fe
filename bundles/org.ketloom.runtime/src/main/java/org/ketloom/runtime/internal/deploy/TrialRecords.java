package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.files.Causes;
import org.ketloom.files.Sha256;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.tck.Conformance;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** Results of earlier trials, as far as they count for the next one. */
final class TrialRecords {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final ValidationResults results;
  private final StoreFolder folder;
  private final TrialMarks marks;
  private final PartRegistry registry;
  private final BooleanSupplier ending;

  /**
   * Records in a store.
   *
   * @param ending whether the container or the process is ending
   */
  TrialRecords(
      DeploymentStore store, TrialMarks marks, PartRegistry registry, BooleanSupplier ending) {
    this.results = store.results();
    this.folder = store.folder();
    this.marks = marks;
    this.registry = registry;
    this.ending = ending;
  }

  /** The result of a jar's last trial, if the next one would be made with the same environment. */
  Optional<ValidationResult> last(String sha256) {
    String environment = environment();
    return results.find(sha256).filter(r -> r.environment().equals(environment));
  }

  /** The parts of a jar that have passed the conformance kit in this environment. */
  List<String> passed(String sha256) {
    return last(sha256)
        .filter(ValidationResult::accepted)
        .map(ValidationResult::parts)
        .orElse(List.of());
  }

  /** Records that a jar was accepted. */
  void accepted(String sha256, String file, PluginJar jar, List<String> parts, long begun) {
    record(sha256, file, jar.name(), parts, Optional.empty(), begun);
  }

  /**
   * Records that a jar was refused.
   *
   * @param sha256 of the jar; empty if it couldn't even be read, which is not recorded
   * @param jar what is known of it
   * @param begun {@link System#nanoTime} at which its trial began
   */
  void refused(String sha256, String file, Optional<PluginJar> jar, Refusal refusal, long begun) {
    if (refusal.until() == Refusal.Until.ASKED) {
      // The mark of the trial tells it.
      return;
    }
    String name = jar.map(PluginJar::name).orElse("");
    record(sha256, file, name, List.of(), Optional.of(refusal), begun);
  }

  /** If that can be written: nothing else depends on it. */
  private void record(
      String sha256,
      String file,
      String bundle,
      List<String> parts,
      Optional<Refusal> refusal,
      long begun) {
    // What comes out of a trial while the container ends says nothing of the plugin.
    if (sha256.isEmpty() || ending.getAsBoolean()) {
      return;
    }
    try {
      results.record(
          new ValidationResult(
              sha256,
              file,
              bundle,
              parts,
              environment(),
              refusal.map(Refusal::getMessage).orElse(""),
              refusal.map(Refusal::remedies).orElse(List.of()),
              refusal.isEmpty() || refusal.get().until() == Refusal.Until.CHANGED,
              Instant.now(),
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)));
    } catch (IOException e) {
      // A folder that is part of an image, or another user's, isn't a fault of each start.
      Level level = Files.isWritable(folder.path().getParent()) ? Level.WARNING : Level.DEBUG;
      LOG.log(level, "what came out for " + file + " isn't kept: " + Causes.of(e));
    }
  }

  /**
   * Refuses a jar that ended a process: it would end this one too.
   *
   * @param asked whether somebody wants to try it nevertheless
   * @throws Refusal saying how the process ended
   */
  void requireHarmless(String sha256, boolean asked) throws Refusal, IOException {
    if (asked) {
      marks.forgive(sha256);
      return;
    }
    Optional<TrialMarks.Ended> ended = marks.ended(sha256);
    if (ended.isPresent()) {
      throw new Refusal(Refusal.Until.ASKED, ended.get().reason(), ended.get().remedies());
    }
  }

  /**
   * What trials are made with: the same jar may have another result with another API, kit or
   * engine.
   */
  private String environment() {
    List<String> hashes = new ArrayList<>();
    for (Class<?> type : List.of(Circuit.class, Conformance.class)) {
      Bundle bundle = FrameworkUtil.getBundle(type);
      hashes.add(bundle == null ? "" : BundleHash.of(bundle));
    }
    Optional<RegisteredPart> engine = registry.engine();
    hashes.add(engine.map(e -> registry.identity(e).sha256()).orElse(""));
    return Sha256.of(String.join(" ", hashes));
  }
}
