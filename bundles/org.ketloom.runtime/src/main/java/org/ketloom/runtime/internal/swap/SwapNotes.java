package org.ketloom.runtime.internal.swap;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Swap;

/** Swaps as they stand in a run's provenance. */
public final class SwapNotes {
  private SwapNotes() {}

  /**
   * A swap that was done.
   *
   * @param pauseMillis how long the run paused; 0 if it wasn't live
   * @param before the parts before
   * @param now the parts afterwards
   * @param changes how the Blueprint changed
   */
  public static Swap done(
      Swap.Kind kind,
      long step,
      long pauseMillis,
      Map<String, PartIdentity> before,
      Map<String, PartIdentity> now,
      List<String> changes,
      OptionalDouble lossBefore,
      OptionalDouble lossAfter) {
    return new Swap(
        kind,
        Swap.Outcome.DONE,
        step,
        now(),
        pauseMillis,
        Changes.different(before, now),
        Changes.different(now, before),
        changes,
        "",
        lossBefore,
        lossAfter);
  }

  /** As the other one, without losses. */
  public static Swap done(
      Swap.Kind kind,
      long step,
      long pauseMillis,
      Map<String, PartIdentity> before,
      Map<String, PartIdentity> now,
      List<String> changes) {
    return done(
        kind,
        step,
        pauseMillis,
        before,
        now,
        changes,
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /**
   * A swap that wasn't done.
   *
   * @param inUse the parts that the run continues with
   * @param to what was refused
   */
  static Swap unchanged(
      Swap.Kind kind,
      Swap.Outcome outcome,
      long step,
      long pauseMillis,
      Map<String, PartIdentity> inUse,
      Map<String, PartIdentity> to,
      String reason) {
    Map<String, PartIdentity> from = new LinkedHashMap<>(inUse);
    from.keySet().retainAll(to.keySet());
    return new Swap(
        kind,
        outcome,
        step,
        now(),
        pauseMillis,
        from,
        to,
        List.of(),
        reason,
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** What went wrong, in one line. */
  static String message(Throwable cause) {
    return (cause.getMessage() == null || !(cause instanceof Exception)
            ? cause.toString()
            : cause.getMessage())
        .replaceAll("\\s*\\R\\s*", "; ");
  }
}
