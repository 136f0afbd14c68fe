package org.ketloom.runtime.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.Composer;
import org.ketloom.runtime.Generation;
import org.ketloom.runtime.PartRegistry;
import org.ketloom.runtime.Readiness;
import org.ketloom.runtime.Swap;

/**
 * Which parts of a run have been overtaken. The registry's events only raise a flag; the run looks
 * when it comes to a boundary.
 */
final class Newcomers implements AutoCloseable {
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
  Newcomers(PartRegistry registry, Composer composer, LongSupplier nanoTime, long debounceNanos) {
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
  boolean due() {
    return changes.get() != seen && nanoTime.getAsLong() - changedAt >= debounceNanos;
  }

  /** How often the registry has changed. */
  long changes() {
    return changes.get();
  }

  /** Looks again at the next boundary, also if nothing changes until then. */
  void again() {
    seen = -1;
  }

  /**
   * The generations by path that a new run would take instead of those in use. The data set isn't
   * among them: it stays open to the end.
   *
   * @param swaps of the run: what failed in one of them isn't tried again
   */
  Map<String, Generation> look(
      Blueprint blueprint, Map<String, Generation> inUse, List<Swap> swaps) {
    seen = changes.get();
    Map<String, Generation> found = new LinkedHashMap<>();
    if (composer.state(blueprint).state() == Readiness.State.READY) {
      composer
          .generations(blueprint, Map.of())
          .forEach(
              (path, generation) -> {
                if (!path.equals("data")
                    && !generation.equals(inUse.get(path))
                    && !quarantined(path, generation, swaps)) {
                  found.put(path, generation);
                }
              });
    }
    return found;
  }

  /** Whether a generation was refused or has failed in a run. */
  static boolean quarantined(String path, Generation generation, List<Swap> swaps) {
    return swaps.stream()
        .filter(swap -> swap.outcome() != Swap.Outcome.DONE)
        .anyMatch(swap -> generation.equals(swap.to().get(path)));
  }

  @Override
  public void close() {
    registry.removeListener(listener);
  }
}
