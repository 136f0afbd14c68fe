package org.ketloom.runtime.internal.swap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.Swap;

/**
 * Which parts of a run have been overtaken. The registry's events only raise a flag; the run looks
 * when it comes to a boundary.
 */
public final class UpdateCandidates implements AutoCloseable {
  private final PartRegistry registry;
  private final Composer composer;
  private final LongSupplier nanoTime;
  private final long debounceNanos;
  private final AtomicLong changes = new AtomicLong();
  private final Runnable listener;
  private volatile long changedAt;
  private long seen = -1;

  /**
   * @param debounceNanos how long the registry must have been at rest
   */
  public UpdateCandidates(
      PartRegistry registry, Composer composer, LongSupplier nanoTime, long debounceNanos) {
    this.registry = registry;
    this.composer = composer;
    this.nanoTime = nanoTime;
    this.debounceNanos = debounceNanos;
    this.changedAt = nanoTime.getAsLong() - debounceNanos;
    this.listener =
        () -> {
          changedAt = nanoTime.getAsLong();
          changes.incrementAndGet();
        };
    registry.addListener(listener);
  }

  /** Whether looking is worth while. */
  public boolean due() {
    return changes.get() != seen && nanoTime.getAsLong() - changedAt >= debounceNanos;
  }

  /** How often the registry has changed. */
  public long changes() {
    return changes.get();
  }

  /** Looks again at the next boundary, also if nothing changes until then. */
  public void again() {
    seen = -1;
  }

  /**
   * The parts by path that a new run would take instead of those in use. The data set isn't among
   * them: it stays open to the end. Convolutions are where the model has some.
   *
   * @param swaps of the run: what failed in one of them isn't tried again
   */
  public Map<String, PartIdentity> look(
      Blueprint blueprint, Map<String, PartIdentity> inUse, List<Swap> swaps) {
    seen = changes.get();
    Map<String, PartIdentity> found = new LinkedHashMap<>();
    ResolvedBlueprint there = composer.resolve(blueprint);
    if (there.readiness().state() != Readiness.State.READY) {
      return found;
    }
    there
        .identities()
        .forEach(
            (path, identity) -> {
              boolean needed =
                  !path.equals(ConvolutionEngine.KIND.name()) || inUse.containsKey(path);
              if (!path.equals("data")
                  && needed
                  && !identity.equals(inUse.get(path))
                  && !quarantined(path, identity, swaps)) {
                found.put(path, identity);
              }
            });
    return found;
  }

  /** Whether a part was refused or has failed in a run. */
  static boolean quarantined(String path, PartIdentity identity, List<Swap> swaps) {
    return swaps.stream()
        .filter(swap -> swap.outcome() != Swap.Outcome.DONE)
        .anyMatch(swap -> identity.equals(swap.to().get(path)));
  }

  @Override
  public void close() {
    registry.removeListener(listener);
  }
}
