package org.ketloom.runtime.internal.parts;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.runtime.parts.Generation;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.tck.Calls;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.VersionRange;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** The registry: a service tracker whose events swap a snapshot. */
@Component(service = {PartRegistry.class, PartGate.class})
public final class TrackedParts implements PartRegistry, PartGate {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** Most time for reading a part whose kind came after it. */
  private static final Duration READING = Duration.ofSeconds(2);

  private record Snapshot(
      List<PartKind> kinds,
      List<RegisteredPart> parts,
      List<RegisteredPart> engines,
      List<String> refused,
      Map<Long, Bundle> bundles) {}

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Long, TrackedService> entries = new TreeMap<>();
  // Guarded by entries, like all that follows up to the snapshot.
  private final Map<Long, ServiceReference<Object>> held = new TreeMap<>();
  private final Set<Long> admitted = new HashSet<>();
  private final Set<Long> retiring = new HashSet<>();
  private final Set<Long> hidden = new HashSet<>();
  private volatile Snapshot snapshot =
      new Snapshot(PartKinds.PLATFORM, List.of(), List.of(), List.of(), Map.of());
  private final BundleContext context;
  private final Runnable end;

  /** Begins to track. */
  @Activate
  public TrackedParts(BundleContext context) throws InvalidSyntaxException {
    this.context = context;
    String classes =
        Stream.concat(
                Stream.of(PartKindProvider.class), PartKinds.PLATFORM.stream().map(PartKind::type))
            .map(type -> "(" + Constants.OBJECTCLASS + "=" + type.getName() + ")")
            .collect(Collectors.joining());
    // Parts of other kinds are known by their name, which their descriptions have too.
    String filter =
        "(&(!(%s=%s))(|%s(%s=*)))"
            .formatted(Constants.OBJECTCLASS, RegisteredPart.class.getName(), classes, Part.NAME);
    ServiceTracker<Object, Object> tracker =
        new ServiceTracker<>(
            context,
            FrameworkUtil.createFilter(filter),
            new ServiceTrackerCustomizer<Object, Object>() {
              @Override
              public Object addingService(ServiceReference<Object> reference) {
                if (isHeld(reference)) {
                  return reference;
                }
                Object service = context.getService(reference);
                bind(reference, service);
                // Not null, so that the tracker tells when a refused service goes.
                return reference;
              }

              @Override
              public void modifiedService(ServiceReference<Object> reference, Object tracked) {
                if (isHeld(reference)) {
                  return;
                }
                Object service = context.getService(reference);
                bind(reference, service);
                if (service != null) {
                  context.ungetService(reference);
                }
              }

              @Override
              public void removedService(ServiceReference<Object> reference, Object tracked) {
                synchronized (entries) {
                  if (held.remove(id(reference)) != null && !entries.containsKey(id(reference))) {
                    return;
                  }
                }
                unbind(reference);
                context.ungetService(reference);
              }
            });
    end = tracker::close;
    tracker.open();
  }

  /** A registry that is told of services by {@link #bind} and {@link #unbind} alone. */
  TrackedParts() {
    context = null;
    end = () -> {};
  }

  @Deactivate
  public void close() {
    end.run();
  }

  void bind(ServiceReference<?> reference, Object service) {
    TrackedService entry = TrackedService.read(reference, service, snapshot.kinds());
    entry.warnings().forEach(line -> LOG.log(Level.WARNING, line));
    change(() -> entries.put(id(reference), entry));
  }

  void unbind(ServiceReference<?> reference) {
    change(() -> entries.remove(id(reference)));
  }

  /** Keeps back what a bundle on trial registers: not even its object is made. */
  private boolean isHeld(ServiceReference<Object> reference) {
    Bundle bundle = reference.getBundle();
    synchronized (entries) {
      boolean hold =
          bundle != null
              && bundle.getLocation().startsWith(TRIAL)
              && !admitted.contains(bundle.getBundleId());
      if (hold) {
        held.put(id(reference), reference);
      }
      return hold;
    }
  }

  @Override
  public void admit(Collection<Bundle> newcomers, Collection<Bundle> leaving, Duration limit) {
    Map<Long, ServiceReference<Object>> free = new TreeMap<>();
    synchronized (entries) {
      newcomers.forEach(b -> admitted.add(b.getBundleId()));
      held.forEach(
          (id, reference) -> {
            if (reference.getBundle() == null || newcomers.contains(reference.getBundle())) {
              free.put(id, reference);
            }
          });
    }
    Map<Long, TrackedService> more = new TreeMap<>();
    Set<PartKind> kinds = new LinkedHashSet<>(snapshot.kinds());
    // Kinds first: a bundle may bring a kind and parts of it.
    Stream.concat(
            free.values().stream().filter(TrackedService::bringsKind),
            free.values().stream().filter(reference -> !TrackedService.bringsKind(reference)))
        .forEach(
            reference -> {
              TrackedService entry = newcomer(reference, kinds, limit);
              entry.kind().ifPresent(kinds::add);
              more.put(id(reference), entry);
            });
    more.values().forEach(entry -> entry.warnings().forEach(line -> LOG.log(Level.WARNING, line)));
    change(
        () -> {
          // What was held no longer has gone while it was read.
          more.keySet().retainAll(held.keySet());
          held.keySet().removeAll(more.keySet());
          more.forEach(entries::putIfAbsent);
          newcomers.forEach(b -> retiring.remove(b.getBundleId()));
          leaving.forEach(b -> retiring.add(b.getBundleId()));
        });
  }

  /** That a part could be read on trial doesn't mean that it can be now. */
  private TrackedService newcomer(
      ServiceReference<Object> reference, Collection<PartKind> kinds, Duration limit) {
    return read(reference, () -> context.getService(reference), kinds, limit);
  }

  private static TrackedService read(
      ServiceReference<?> reference,
      Supplier<Object> service,
      Collection<PartKind> kinds,
      Duration limit) {
    try (Calls calls = new Calls(limit, limit)) {
      return calls.call("reading it", () -> TrackedService.read(reference, service.get(), kinds));
    } catch (Calls.Violation | IllegalArgumentException e) {
      return TrackedService.refused(reference, kinds, e.getMessage());
    }
  }

  @Override
  public void hide(Bundle bundle) {
    change(() -> hidden.add(bundle.getBundleId()));
  }

  @Override
  public void show(Bundle bundle) {
    change(() -> hidden.remove(bundle.getBundleId()));
  }

  @Override
  public List<PartKind> kinds() {
    return PartKinds.distinct(snapshot.kinds());
  }

  @Override
  public List<RegisteredPart> parts() {
    return snapshot.parts();
  }

  @Override
  public Optional<RegisteredPart> find(PartKind kind, String name, String versionRange) {
    VersionRange range = range(versionRange);
    return parts(kind).stream()
        .filter(p -> p.name().equals(name) && range.includes(p.version()))
        .findFirst();
  }

  @Override
  public List<RegisteredPart> engines() {
    return snapshot.engines();
  }

  @Override
  public List<String> refused() {
    return snapshot.refused();
  }

  @Override
  public Generation generation(RegisteredPart part) {
    return new Generation(
        part.name(), part.bundle(), part.version().toString(), hash(part.serviceId()));
  }

  @Override
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** Reads a version range; empty is any version. */
  public static VersionRange range(String text) {
    try {
      return new VersionRange(text.isEmpty() ? "0" : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a version range; write for example [0.1,1), or 0.1 for that and all"
              + " later ones");
    }
  }

  private String hash(long serviceId) {
    Bundle bundle = snapshot.bundles().get(serviceId);
    return bundle == null ? "" : BundleHash.of(bundle);
  }

  private void change(Runnable change) {
    Map<Long, TrackedService> stale = change(change, List.of());
    while (!stale.isEmpty()) {
      List<PartKind> kinds = snapshot.kinds();
      Map<Long, TrackedService> again = new TreeMap<>();
      stale.forEach(
          (id, entry) -> again.put(id, read(entry.reference(), entry::service, kinds, READING)));
      Map<Long, TrackedService> before = stale;
      stale =
          change(
              () -> again.forEach((id, entry) -> entries.replace(id, before.get(id), entry)),
              again.values());
    }
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a listener of the part registry failed", e);
      }
    }
  }

  /**
   * Makes a change and the snapshot after it.
   *
   * @param reread services that were read again before
   * @return the services that have to be read again, because the kinds have changed
   */
  private Map<Long, TrackedService> change(Runnable change, Collection<TrackedService> reread) {
    reread.forEach(entry -> entry.warnings().forEach(line -> LOG.log(Level.WARNING, line)));
    synchronized (entries) {
      change.run();
      List<TrackedService> shown =
          entries.values().stream()
              .filter(e -> e.bundle() != null && !hidden.contains(e.bundle().getBundleId()))
              .toList();
      List<String> refused = new ArrayList<>();
      List<PartKind> kinds = kinds(shown, refused);
      Map<Long, Integer> ranking = new HashMap<>();
      Map<Long, Bundle> bundles = new HashMap<>();
      entries.forEach(
          (id, entry) -> {
            if (entry.bundle() != null) {
              bundles.put(id, entry.bundle());
              ranking.put(id, entry.ranking());
            }
          });
      shown.forEach(entry -> refused.addAll(entry.refused()));
      Set<Long> last =
          bundles.entrySet().stream()
              .filter(e -> !retiring.isEmpty() && retiring.contains(e.getValue().getBundleId()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      List<String> order = PartKinds.distinct(kinds).stream().map(PartKind::name).toList();
      Comparator<RegisteredPart> choice =
          Comparator.comparing(RegisteredPart::version, Comparator.reverseOrder())
              .thenComparing(RegisteredPart::serviceId);
      Comparator<RegisteredPart> retired = Comparator.comparing(p -> last.contains(p.serviceId()));
      List<RegisteredPart> parts =
          shown.stream()
              .flatMap(entry -> entry.parts().stream())
              .sorted(
                  Comparator.<RegisteredPart>comparingInt(p -> order.indexOf(p.kind().name()))
                      .thenComparing(RegisteredPart::name)
                      .thenComparing(retired)
                      .thenComparing(choice))
              .toList();
      List<RegisteredPart> engines =
          parts.stream()
              .filter(p -> p.kind().equals(QuantumEngine.KIND))
              .sorted(
                  retired
                      .thenComparing(p -> ranking.get(p.serviceId()), Comparator.reverseOrder())
                      .thenComparing(choice))
              .toList();
      snapshot = new Snapshot(kinds, parts, engines, List.copyOf(refused), Map.copyOf(bundles));
      Map<Long, TrackedService> stale = new TreeMap<>(entries);
      stale.values().removeIf(entry -> !entry.isStale(kinds));
      return stale;
    }
  }

  /** The platform's kinds, then those that bundles bring, by name. */
  private static List<PartKind> kinds(List<TrackedService> shown, List<String> refused) {
    List<PartKind> kinds = new ArrayList<>(PartKinds.PLATFORM);
    for (TrackedService service : shown) {
      service
          .kind()
          .filter(kind -> !kinds.contains(kind))
          .ifPresent(
              kind ->
                  PartKinds.rival(kind, kinds)
                      .ifPresentOrElse(
                          rival ->
                              refused.add(
                                  TrackedService.leftOut(
                                      "kind of parts",
                                      kind.name(),
                                      service.bundle(),
                                      "its service type is "
                                          + kind.type().getName()
                                          + ", but parts of that name are services of type "
                                          + rival.type().getName())),
                          () -> kinds.add(kind)));
    }
    kinds
        .subList(PartKinds.PLATFORM.size(), kinds.size())
        .sort(Comparator.comparing(PartKind::name));
    return List.copyOf(kinds);
  }

  private static Long id(ServiceReference<?> reference) {
    return TrackedService.id(reference);
  }
}
