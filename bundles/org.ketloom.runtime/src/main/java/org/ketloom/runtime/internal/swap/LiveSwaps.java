package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.run.RunSettings;

/**
 * The swaps of a live run: those of its policy, and those asked for by hand. The run comes here at
 * its boundaries, between two steps, and tells how the step after that went.
 */
public final class LiveSwaps {

  /**
   * What swaps are made with.
   *
   * @param updates tells of newer parts
   * @param recomposer makes models of them
   * @param timeout how long the run pauses for one that isn't ready to be adopted
   */
  public record Tools(
      Blueprints blueprints,
      Composer composer,
      UpdateCandidates updates,
      Recomposer recomposer,
      Duration timeout) {}

  private final SwappedRun run;
  private final UpdateCandidates updates;
  private final SwapFiles requests;
  private final SwapTransaction transaction;
  private final PolicyHandler policy;
  private final ByHand byHand;

  /** For a run that holds a lease. */
  public LiveSwaps(SwappedRun run, Tools tools, LeaseTable.Lease lease) {
    this.run = run;
    this.updates = tools.updates();
    this.requests = new SwapFiles(run.files());
    this.transaction = new SwapTransaction(run, tools.blueprints(), updates, lease, requests);
    this.policy = handler(run.manifest().settings().policy(), tools);
    this.byHand =
        new ByHand(
            run, transaction, tools.blueprints(), tools.composer(), tools.recomposer(), requests);
  }

  private PolicyHandler handler(RunSettings.Policy policy, Tools tools) {
    return switch (policy) {
      case PIN -> new PolicyHandler() {};
      case ADOPT ->
          new Adopting(
              run, transaction, updates, tools.composer(), tools.recomposer(), tools.timeout());
      case RESTART ->
          new Restarting(run, transaction, updates, tools.composer(), tools.recomposer());
    };
  }

  /** Whether something waits for a boundary between two steps; cheap enough for every step. */
  public boolean called() {
    return requests.asked() || policy.isUrgent();
  }

  /** A boundary: afterwards a candidate may be on trial. */
  public void boundary() throws IOException {
    transaction.atBoundary();
    Optional<SwapFiles.Request> request = byHand.take();
    if (request.isPresent()) {
      byHand.swap(request.get());
      if (transaction.onTrial()) {
        policy.close();
      }
    } else {
      policy.atBoundary();
    }
  }

  /** Before a step: what can be composed alongside the run is begun. */
  public void beforeStep() {
    policy.beforeStep();
  }

  /** Whether the next step is a candidate's first. */
  public boolean onTrial() {
    return transaction.onTrial();
  }

  /** The candidate has made its first step: it stays. */
  public void commit() throws IOException {
    transaction.commit();
  }

  /** The candidate's first step failed: the run continues with what it had. */
  public void rollBack(Throwable cause) throws IOException {
    transaction.rollBack(cause);
  }

  /** The run is stopped: a candidate without a step is forgotten. */
  public void stopped() throws IOException {
    transaction.abandon(true);
  }

  /** No swaps any more. */
  public void close() {
    updates.close();
    policy.close();
  }

  /** Closes the model that the run would have gone back to. */
  public void closeTrial() {
    transaction.close();
  }
}
