package org.ketloom.runtime.internal.deploy;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.parts.Leases;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The plugins that run in this framework, by the SHA-256 of their jars: those that are current, and
 * those that were replaced and aren't retired yet. For the deployer's thread alone.
 */
final class RunningPlugins {
  /** The least time from a bundle's leaving the registry's first choices to its end. */
  static final Duration GRACE = Duration.ofMillis(200);

  /** A plugin that was replaced, and the {@link System#nanoTime} of that. */
  private record Leaving(PluginTrial.Running plugin, long since) {
    boolean isInGrace() {
      return System.nanoTime() - since < GRACE.toNanos();
    }
  }

  private final PluginTrial trial;
  private final PartGate gate;
  private final Consumer<String> steps;
  private final ServiceTracker<Leases, Leases> leases;
  private final Map<String, PluginTrial.Running> current = new TreeMap<>();
  private final Map<String, Leaving> leaving = new TreeMap<>();

  /**
   * None yet.
   *
   * @param trial ends plugins
   * @param gate told what is current and what is leaving
   * @param steps told after each end: {@code retired example.ladder 1.0.0}
   * @param released called after a run has let go of something, on any thread
   */
  RunningPlugins(
      BundleContext context,
      PluginTrial trial,
      PartGate gate,
      Consumer<String> steps,
      Runnable released) {
    this.trial = trial;
    this.gate = gate;
    this.steps = steps;
    this.leases =
        new ServiceTracker<>(context, Leases.class, null) {
          @Override
          public Leases addingService(ServiceReference<Leases> reference) {
            Leases found = super.addingService(reference);
            found.addListener(released);
            return found;
          }

          @Override
          public void removedService(ServiceReference<Leases> reference, Leases service) {
            service.removeListener(released);
            super.removedService(reference, service);
            released.run();
          }
        };
    leases.open();
  }

  /** Forgets the runs; the plugins stay. */
  void close() {
    leases.close();
  }

  /** A current plugin that is active; empty if it isn't, whatever the deployment says. */
  Optional<PluginTrial.Running> active(String sha256) {
    return Optional.ofNullable(current.get(sha256)).filter(PluginTrial.Running::isActive);
  }

  /**
   * A plugin that is current, or is leaving and hasn't ended yet. One that was stopped or
   * uninstalled by hand isn't there.
   */
  Optional<PluginTrial.Running> present(String sha256) {
    Leaving left = leaving.get(sha256);
    PluginTrial.Running found = left == null ? current.get(sha256) : left.plugin();
    if (found != null && !found.isActive()) {
      current.remove(sha256);
      leaving.remove(sha256);
      trial.release(found);
      return Optional.empty();
    }
    return Optional.ofNullable(found);
  }

  /** Takes a plugin that wasn't {@link #present}. */
  void add(String sha256, PluginTrial.Running plugin) {
    current.put(sha256, plugin);
  }

  /**
   * Takes a plugin that wasn't {@link #present} for those who hold it; it is nobody's first choice.
   */
  void addLeaving(String sha256, PluginTrial.Running plugin) {
    leaving.put(sha256, new Leaving(plugin, System.nanoTime()));
    gate.admit(Set.copyOf(plugin.services()), Set.of(), Set.of(plugin.bundle()), trial.limit());
  }

  /**
   * Makes these plugins the current ones, as far as they are present; the others begin to leave.
   */
  void admit(Set<String> wanted) {
    for (String sha256 : wanted) {
      Leaving back = leaving.remove(sha256);
      if (back != null) {
        current.put(sha256, back.plugin());
      }
    }
    Map<String, PluginTrial.Running> out = new TreeMap<>(current);
    out.keySet().removeAll(wanted);
    current.keySet().retainAll(wanted);
    long now = System.nanoTime();
    out.forEach((sha256, plugin) -> leaving.put(sha256, new Leaving(plugin, now)));
    gate.admit(
        current.values().stream()
            .<ServiceReference<?>>flatMap(p -> p.services().stream())
            .collect(Collectors.toSet()),
        bundles(current.values()),
        bundles(out.values()),
        trial.limit());
  }

  /** The SHA-256 of the jar of a plugin that is current or leaving. */
  Optional<String> sha256(Bundle bundle) {
    return Stream.concat(
            current.entrySet().stream(),
            leaving.entrySet().stream().map(e -> Map.entry(e.getKey(), e.getValue().plugin())))
        .filter(e -> e.getValue().bundle().equals(bundle))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Whether a service was tried together with its plugin. */
  boolean isTried(ServiceReference<?> service) {
    return Stream.concat(current.values().stream(), leaving().stream())
        .anyMatch(p -> p.services().contains(service));
  }

  private static Set<Bundle> bundles(Collection<PluginTrial.Running> plugins) {
    return plugins.stream().map(PluginTrial.Running::bundle).collect(Collectors.toSet());
  }

  /** The plugins that are leaving. */
  List<PluginTrial.Running> leaving() {
    return leaving.values().stream().map(Leaving::plugin).toList();
  }

  /** Those that are leaving under a name and version, but with other content. */
  List<PluginTrial.Running> leaving(String name, String sha256) {
    return leaving.entrySet().stream()
        .filter(e -> !e.getKey().equals(sha256))
        .map(e -> e.getValue().plugin())
        .filter(p -> PluginDiagnosis.name(p.bundle()).equals(name))
        .toList();
  }

  /** Waits until the grace period of these is over. */
  void awaitGrace(Collection<PluginTrial.Running> plugins) {
    try {
      while (leaving.values().stream()
          .anyMatch(l -> l.isInGrace() && plugins.contains(l.plugin()))) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the deployer is stopped");
    }
  }

  /**
   * Ends what nobody holds. Whatever asks for it, what has just left stays for its grace.
   *
   * @return whether anything ended
   */
  boolean retire() {
    Set<String> ended = new HashSet<>();
    leaving.forEach(
        (sha256, left) -> {
          PluginTrial.Running plugin = left.plugin();
          if (!left.isInGrace() && isFree(plugin) && isFreeUnseen(plugin)) {
            String name = PluginDiagnosis.name(plugin.bundle());
            trial.end(plugin);
            if (plugin.bundle().getState() == Bundle.UNINSTALLED) {
              gate.forget(plugin.bundle());
            }
            ended.add(sha256);
            steps.accept("retired " + name);
          }
        });
    leaving.keySet().removeAll(ended);
    if (!ended.isEmpty()) {
      // Others may have been used by these alone.
      retire();
    }
    return !ended.isEmpty();
  }

  private boolean isFree(PluginTrial.Running plugin) {
    return holders(plugin).isEmpty() && !isUsed(plugin.bundle());
  }

  /**
   * Takes a plugin out of the registry, and puts it back if somebody has leased it meanwhile. Who
   * leases it later looks into the registry afterwards, as {@link Leases} says, and finds it gone.
   */
  private boolean isFreeUnseen(PluginTrial.Running plugin) {
    gate.hide(plugin.bundle());
    boolean free = isFree(plugin);
    if (!free) {
      gate.show(plugin.bundle());
    }
    return free;
  }

  /** What people call the runs that hold a plugin. */
  List<String> holders(PluginTrial.Running plugin) {
    return held(
        l ->
            l.holders(
                plugin.bundle().getSymbolicName(),
                plugin.bundle().getVersion().toString(),
                plugin.hash()));
  }

  /** What people call the runs that hold anything. */
  List<String> live() {
    return held(Leases::live);
  }

  private List<String> held(Function<Leases, List<String>> by) {
    return Stream.of(leases.getServices(new Leases[0]))
        .flatMap(l -> by.apply(l).stream())
        .distinct()
        .toList();
  }

  /** Whether another bundle has loaded classes through the packages of this one. */
  static boolean isUsed(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    return wiring != null
        && wiring.getProvidedWires(null).stream()
            .anyMatch(w -> w.getRequirer().getBundle() != bundle);
  }
}
