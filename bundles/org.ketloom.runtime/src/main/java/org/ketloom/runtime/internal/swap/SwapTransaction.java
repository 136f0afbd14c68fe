package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Swap;

/**
 * The exchange of a live run's parts, whatever asks for it: leases what is in use and what is
 * coming, puts a candidate on trial for a step, and either keeps it or goes back to what was there
 * before.
 */
final class SwapTransaction {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /**
   * A candidate that the run continues with, until it has made a step.
   *
   * @param old what the run goes back to if it doesn't; it stands where the run stands
   * @param checkpoint of the old one
   * @param steps steps of the whole training with the old one
   * @param request who asked for it; empty if nobody did
   */
  private record Trial(
      Composition old,
      Checkpoints.Checkpoint checkpoint,
      long steps,
      Optional<SwapFiles.Request> request,
      Swap swap) {}

  private final SwappedRun run;
  private final Blueprints blueprints;
  private final UpdateCandidates updates;
  private final LeaseTable.Lease lease;
  private final SwapFiles requests;
  private Optional<Trial> trial = Optional.empty();
  private Collection<PartIdentity> prepared = List.of();
  private long boundaryAt;

  SwapTransaction(
      SwappedRun run,
      Blueprints blueprints,
      UpdateCandidates updates,
      LeaseTable.Lease lease,
      SwapFiles requests) {
    this.run = run;
    this.blueprints = blueprints;
    this.updates = updates;
    this.lease = lease;
    this.requests = requests;
  }

  /** The run has come to a boundary, from which its pause counts. */
  void atBoundary() {
    boundaryAt = System.nanoTime();
  }

  /** How long the run has paused at its boundary, in milliseconds. */
  long pause() {
    return Duration.ofNanos(System.nanoTime() - boundaryAt).toMillis();
  }

  boolean onTrial() {
    return trial.isPresent();
  }

  /** Leases what is about to be composed beside what is in use. */
  ResolvedBlueprint holdAlso(Supplier<ResolvedBlueprint> parts) {
    return lease.hold(inUse(), parts, ResolvedBlueprint::identities);
  }

  /** As {@link #holdAlso}; empty if a part has gone meanwhile. When it is back the run is told. */
  Optional<ResolvedBlueprint> holdIfThere(Supplier<ResolvedBlueprint> parts) {
    try {
      return Optional.of(holdAlso(parts));
    } catch (IllegalStateException e) {
      holdCurrent();
      return Optional.empty();
    }
  }

  void holdCurrent() {
    lease.hold(inUse());
  }

  /** What is being prepared is in use too; empty if nothing is. */
  void preparing(Collection<PartIdentity> parts) {
    prepared = parts;
  }

  private List<PartIdentity> inUse() {
    List<PartIdentity> all = new ArrayList<>(run.composition().identities().values());
    all.addAll(prepared);
    return all;
  }

  /** A candidate as the run takes it: its data set and Blueprint stay the run's own. */
  Composition taken(Recomposer.Candidate candidate, Blueprint blueprint) {
    Map<String, PartIdentity> identities =
        new LinkedHashMap<>(candidate.composition().identities());
    PartIdentity open = run.composition().identities().get("data");
    if (open != null) {
      identities.put("data", open);
    }
    return new Composition(blueprint, candidate.composition().model(), identities);
  }

  /** Goes on with a candidate, on trial for a step. */
  void begin(
      Composition next,
      long steps,
      Optional<SwapFiles.Request> request,
      Checkpoints.Checkpoint checkpoint,
      Swap swap) {
    List<PartIdentity> both = new ArrayList<>(run.composition().identities().values());
    both.addAll(next.identities().values());
    lease.hold(both);
    trial = Optional.of(new Trial(run.composition(), checkpoint, run.steps(), request, swap));
    run.take(next, steps);
  }

  /** The candidate has made its first step: it stays. */
  void commit() throws IOException {
    Trial done = trial.orElseThrow();
    trial = Optional.empty();
    try {
      run.release(done.old().model());
    } finally {
      holdCurrent();
    }
    if (done.request().isEmpty()) {
      run.write(run.manifest().with(done.swap()).with(run.composition(), run.steps(), blueprints));
    } else {
      RunManifest after =
          new SwapStore(run.files(), blueprints)
              .write(
                  run.manifest().with(run.state(), run.step(), ""),
                  done.checkpoint(),
                  run.composition(),
                  run.step(),
                  run.stepsPerEpoch(),
                  run.steps(),
                  run.composition().model().state(),
                  done.swap());
      run.written(after);
      requests.answer(done.request().get(), done.swap());
    }
    run.tell(done.swap());
  }

  /** Goes back to what was there before: its model stands where the run stands. */
  void rollBack(Throwable cause) throws IOException {
    Trial failed = trial.orElseThrow();
    abandon(false);
    Swap said =
        unchanged(
            failed.swap().kind(),
            failed.request().isEmpty() ? Swap.Outcome.QUARANTINED : Swap.Outcome.REFUSED,
            failed.swap().to(),
            "its first step failed: " + SwapNotes.message(cause));
    note(said);
    if (failed.request().isPresent()) {
      requests.answer(failed.request().get(), said);
    }
  }

  /**
   * Goes back without blaming anybody, if there is a trial.
   *
   * @param stopped whether that is because the run was stopped
   */
  void abandon(boolean stopped) throws IOException {
    if (trial.isEmpty()) {
      return;
    }
    Trial failed = trial.get();
    trial = Optional.empty();
    try {
      run.composition().model().close();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a rejected model can't be closed", e);
    }
    run.take(failed.old(), failed.steps());
    holdCurrent();
    updates.again();
    if (stopped && failed.request().isPresent()) {
      requests.answer(
          failed.request().get(),
          unchanged(Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), "the run was stopped"));
    }
  }

  /** Closes what the run would have gone back to. */
  void close() {
    trial.ifPresent(t -> t.old().model().close());
  }

  /** A swap that was done, without a change of the Blueprint. */
  Swap done(Swap.Kind kind, Composition next) {
    return SwapNotes.done(
        kind, run.step(), pause(), run.composition().identities(), next.identities(), List.of());
  }

  /** A swap that wasn't done. */
  Swap unchanged(
      Swap.Kind kind, Swap.Outcome outcome, Map<String, PartIdentity> to, String reason) {
    return SwapNotes.unchanged(
        kind, outcome, run.step(), pause(), run.composition().identities(), to, reason);
  }

  /** Takes a swap that wasn't done into the provenance. */
  void note(Swap swap) throws IOException {
    run.write(run.manifest().with(swap));
    run.tell(swap);
  }
}
