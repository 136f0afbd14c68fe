package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Swap;

/**
 * The policy {@link RunSettings.Policy#ADOPT}: composes an update alongside the run, and continues
 * with it at an epoch's end when it is ready and its parameters are equal.
 */
final class Adopting implements PolicyHandler {
  private final SwappedRun run;
  private final SwapTransaction transaction;
  private final UpdateCandidates updates;
  private final Composer composer;
  private final Recomposer recomposer;
  private final Duration timeout;
  private Optional<Preparation> preparation = Optional.empty();

  /**
   * @param timeout how long the run pauses for an update that isn't ready
   */
  Adopting(
      SwappedRun run,
      SwapTransaction transaction,
      UpdateCandidates updates,
      Composer composer,
      Recomposer recomposer,
      Duration timeout) {
    this.run = run;
    this.transaction = transaction;
    this.updates = updates;
    this.composer = composer;
    this.recomposer = recomposer;
    this.timeout = timeout;
  }

  /** Begins to compose and prove an update alongside the run, if there is one. */
  @Override
  public void beforeStep() {
    if (preparation.isPresent() || transaction.onTrial() || !updates.due()) {
      return;
    }
    long changes = updates.changes();
    Optional<Map.Entry<String, PartIdentity>> found = look().entrySet().stream().findFirst();
    if (found.isPresent()) {
      prepare(found.get().getKey(), found.get().getValue(), changes);
    }
  }

  private void prepare(String path, PartIdentity update, long changes) {
    Map<String, PartIdentity> wanted = new LinkedHashMap<>(run.composition().identities());
    wanted.put(path, update);
    Blueprint blueprint = run.composition().blueprint();
    long steps = run.steps();
    long now = run.step();
    Map<String, Tensor> state = run.composition().model().state();
    Optional<ResolvedBlueprint> there =
        transaction.holdIfThere(() -> composer.resolve(blueprint, wanted));
    if (there.isEmpty()) {
      return;
    }
    ResolvedBlueprint parts = there.get();
    transaction.preparing(parts.identities().values());
    preparation =
        Optional.of(
            new Preparation(
                path,
                update,
                changes,
                () -> recomposer.compose(parts, steps, Recomposer.Weights.EQUAL, state, now)));
  }

  private Map<String, PartIdentity> look() {
    return updates.look(
        run.composition().blueprint(), run.composition().identities(), run.manifest().swaps());
  }

  /** At an epoch's end, takes the update that is ready; others have their turn at the next one. */
  @Override
  public void atBoundary() throws IOException {
    if (run.step() % run.stepsPerEpoch() != 0) {
      return;
    }
    beforeStep();
    if (preparation.isEmpty() || !preparation.get().isReady(timeout)) {
      return;
    }
    Preparation ready = preparation.get();
    forget();
    PartIdentity update = ready.update();
    boolean quiet = updates.changes() == ready.changes();
    // Looking again takes half of the pause; without a change it would find the same.
    boolean current = quiet || update.equals(look().get(ready.path()));
    updates.again();
    if (!current) {
      // It has gone meanwhile, or was overtaken.
      ready.close();
      transaction.holdCurrent();
      return;
    }
    var checkpoint = run.save();
    Optional<Recomposer.Candidate> candidate = Optional.empty();
    try {
      candidate = Optional.of(ready.take());
      Composition composed = candidate.get().composition();
      // The registry may have been another one for the moment in which it was composed.
      if (!update.equals(composed.identities().get(ready.path()))) {
        composed.model().close();
        transaction.holdCurrent();
        return;
      }
      composed.model().restore(run.composition().model().state());
      Composition next = transaction.taken(candidate.get(), run.composition().blueprint());
      transaction.begin(
          next, run.steps(), Optional.empty(), checkpoint, transaction.done(Swap.Kind.ADOPT, next));
    } catch (Recomposer.Refused e) {
      transaction.holdCurrent();
      note(Swap.Outcome.REFUSED, ready, e);
    } catch (RuntimeException | Error e) {
      candidate.ifPresent(c -> c.composition().model().close());
      transaction.holdCurrent();
      // With parts coming and going it may have been another one's fault: it is tried again.
      if (quiet) {
        note(Swap.Outcome.QUARANTINED, ready, e);
      }
    }
  }

  private void note(Swap.Outcome outcome, Preparation ready, Throwable cause) throws IOException {
    transaction.note(
        transaction.unchanged(
            Swap.Kind.ADOPT,
            outcome,
            Map.of(ready.path(), ready.update()),
            SwapNotes.message(cause)));
  }

  private void forget() {
    preparation = Optional.empty();
    transaction.preparing(List.of());
  }

  @Override
  public void close() {
    preparation.ifPresent(Preparation::close);
    forget();
  }
}
