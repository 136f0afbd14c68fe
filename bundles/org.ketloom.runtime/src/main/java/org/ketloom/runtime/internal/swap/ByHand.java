package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Tensor;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.run.Swap;

/** Does what a live run is asked for by hand, or answers why not. */
final class ByHand {
  private final SwappedRun run;
  private final SwapTransaction transaction;
  private final Blueprints blueprints;
  private final Composer composer;
  private final Recomposer recomposer;
  private final SwapFiles requests;

  ByHand(
      SwappedRun run,
      SwapTransaction transaction,
      Blueprints blueprints,
      Composer composer,
      Recomposer recomposer,
      SwapFiles requests) {
    this.run = run;
    this.transaction = transaction;
    this.blueprints = blueprints;
    this.composer = composer;
    this.recomposer = recomposer;
    this.requests = requests;
  }

  /** The request that waits; one that is damaged is told and put aside. */
  Optional<SwapFiles.Request> take() throws IOException {
    try {
      return requests.take();
    } catch (IllegalArgumentException e) {
      transaction.note(refused(e));
      return Optional.empty();
    }
  }

  void swap(SwapFiles.Request request) throws IOException {
    HandSwap swap;
    try {
      swap =
          new HandSwap(
              blueprints,
              composer,
              request,
              run.composition().blueprint(),
              run.composition().identities());
    } catch (RuntimeException e) {
      answer(request, refused(e));
      return;
    }
    long steps = (long) swap.next().training().epochs() * run.stepsPerEpoch();
    var checkpoint = run.save();
    GenerativeModel<?> model = run.composition().model();
    Map<String, Tensor> before = model.state();
    Optional<HandSwap.Proved> proved = Optional.empty();
    try {
      double lossBefore = recomposer.loss(model, run.step());
      proved =
          Optional.of(
              swap.prove(
                  recomposer, steps, transaction.holdAlso(swap::resolve), before, run.step()));
      Composition next = transaction.taken(proved.get().candidate(), swap.next());
      transaction.begin(
          next,
          steps,
          Optional.of(request),
          checkpoint,
          swap.done(next, run.step(), transaction.pause(), lossBefore, proved.get().lossAfter()));
    } catch (Recomposer.Refused | RuntimeException | Error e) {
      proved.ifPresent(p -> p.candidate().composition().model().close());
      transaction.holdCurrent();
      // Comparing the loss may have been broken off.
      model.restore(before);
      answer(request, refused(e));
    }
  }

  private Swap refused(Throwable cause) {
    return transaction.unchanged(
        Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), SwapNotes.message(cause));
  }

  private void answer(SwapFiles.Request request, Swap swap) throws IOException {
    transaction.note(swap);
    requests.answer(request, swap);
  }
}
