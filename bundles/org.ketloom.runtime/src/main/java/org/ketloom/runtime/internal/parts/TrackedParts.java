package org.ketloom.runtime.internal.parts;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
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
import org.jspecify.annotations.Nullable;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.files.Causes;
import org.ketloom.runtime.parts.PartIdentity;
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

  /**
   * Most time for making or reading a part outside of a trial. These are parts of the distribution
   * or of a host, and what takes a millisecond may take seconds on a machine that is overloaded.
   */
  private static final Duration READING = Duration.ofSeconds(30);

  /** Framework property: symbolic names of plugins whose parts and engines may go first. */
  private static final String REPLACE = "deploy.replace";

  /**
   * A service of a plugin.
   *
   * @param got whether this has its object, which is given back in the end
   */
  private record Held(ServiceReference<Object> reference, Bundle origin, boolean got) {}

  private record Snapshot(
      List<PartKind> kinds,
      List<RegisteredPart> parts,
      List<RegisteredPart> engines,
      List<String> refused,
      Map<Bundle, List<String>> outranked,
      Map<Long, Bundle> bundles) {}

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Long, TrackedService> entries = new TreeMap<>();
  // Guarded by entries, like all that follows up to the snapshot.
  private final Map<Long, Held> plugins = new TreeMap<>();
  private final Set<Long> retiring = new HashSet<>();
  private final Set<Long> hidden = new HashSet<>();
  private volatile Snapshot snapshot =
      new Snapshot(PartKinds.PLATFORM, List.of(), List.of(), List.of(), Map.of(), Map.of());
  private volatile Candidates candidates = (service, origin, modified) -> {};
  private final Optional<BundleContext> context;
  private final Set<String> replacing;
  private final Duration limit;
  private final Runnable end;

  /** Begins to track. */
  @Activate
  public TrackedParts(BundleContext context) throws InvalidSyntaxException {
    this(context, READING);
  }

  /**
   * Begins to track.
   *
   * @param limit most time for making or reading a part outside of a trial
   */
  TrackedParts(BundleContext context, Duration limit) throws InvalidSyntaxException {
    this.context = Optional.of(context);
    this.limit = limit;
    String replace = context.getProperty(REPLACE);
    this.replacing = replace == null ? Set.of() : Set.of(replace.strip().split("[\\s,]+"));
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
                added(reference);
                // Not null, so that the tracker tells when a refused service goes.
                return reference;
              }

              @Override
              public void modifiedService(ServiceReference<Object> reference, Object tracked) {
                modified(reference);
              }

              @Override
              public void removedService(ServiceReference<Object> reference, Object tracked) {
                removed(reference);
              }
            });
    end = tracker::close;
    tracker.open();
  }

  /** A registry that learns of services only through {@link #bind} and {@link #unbind}. */
  TrackedParts() {
    context = Optional.empty();
    replacing = Set.of();
    limit = READING;
    end = () -> {};
  }

  @Deactivate
  public void close() {
    end.run();
  }

  /** Sees a service; the object of a plugin's isn't even made. */
  private void added(ServiceReference<Object> reference) {
    Bundle registrar = reference.getBundle();
    if (registrar == null) {
      return;
    }
    if (PartGate.isPlugin(registrar)) {
      hold(reference, registrar, false);
      return;
    }
    Object service;
    try (Calls calls = new Calls(limit, limit)) {
      service = calls.call("making its object", () -> context().getService(reference));
    } catch (Calls.Violation | IllegalArgumentException e) {
      TrackedService entry =
          TrackedService.refused(
              reference, registrar, snapshot.kinds(), String.valueOf(e.getMessage()));
      warn(entry);
      change(() -> entries.put(id(reference), entry));
      return;
    }
    maker(service)
        .ifPresentOrElse(maker -> hold(reference, maker, true), () -> bind(reference, service));
  }

  private void hold(ServiceReference<Object> reference, Bundle origin, boolean got) {
    synchronized (entries) {
      plugins.put(id(reference), new Held(reference, origin, got));
    }
    candidates.appeared(reference, origin, false);
  }

  private BundleContext context() {
    return context.orElseThrow(
        () -> new IllegalStateException("this registry tracks no services of a framework"));
  }

  /** The plugin whose class an object is of, if it is a plugin's. */
  private static Optional<Bundle> maker(@Nullable Object service) {
    if (service == null) {
      return Optional.empty();
    }
    Class<?> type =
        Proxy.isProxyClass(service.getClass())
            ? Proxy.getInvocationHandler(service).getClass()
            : service.getClass();
    return Optional.ofNullable(FrameworkUtil.getBundle(type)).filter(PartGate::isPlugin);
  }

  private void modified(ServiceReference<Object> reference) {
    Optional<Held> held = held(reference);
    if (held.isPresent()) {
      candidates.appeared(reference, held.get().origin(), true);
      return;
    }
    Object service = context().getService(reference);
    bind(reference, service);
    if (service != null) {
      context().ungetService(reference);
    }
  }

  private void removed(ServiceReference<Object> reference) {
    Held held;
    boolean known;
    synchronized (entries) {
      held = plugins.remove(id(reference));
      known = entries.containsKey(id(reference));
    }
    if (known) {
      unbind(reference);
    }
    if (held == null ? known : held.got()) {
      context().ungetService(reference);
    }
  }

  private Optional<Held> held(ServiceReference<?> reference) {
    synchronized (entries) {
      return Optional.ofNullable(plugins.get(id(reference)));
    }
  }

  void bind(ServiceReference<?> reference, @Nullable Object service) {
    Bundle bundle = reference.getBundle();
    if (bundle == null) {
      // It was unregistered meanwhile.
      unbind(reference);
      return;
    }
    TrackedService entry = TrackedService.read(reference, bundle, service, snapshot.kinds());
    warn(entry);
    change(() -> entries.put(id(reference), entry));
  }

  void unbind(ServiceReference<?> reference) {
    change(() -> entries.remove(id(reference)));
  }

  private static void warn(TrackedService entry) {
    entry.warnings().forEach(line -> LOG.log(Level.WARNING, line));
  }

  @Override
  public void tell(Candidates told) {
    candidates = told;
  }

  @Override
  public void admit(
      Collection<ServiceReference<?>> services,
      Collection<Bundle> current,
      Collection<Bundle> leaving,
      Duration limit) {
    List<Held> free = new ArrayList<>();
    synchronized (entries) {
      for (ServiceReference<?> reference : services) {
        Held held = plugins.get(id(reference));
        if (held != null && !entries.containsKey(id(reference))) {
          free.add(held);
        }
      }
    }
    Map<Long, TrackedService> more = new TreeMap<>();
    Set<PartKind> kinds = new LinkedHashSet<>(snapshot.kinds());
    // Kinds first: a bundle may bring a kind and parts of it.
    Stream.concat(
            free.stream().filter(held -> TrackedService.bringsKind(held.reference())),
            free.stream().filter(held -> !TrackedService.bringsKind(held.reference())))
        .forEach(
            held -> {
              TrackedService entry = reread(held, kinds, limit);
              entry.kind().ifPresent(kinds::add);
              more.put(id(held.reference()), entry);
            });
    more.values().forEach(TrackedParts::warn);
    change(
        () -> {
          // What was held may have gone while it was read.
          more.keySet().retainAll(plugins.keySet());
          more.forEach(entries::putIfAbsent);
          current.forEach(b -> retiring.remove(b.getBundleId()));
          leaving.forEach(b -> retiring.add(b.getBundleId()));
        });
  }

  @Override
  public void admit(ServiceReference<?> service, Duration limit) {
    held(service).ifPresent(held -> replace(held, reread(held, snapshot.kinds(), limit)));
  }

  @Override
  public void refuse(ServiceReference<?> service, String reason) {
    held(service)
        .ifPresent(
            held ->
                replace(
                    held,
                    TrackedService.refused(service, held.origin(), snapshot.kinds(), reason)));
  }

  private void replace(Held held, TrackedService entry) {
    warn(entry);
    Long id = id(held.reference());
    change(
        () -> {
          if (plugins.containsKey(id)) {
            entries.put(id, entry);
          }
        });
  }

  /** That a part could be read on trial doesn't mean that it can be now. */
  private TrackedService reread(Held held, Collection<PartKind> kinds, Duration limit) {
    return read(held.reference(), held.origin(), () -> object(held.reference()), kinds, limit);
  }

  private @Nullable Object object(ServiceReference<Object> reference) {
    Object service = context().getService(reference);
    if (service != null && !got(reference)) {
      context().ungetService(reference);
    }
    return service;
  }

  private static TrackedService read(
      ServiceReference<?> reference,
      Bundle bundle,
      Supplier<@Nullable Object> service,
      Collection<PartKind> kinds,
      Duration limit) {
    try (Calls calls = new Calls(limit, limit)) {
      return calls.call(
          "reading it", () -> TrackedService.read(reference, bundle, service.get(), kinds));
    } catch (Calls.Violation | IllegalArgumentException e) {
      return TrackedService.refused(reference, bundle, kinds, Causes.of(e));
    }
  }

  /** Notes that the object is in use; whether it was not before, and the service is still there. */
  private boolean got(ServiceReference<Object> reference) {
    synchronized (entries) {
      Held held = plugins.get(id(reference));
      if (held == null || held.got()) {
        return false;
      }
      plugins.put(id(reference), new Held(reference, held.origin(), true));
      return true;
    }
  }

  @Override
  public List<String> remarks(Bundle plugin) {
    List<String> remarks = new ArrayList<>(snapshot.outranked().getOrDefault(plugin, List.of()));
    synchronized (entries) {
      entries.values().stream()
          .filter(e -> plugin.equals(e.bundle()))
          .forEach(e -> remarks.addAll(e.refused()));
    }
    return List.copyOf(remarks);
  }

  @Override
  public List<String> remarks(String bundle, String version, List<String> parts) {
    if (replacing.contains(bundle)) {
      return List.of();
    }
    synchronized (entries) {
      List<TrackedService> own = entries.values().stream().filter(e -> !e.isPlugins()).toList();
      return Outranked.remarks(own, bundle, version, parts);
    }
  }

  @Override
  public void forget(Bundle bundle) {
    change(
        () -> {
          retiring.remove(bundle.getBundleId());
          hidden.remove(bundle.getBundleId());
        });
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
  public List<String> outranked() {
    return snapshot.outranked().values().stream().flatMap(List::stream).sorted().toList();
  }

  @Override
  public PartIdentity identity(RegisteredPart part) {
    return new PartIdentity(
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
          (id, entry) ->
              again.put(id, read(entry.reference(), entry.bundle(), entry::service, kinds, limit)));
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
    reread.forEach(TrackedParts::warn);
    synchronized (entries) {
      change.run();
      List<TrackedService> shown =
          entries.values().stream()
              .filter(e -> !hidden.contains(e.bundle().getBundleId()))
              .toList();
      List<String> refused = new ArrayList<>();
      List<PartKind> kinds = kinds(shown, refused);
      Map<Long, Integer> ranking = new HashMap<>();
      Map<Long, Bundle> bundles = new HashMap<>();
      entries.forEach(
          (id, entry) -> {
            bundles.put(id, entry.bundle());
            ranking.put(id, entry.ranking());
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
      Outranked outranked = new Outranked(shown, replacing);
      Comparator<RegisteredPart> retired = Comparator.comparing(p -> last.contains(p.serviceId()));
      List<RegisteredPart> parts =
          shown.stream()
              .flatMap(entry -> entry.parts().stream())
              .sorted(
                  Comparator.<RegisteredPart>comparingInt(p -> order.indexOf(p.kind().name()))
                      .thenComparing(RegisteredPart::name)
                      .thenComparing(outranked::contains)
                      .thenComparing(retired)
                      .thenComparing(choice))
              .toList();
      List<RegisteredPart> engines =
          parts.stream()
              .filter(p -> p.kind().equals(QuantumEngine.KIND))
              .sorted(
                  Comparator.comparing(outranked::contains)
                      .thenComparing(retired)
                      .thenComparing(p -> ranking.get(p.serviceId()), Comparator.reverseOrder())
                      .thenComparing(choice))
              .toList();
      snapshot =
          new Snapshot(
              kinds,
              parts,
              engines,
              List.copyOf(refused),
              outranked.remarks(),
              Map.copyOf(bundles));
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
