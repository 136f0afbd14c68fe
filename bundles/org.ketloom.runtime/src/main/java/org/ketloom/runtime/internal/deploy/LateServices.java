package org.ketloom.runtime.internal.deploy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.ketloom.files.Causes;
import org.ketloom.runtime.internal.parts.PartGate;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * Services that plugins register after their trial, and those whose properties change: each is
 * tried before the registry shows it. The deployer's thread alone tries.
 */
final class LateServices implements PartGate.Candidates {
  /**
   * After this many refusals, each of which may take the time limit of a call, the services of a
   * plugin are no longer tried.
   */
  private static final int MAX_REFUSED = 3;

  private static final class Count {
    private int tried;
    private int refused;
  }

  /** A service that was refused, the plugin that it comes from, and the reason. */
  private record Refused(Bundle origin, String reason) {}

  private final PluginTrial trial;
  private final RunningPlugins running;
  private final PartGate gate;
  private final Consumer<Runnable> worker;
  private final Runnable changed;
  // Whether its properties changed.
  private final Map<ServiceReference<?>, Boolean> waiting = new HashMap<>();
  // Services that were refused because of something else, and why. For the worker's thread alone.
  private final Map<ServiceReference<?>, Refused> refused = new LinkedHashMap<>();
  private final Map<Bundle, Count> counts = new WeakHashMap<>();

  /**
   * None yet.
   *
   * @param worker does work on the deployer's thread
   * @param changed called on that thread after a service was admitted or refused
   */
  LateServices(
      PluginTrial trial,
      RunningPlugins running,
      PartGate gate,
      Consumer<Runnable> worker,
      Runnable changed) {
    this.trial = trial;
    this.running = running;
    this.gate = gate;
    this.worker = worker;
    this.changed = changed;
  }

  @Override
  public void appeared(ServiceReference<?> service, Bundle origin, boolean modified) {
    boolean first;
    synchronized (waiting) {
      first = !waiting.containsKey(service);
      waiting.merge(service, modified, Boolean::logicalOr);
    }
    if (first) {
      worker.accept(
          () -> {
            boolean isModified;
            synchronized (waiting) {
              isModified = waiting.remove(service);
            }
            inspect(service, origin, isModified);
          });
    }
  }

  private void inspect(ServiceReference<?> service, Bundle origin, boolean modified) {
    Optional<String> sha256 = running.sha256(origin);
    boolean known = !modified && running.isTried(service);
    if (sha256.isEmpty() || known || service.getBundle() == null) {
      return;
    }
    Count count = counts.computeIfAbsent(origin, b -> new Count());
    if (count.refused > MAX_REFUSED || count.tried > PluginTrial.MAX_SERVICES) {
      return;
    }
    if (count.refused == MAX_REFUSED || ++count.tried > PluginTrial.MAX_SERVICES) {
      count.refused = MAX_REFUSED + 1;
      gate.refuse(
          service,
          PluginDiagnosis.name(origin)
              + " has registered or changed "
              + (count.tried > PluginTrial.MAX_SERVICES
                  ? PluginTrial.MAX_SERVICES + " parts since its trial"
                  : MAX_REFUSED + " parts that don't fit since its trial")
              + "; whatever it registers from now on is left out until the container is started"
              + " again");
      changed.run();
      return;
    }
    refused.remove(service);
    try {
      trial.inspect(service, origin, sha256.get());
      gate.admit(service, trial.limit());
    } catch (Refusal e) {
      count.refused++;
      if (e.until() == Refusal.Until.SURROUNDINGS) {
        refused.put(service, new Refused(origin, Causes.of(e)));
      }
      gate.refuse(service, Causes.of(e));
    }
    changed.run();
  }

  /** Tries again what was refused because of something else, such as a kind that nobody brought. */
  void tryAgain() {
    boolean different = false;
    for (Map.Entry<ServiceReference<?>, Refused> entry : List.copyOf(refused.entrySet())) {
      ServiceReference<?> service = entry.getKey();
      Bundle origin = entry.getValue().origin();
      Optional<String> sha256 = running.sha256(origin);
      if (service.getBundle() == null || sha256.isEmpty()) {
        refused.remove(service);
        continue;
      }
      try {
        trial.inspect(service, origin, sha256.get());
        gate.admit(service, trial.limit());
        refused.remove(service);
        counts.computeIfAbsent(origin, b -> new Count()).refused--;
        different = true;
      } catch (Refusal e) {
        if (e.until() != Refusal.Until.SURROUNDINGS) {
          refused.remove(service);
        }
        String reason = Causes.of(e);
        if (!reason.equals(entry.getValue().reason())) {
          refused.replace(service, new Refused(origin, reason));
          gate.refuse(service, reason);
          different = true;
        }
      }
    }
    if (different) {
      changed.run();
    }
  }
}
