package org.ketloom.runtime.run;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * What a run's folder says of it.
 *
 * @param folder the run's folder
 * @param blueprint the Blueprint as it is now
 * @param state its state; RUNNING also for a run whose process was killed
 * @param live whether some process has it at this moment
 * @param step steps that were made; of a run whose process was killed those that are in its last
 *     checkpoint
 * @param steps steps of the whole training
 * @param message what happened to a run that FAILED; else empty
 * @param settings how it behaves in its container
 * @param identities the bundles that it continues with, by path
 * @param first the bundles that it began with, by path
 * @param resumptions steps at which it was resumed
 * @param swaps every change of its parts, the oldest first
 */
public record RunInfo(
    Path folder,
    Blueprint blueprint,
    Run.State state,
    boolean live,
    long step,
    long steps,
    String message,
    RunSettings settings,
    Map<String, PartIdentity> identities,
    Map<String, PartIdentity> first,
    List<Long> resumptions,
    List<Swap> swaps) {

  /** Copies maps and lists in their order. */
  public RunInfo {
    identities = Collections.unmodifiableMap(new LinkedHashMap<>(identities));
    first = Collections.unmodifiableMap(new LinkedHashMap<>(first));
    resumptions = List.copyOf(resumptions);
    swaps = List.copyOf(swaps);
  }

  /** The swaps that were refused or failed: versions that the run doesn't try again. */
  public List<Swap> quarantine() {
    return swaps.stream().filter(swap -> swap.outcome() != Swap.Outcome.DONE).toList();
  }
}
