package org.ketloom.runtime.internal.deploy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.tck.Calls;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Uninstalls bundles, each within a time limit, and remembers those that don't end. */
final class Discards {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final Duration limit;
  private final Map<Bundle, Instant> stuck = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param limit most time for the end of a bundle
   */
  Discards(Duration limit) {
    this.limit = limit;
  }

  /** Uninstalls a bundle; one that doesn't end is left behind, hidden from the registry. */
  void discard(Bundle bundle) {
    try (Calls calls = new Calls(limit, limit)) {
      calls.call(
          "uninstalling " + PluginDiagnosis.name(bundle),
          () -> {
            uninstall(bundle);
            return null;
          });
      stuck.remove(bundle);
    } catch (Calls.Violation | IllegalArgumentException e) {
      // Interrupted when the container ends, and with it what is left.
      boolean interrupted = Thread.currentThread().isInterrupted();
      if (!interrupted) {
        stuck.putIfAbsent(bundle, Instant.now());
      }
      LOG.log(
          interrupted ? Level.DEBUG : Level.WARNING,
          "{0}; it stays behind until the container ends",
          e.getMessage());
    }
  }

  private static void uninstall(Bundle bundle) throws BundleException {
    try {
      bundle.uninstall();
    } catch (IllegalStateException e) {
      // An uninstallation that began before has ended.
      if (bundle.getState() != Bundle.UNINSTALLED) {
        throw e;
      }
    }
  }

  /**
   * Uninstalls a bundle that was left behind, now that it does something else: the framework lets
   * nobody uninstall one that hasn't returned from {@code start()}.
   */
  void again(Bundle bundle) {
    if (stuck.containsKey(bundle)) {
      discard(bundle);
    }
  }

  /** Those that haven't ended. */
  List<PluginStatus> stuck() {
    stuck.keySet().removeIf(bundle -> bundle.getState() == Bundle.UNINSTALLED);
    return stuck.entrySet().stream()
        .map(
            e ->
                new PluginStatus(
                    PluginDiagnosis.name(e.getKey()),
                    "",
                    PluginStatus.State.STUCK,
                    List.of(),
                    "it was to end at "
                        + e.getValue().truncatedTo(ChronoUnit.SECONDS)
                        + ", and doesn't return from "
                        + (e.getKey().getState() == Bundle.STOPPING ? "stop()" : "what it does")
                        + ". Its parts are out of use, its thread and its memory are lost until"
                        + " this process ends; see that its activator's stop() and its components'"
                        + " deactivation end what they have begun"))
        .sorted(Comparator.comparing(PluginStatus::name))
        .toList();
  }
}
