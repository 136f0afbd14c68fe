package org.ketloom.runtime.health;

import java.util.List;
import java.util.Locale;
import org.ketloom.api.error.Remedy;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** Service: whether all is well in the container. */
@ProviderType
public interface Health {

  /** How bad it is. */
  enum Level {
    /** As it should be. */
    OK,
    /** It works, but needs attention. */
    WARN,
    /** Something doesn't work. */
    FAIL;

    /** The level as people write it: lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One thing that was found.
   *
   * @param check what was looked at: framework, bundles, components, memory, deployments, runs
   * @param level how bad it is
   * @param message what was found
   * @param remedies what can be done
   */
  record Finding(String check, Level level, String message, List<Remedy> remedies) {

    /** Copies the remedies. */
    public Finding {
      remedies = List.copyOf(remedies);
    }

    /** A finding whose message says what to do, if anything is. */
    public Finding(String check, Level level, String message) {
      this(check, level, message, List.of());
    }
  }

  /** Service: something else to look at. */
  @ConsumerType
  interface Check {
    /** What is found; at least one finding. */
    List<Finding> findings();
  }

  /** Looks at everything; at least one finding per check. */
  List<Finding> check();

  /** The worst level of some findings. */
  static Level worst(List<Finding> findings) {
    return findings.stream().map(Finding::level).max(Enum::compareTo).orElse(Level.OK);
  }
}
