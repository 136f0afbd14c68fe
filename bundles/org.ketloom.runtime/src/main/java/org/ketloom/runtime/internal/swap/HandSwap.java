package org.ketloom.runtime.internal.swap;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Swap;

/** A swap by hand: what it makes of a run, whether that is live or not. */
public final class HandSwap {
  private final Blueprints blueprints;
  private final Composer composer;
  private final Blueprint now;
  private final Blueprint next;
  private final Map<String, PartIdentity> inUse;
  private final Map<String, PartIdentity> kept;

  /**
   * What comes out of a request.
   *
   * @param now the run's Blueprint
   * @param inUse the run's parts
   * @throws IllegalArgumentException if the request or what comes out of it doesn't fit, or if
   *     nothing would change
   * @throws IllegalStateException if a part is missing
   */
  public HandSwap(
      Blueprints blueprints,
      Composer composer,
      SwapFiles.Request request,
      Blueprint now,
      Map<String, PartIdentity> inUse) {
    this.blueprints = blueprints;
    this.composer = composer;
    this.now = now;
    this.inUse = inUse;
    this.next = SwapRequest.blueprint(blueprints, now, request);
    this.kept = new LinkedHashMap<>(inUse);
    SwapRequest.paths(request).forEach(kept::remove);
    SwapRequest.requireChange(blueprints, request, now, next, inUse, resolve().identities());
  }

  /** The Blueprint afterwards. */
  public Blueprint next() {
    return next;
  }

  /** What it would be composed from now. */
  public ResolvedBlueprint resolve() {
    return composer.resolve(next, kept);
  }

  /**
   * A model that was proved.
   *
   * @param lossAfter its loss before any training
   */
  public record Proved(Recomposer.Candidate candidate, double lossAfter) {}

  /**
   * Composes and proves a model with all weights that fit; whatever is thrown, nothing is left.
   *
   * @param steps steps of the whole training
   * @param parts what it is composed from, leased by the caller; see {@link #resolve}
   * @param state of the run's model
   * @param step steps that were made
   * @throws Recomposer.Refused if the weights don't fit
   */
  public Proved prove(
      Recomposer recomposer,
      long steps,
      ResolvedBlueprint parts,
      Map<String, Tensor> state,
      long step)
      throws Recomposer.Refused {
    Recomposer.Candidate candidate =
        recomposer.compose(parts, steps, Recomposer.Weights.CARRIED, state, step);
    try {
      return new Proved(candidate, recomposer.loss(candidate.composition().model(), step));
    } catch (RuntimeException | Error e) {
      candidate.composition().model().close();
      throw e;
    }
  }

  /**
   * The swap in the run's provenance.
   *
   * @param composition what the run continues with
   */
  public Swap done(
      Composition composition, long step, long pauseMillis, double lossBefore, double lossAfter) {
    return SwapNotes.done(
        Swap.Kind.HAND,
        step,
        pauseMillis,
        inUse,
        composition.identities(),
        Changes.lines(blueprints, now, composition.blueprint()),
        OptionalDouble.of(lossBefore),
        OptionalDouble.of(lossAfter));
  }
}
