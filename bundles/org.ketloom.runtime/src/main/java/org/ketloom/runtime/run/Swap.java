package org.ketloom.runtime.run;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * A change of a run's parts while it was live or afterwards, done or not; part of its provenance.
 *
 * @param kind what asked for it
 * @param outcome what became of it
 * @param step steps that the run had made
 * @param time when
 * @param pauseMillis how long the run paused for it, without the step that it was watched in; 0 if
 *     it wasn't live
 * @param from the bundles before, by path; only those that differ
 * @param to the bundles afterwards, or those that were refused
 * @param changes how the Blueprint changed, one line per value
 * @param reason why it wasn't done; empty if it was
 * @param before mean loss on some fixed batches with the weights and parts before; swaps by hand
 *     alone
 * @param after the same loss right afterwards, before any training
 */
public record Swap(
    Kind kind,
    Outcome outcome,
    long step,
    Instant time,
    long pauseMillis,
    Map<String, PartIdentity> from,
    Map<String, PartIdentity> to,
    List<String> changes,
    String reason,
    OptionalDouble before,
    OptionalDouble after) {

  /** What asked for a swap. */
  public enum Kind {
    /** The policy {@link RunSettings.Policy#ADOPT}. */
    ADOPT,
    /** The policy {@link RunSettings.Policy#RESTART}. */
    RESTART,
    /** Somebody, by {@link Runs#swap}. */
    HAND,
    /** Somebody who took a swap by hand back, by {@link Runs#undo}. */
    UNDO,
    /**
     * A resumption with the current parts, by {@link Resumption#currentParts}: those that the run
     * was trained with were gone.
     */
    RESUME;

    /** The kind as people write it: lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What became of a swap. */
  public enum Outcome {
    /** The run continues with the update. */
    DONE,
    /** The update doesn't fit the run, which continues as before. */
    REFUSED,
    /**
     * The update failed while it was composed, probed or watched in its first step. The run has
     * continued from where it was, and doesn't try this version again.
     */
    QUARANTINED;

    /** The outcome as people write it: lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies maps and lists in their order. */
  public Swap {
    from = Collections.unmodifiableMap(new LinkedHashMap<>(from));
    to = Collections.unmodifiableMap(new LinkedHashMap<>(to));
    changes = List.copyOf(changes);
  }

  /** One line for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind + " " + outcome + " at step " + step + ":");
    to.forEach(
        (path, identity) -> {
          PartIdentity old = from.get(path);
          text.append(' ').append(path);
          if (old != null) {
            text.append(" from ").append(old).append(" to");
          }
          text.append(' ').append(identity).append(';');
        });
    changes.forEach(change -> text.append(' ').append(change).append(';'));
    if (before.isPresent() && after.isPresent()) {
      text.append(
          String.format(
              Locale.ROOT,
              " loss %.5f before, %.5f after;",
              before.getAsDouble(),
              after.getAsDouble()));
    }
    if (pauseMillis > 0) {
      text.append(" pause ").append(pauseMillis).append(" ms;");
    }
    if (!reason.isEmpty()) {
      text.append(' ').append(reason);
    }
    return text.charAt(text.length() - 1) == ';' || text.charAt(text.length() - 1) == ':'
        ? text.substring(0, text.length() - 1)
        : text.toString();
  }
}
