package org.ketloom.runtime.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a run behaves in its container. Unlike the Blueprint they don't say what is computed, and may
 * change when a run is resumed; the run's manifest holds them.
 *
 * @param policy what the run does when a newer version of one of its parts becomes current
 * @param autoResume whether a container that starts continues with the run
 */
public record RunSettings(Policy policy, boolean autoResume) {

  /** Pinned, and resumed only by hand. */
  public static final RunSettings DEFAULT = new RunSettings(Policy.PIN, false);

  /** What a run does when a newer version of one of its parts becomes current. */
  public enum Policy {
    /** Nothing: it ends on the parts that it began with. */
    PIN,
    /**
     * It continues with the update from the next epoch on, if that has parameters of the same names
     * and shapes, passes a probe and then a first step; else it keeps what it has.
     */
    ADOPT,
    /**
     * It begins again with the update, if that passes a probe. What it had done until then moves to
     * the folder {@code attempts}.
     */
    RESTART;

    /** The policy of a name in lower case. */
    public static Policy of(String name) {
      for (Policy policy : values()) {
        if (policy.toString().equals(name)) {
          return policy;
        }
      }
      throw new IllegalArgumentException(
          "policy takes "
              + Arrays.stream(values()).map(Policy::toString).collect(Collectors.joining(", "))
              + "; found \""
              + name
              + "\"");
    }

    /** The policy as people write it: lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
