package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Swap;

/**
 * The policy {@link RunSettings.Policy#RESTART}: begins again with all updates; what was done until
 * then is kept in a folder of its own.
 */
final class Restarting implements PolicyHandler {
  private final SwappedRun run;
  private final SwapTransaction transaction;
  private final UpdateCandidates updates;
  private final Composer composer;
  private final Recomposer recomposer;

  Restarting(
      SwappedRun run,
      SwapTransaction transaction,
      UpdateCandidates updates,
      Composer composer,
      Recomposer recomposer) {
    this.run = run;
    this.transaction = transaction;
    this.updates = updates;
    this.composer = composer;
    this.recomposer = recomposer;
  }

  @Override
  public boolean isUrgent() {
    return updates.due();
  }

  @Override
  public void atBoundary() throws IOException {
    if (!updates.due()) {
      return;
    }
    Blueprint blueprint = run.composition().blueprint();
    Map<String, PartIdentity> found =
        updates.look(blueprint, run.composition().identities(), run.manifest().swaps());
    if (found.isEmpty()) {
      return;
    }
    run.save();
    Map<String, PartIdentity> others = new LinkedHashMap<>(run.composition().identities());
    others.keySet().removeAll(found.keySet());
    Optional<ResolvedBlueprint> there =
        transaction.holdIfThere(() -> composer.resolve(blueprint, others));
    if (there.isEmpty()) {
      return;
    }
    ResolvedBlueprint parts = there.get();
    Recomposer.Candidate candidate;
    try {
      candidate =
          recomposer.compose(
              parts, run.steps(), Recomposer.Weights.FRESH, run.composition().model().state(), 0);
    } catch (Recomposer.Refused e) {
      note(Swap.Outcome.REFUSED, found, e);
      transaction.holdCurrent();
      return;
    } catch (RuntimeException | Error e) {
      if (composer.resolve(blueprint).readiness().state() == Readiness.State.READY) {
        note(Swap.Outcome.QUARANTINED, found, e);
      }
      transaction.holdCurrent();
      return;
    }
    Composition next = transaction.taken(candidate, blueprint);
    Swap swap = transaction.done(Swap.Kind.RESTART, next);
    run.beginAgain(next, swap);
    transaction.holdCurrent();
    run.tell(swap);
  }

  private void note(Swap.Outcome outcome, Map<String, PartIdentity> to, Throwable cause)
      throws IOException {
    transaction.note(
        transaction.unchanged(Swap.Kind.RESTART, outcome, to, SwapNotes.message(cause)));
  }
}
