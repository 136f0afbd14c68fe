package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.swap.HandSwap;
import org.ketloom.runtime.internal.swap.Recomposer;
import org.ketloom.runtime.internal.swap.SwapStore;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;

/**
 * Swaps by hand: those that a live run is asked for, and those of a run that isn't open anywhere.
 */
final class HandSwaps {
  private static final long ANSWER_MILLIS = 50;

  /** What a run that has taken a request may need to compose, to prove and to make a step. */
  private static final Duration TRIAL = Duration.ofSeconds(120);

  private final Blueprints blueprints;
  private final Composer composer;
  private final LeaseTable leases;
  private final Reassembly runs;

  HandSwaps(Blueprints blueprints, Composer composer, LeaseTable leases, Reassembly runs) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.leases = leases;
    this.runs = runs;
  }

  /** As {@link Runs#swap}. */
  Swap swap(Path folder, List<String> assignments, int moreEpochs, Duration timeout)
      throws IOException {
    RunFiles files = new RunFiles(folder);
    files.requireRun();
    SwapFiles.Request request =
        new SwapFiles.Request(UUID.randomUUID().toString(), assignments, moreEpochs);
    SwapFiles requests = new SwapFiles(files);
    long end = System.nanoTime() + timeout.toNanos();
    boolean asked = false;
    boolean taken = false;
    try {
      while (true) {
        Optional<RunLock> lock = RunLock.tryOf(files);
        if (lock.isPresent()) {
          RunLock held = lock.get();
          try (held) {
            Optional<Swap> last = asked ? requests.answered(request.id()) : Optional.empty();
            return last.isPresent() ? done(folder, last.get()) : swap(files, request);
          }
        }
        if (!asked) {
          requests.ask(request);
          asked = true;
        }
        Optional<Swap> answer = requests.answered(request.id());
        if (answer.isPresent()) {
          asked = false;
          return done(folder, answer.get());
        }
        long late = System.nanoTime() - end;
        if (late >= 0 && !taken) {
          taken = !requests.withdraw();
          asked = taken;
        }
        if (!asked) {
          throw new IOException(
              "run "
                  + folder
                  + " is live and didn't answer within "
                  + timeout.toSeconds()
                  + " s: it may be drawing samples, or the process that has it can't read "
                  + folder
                  + "; nothing was changed, try again");
        }
        if (late >= TRIAL.toNanos()) {
          throw new FileProblemException(
              "run "
                  + folder
                  + " has taken the request and has been trying it out for more than "
                  + TRIAL.toSeconds()
                  + " s",
              new Remedy.ShowRun(folder));
        }
        Thread.sleep(ANSWER_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("waiting for run " + folder + " was interrupted", e);
    } finally {
      if (asked && !taken) {
        requests.withdraw();
      }
    }
  }

  private static Swap done(Path folder, Swap swap) {
    if (swap.outcome() != Swap.Outcome.DONE) {
      throw new IllegalArgumentException(
          "run " + folder + " keeps the parts that it had: " + swap.reason());
    }
    return swap;
  }

  /** A swap of a run that isn't open anywhere. */
  private Swap swap(RunFiles files, SwapFiles.Request request) throws IOException {
    LeaseTable.Lease lease = leases.lease("swap of " + files.folder());
    try (lease) {
      return swap(files, request, lease);
    }
  }

  private Swap swap(RunFiles files, SwapFiles.Request request, LeaseTable.Lease lease)
      throws IOException {
    RunManifest manifest = runs.settled(files);
    Blueprint blueprint = files.readBlueprint();
    Checkpoints checkpoints = new Checkpoints(files, blueprints);
    Checkpoints.Checkpoint from = Reassembly.lastOf(checkpoints, files.folder());
    Map<String, Tensor> state = checkpoints.arrays(from, blueprint);
    Map<String, PartIdentity> before = from.identities();
    lease.hold(before.values());
    runs.former(manifest, Optional.of(from), before).restore();
    HandSwap swap = new HandSwap(blueprints, composer, request, blueprint, before);
    ResolvedBlueprint held = runs.resolve(blueprint, before, lease);
    Dataset data = Reassembly.open(held, manifest, files.folder());
    Recomposer recomposer = new Recomposer(data, blueprint.training().batchSize());
    double lossBefore;
    Composition old = held.compose(data, blueprint.training());
    try {
      Reassembly.restore(old, from, state);
      lossBefore = recomposer.loss(old.model(), from.step());
    } finally {
      old.model().close();
    }
    Blueprint next = swap.next();
    long steps = ResolvedBlueprint.steps(data, next.training());
    ResolvedBlueprint taken = lease.hold(List.of(), swap::resolve, ResolvedBlueprint::identities);
    HandSwap.Proved proved;
    try {
      proved = swap.prove(recomposer, steps, taken, state, from.step());
    } catch (Recomposer.Refused e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    try (GenerativeModel<?> model = proved.candidate().composition().model()) {
      Composition now = new Composition(next, model, proved.candidate().composition().identities());
      Swap done = swap.done(now, from.step(), 0, lossBefore, proved.lossAfter());
      Run.State left =
          manifest.state() == Run.State.FINISHED && from.step() == steps
              ? Run.State.FINISHED
              : Run.State.STOPPED;
      new SwapStore(files, blueprints)
          .write(
              manifest.with(left, from.step(), ""),
              from,
              now,
              from.step(),
              data.batchesPerEpoch(next.training().batchSize()),
              steps,
              proved.candidate().state(),
              done);
      return done;
    }
  }

  /** As {@link Runs#undo}. */
  Swap undo(Path folder) throws IOException {
    RunFiles files = new RunFiles(folder);
    files.requireRun();
    RunLock lock = RunLock.of(files);
    try (lock) {
      return new SwapStore(files, blueprints).undo(runs.settled(files));
    }
  }
}
