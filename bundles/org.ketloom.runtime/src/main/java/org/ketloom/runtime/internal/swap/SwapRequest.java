package org.ketloom.runtime.internal.swap;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.parts.PartIdentity;

/** What a request for a swap makes of a Blueprint. */
public final class SwapRequest {
  private SwapRequest() {}

  /**
   * The Blueprint afterwards, complete.
   *
   * @throws IllegalArgumentException if something else than parts and epochs is to change
   * @throws IllegalStateException if a part is missing
   */
  public static Blueprint blueprint(
      Blueprints blueprints, Blueprint now, SwapFiles.Request request) {
    for (String assignment : request.assignments()) {
      if (!assignment.startsWith("parts.")) {
        throw new IllegalArgumentException(
            "\"" + assignment + "\": a swap changes only parts, for example parts.ansatz=NAME");
      }
    }
    if (request.moreEpochs() < 0) {
      throw new IllegalArgumentException(
          "epochs to add must not be negative, found " + request.moreEpochs());
    }
    Blueprint next =
        blueprints.complete(blueprints.set(blueprints.draft(now), request.assignments()));
    Blueprint.Training training = now.training();
    return new Blueprint(
        next.model(),
        next.parts(),
        now.data(),
        now.engine(),
        new Blueprint.Training(
            training.epochs() + request.moreEpochs(),
            training.batchSize(),
            training.checkpointEvery(),
            training.sampleEvery()),
        now.seed());
  }

  /**
   * Refuses a swap after which everything would be as it was.
   *
   * @throws IllegalArgumentException saying what the run has already
   */
  public static void requireChange(
      Blueprints blueprints,
      SwapFiles.Request request,
      Blueprint now,
      Blueprint next,
      Map<String, PartIdentity> inUse,
      Map<String, PartIdentity> wanted) {
    if (blueprints.fingerprint(now).equals(blueprints.fingerprint(next))
        && Changes.different(wanted, inUse).isEmpty()) {
      throw new IllegalArgumentException(
          "nothing would change: it already has "
              + String.join(
                  ", ", paths(request).stream().map(p -> p + " of " + inUse.get(p)).toList()));
    }
  }

  /** The paths of the parts that it names; for these the current version is taken. */
  public static Set<String> paths(SwapFiles.Request request) {
    Set<String> paths = new TreeSet<>();
    for (String assignment : request.assignments()) {
      String[] keys = assignment.substring(0, assignment.indexOf('=')).strip().split("\\.", -1);
      paths.add(keys[0] + "." + keys[1]);
    }
    return paths;
  }
}
