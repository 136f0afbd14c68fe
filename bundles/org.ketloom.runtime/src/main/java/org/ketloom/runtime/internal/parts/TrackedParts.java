package org.ketloom.runtime.internal.parts;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.PartKind;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.parts.Generation;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredEngine;
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
  private static final String NAME_FORM = "[a-z0-9]+(-[a-z0-9]+)*";
  private static final Set<Class<?>> SCALARS =
      Set.of(boolean.class, int.class, long.class, double.class, String.class);
  private static final Set<Class<?>> ELEMENTS = Set.of(Integer.class, Double.class, String.class);

  /** What one service contributes. */
  private record Entry(
      Bundle bundle,
      int ranking,
      List<RegisteredPart> parts,
      Optional<RegisteredEngine> engine,
      List<String> refused) {}

  private record Snapshot(
      List<RegisteredPart> parts,
      List<RegisteredEngine> engines,
      List<String> refused,
      Map<Long, Bundle> bundles) {}

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Long, Entry> entries = new TreeMap<>();
  // Guarded by entries, like all that follows up to the snapshot.
  private final Map<Long, ServiceReference<Object>> held = new TreeMap<>();
  private final Set<Long> admitted = new HashSet<>();
  private final Set<Long> retiring = new HashSet<>();
  private final Set<Long> hidden = new HashSet<>();
  private volatile Snapshot snapshot = new Snapshot(List.of(), List.of(), List.of(), Map.of());
  private final BundleContext context;
  private final Runnable end;

  /** Begins to track. */
  @Activate
  public TrackedParts(BundleContext context) throws InvalidSyntaxException {
    this.context = context;
    String classes =
        Stream.concat(
                Stream.of(QuantumEngine.class),
                Arrays.stream(PartKind.values()).map(PartKind::type))
            .map(type -> "(" + Constants.OBJECTCLASS + "=" + type.getName() + ")")
            .collect(Collectors.joining());
    ServiceTracker<Object, Object> tracker =
        new ServiceTracker<>(
            context,
            FrameworkUtil.createFilter("(|" + classes + ")"),
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
    Entry entry = entry(reference, service, "");
    entry.refused().forEach(line -> LOG.log(Level.WARNING, line));
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
    Map<Long, Entry> more = new TreeMap<>();
    free.forEach((id, reference) -> more.put(id, newcomer(reference, limit)));
    more.values().forEach(entry -> entry.refused().forEach(line -> LOG.log(Level.WARNING, line)));
    change(
        () -> {
          // What was held no longer has gone while it was read.
          more.keySet().retainAll(held.keySet());
          held.keySet().removeAll(more.keySet());
          more.forEach(entries::putIfAbsent);
          leaving.forEach(b -> retiring.add(b.getBundleId()));
          newcomers.forEach(b -> retiring.remove(b.getBundleId()));
        });
  }

  /** That a part could be read on trial doesn't mean that it can be now. */
  private Entry newcomer(ServiceReference<Object> reference, Duration limit) {
    try (Calls calls = new Calls(limit, limit)) {
      return calls.call("reading it", () -> entry(reference, context.getService(reference), ""));
    } catch (Calls.Violation | IllegalArgumentException e) {
      return entry(reference, null, e.getMessage());
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
  public List<RegisteredPart> parts() {
    return snapshot.parts();
  }

  @Override
  public Optional<RegisteredPart> find(PartKind kind, String name, String versionRange) {
    VersionRange range = range(versionRange);
    return parts().stream()
        .filter(p -> p.kind() == kind && p.name().equals(name) && range.includes(p.version()))
        .findFirst();
  }

  @Override
  public List<RegisteredEngine> engines() {
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
  public Generation generation(RegisteredEngine engine) {
    return new Generation(
        engine.name(), engine.bundle(), engine.version().toString(), hash(engine.serviceId()));
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
    synchronized (entries) {
      change.run();
      List<RegisteredPart> parts = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      Map<Long, Bundle> bundles = new HashMap<>();
      entries.forEach(
          (id, entry) -> {
            if (entry.bundle() != null) {
              bundles.put(id, entry.bundle());
            }
          });
      List<Entry> shown =
          entries.values().stream()
              .filter(e -> e.bundle() == null || !hidden.contains(e.bundle().getBundleId()))
              .toList();
      shown.forEach(
          entry -> {
            parts.addAll(entry.parts());
            refused.addAll(entry.refused());
          });
      Set<Long> last =
          bundles.entrySet().stream()
              .filter(e -> !retiring.isEmpty() && retiring.contains(e.getValue().getBundleId()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      parts.sort(
          Comparator.comparing(RegisteredPart::kind)
              .thenComparing(RegisteredPart::name)
              .thenComparing(p -> last.contains(p.serviceId()))
              .thenComparing(RegisteredPart::version, Comparator.reverseOrder())
              .thenComparing(RegisteredPart::serviceId));
      List<RegisteredEngine> engines =
          shown.stream()
              .filter(e -> e.engine().isPresent())
              .sorted(
                  Comparator.<Entry, Boolean>comparing(e -> last.contains(serviceId(e)))
                      .thenComparing(Entry::ranking, Comparator.reverseOrder())
                      .thenComparing(
                          e -> e.engine().orElseThrow().version(), Comparator.reverseOrder())
                      .thenComparing(TrackedParts::serviceId))
              .map(e -> e.engine().orElseThrow())
              .toList();
      snapshot =
          new Snapshot(List.copyOf(parts), engines, List.copyOf(refused), Map.copyOf(bundles));
    }
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a listener of the part registry failed", e);
      }
    }
  }

  private static long serviceId(Entry engine) {
    return engine.engine().orElseThrow().serviceId();
  }

  /**
   * What a service contributes.
   *
   * @param known why it contributes nothing; empty if that isn't known yet
   */
  private static Entry entry(ServiceReference<?> reference, Object service, String known) {
    Bundle bundle = reference.getBundle();
    List<String> classes = List.of((String[]) reference.getProperty(Constants.OBJECTCLASS));
    int ranking =
        reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer number ? number : 0;
    List<RegisteredPart> parts = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    Optional<RegisteredEngine> engine = Optional.empty();
    if (bundle == null) {
      return new Entry(null, ranking, parts, engine, refused);
    }
    for (PartKind kind : PartKind.values()) {
      if (classes.contains(kind.type().getName())) {
        Object name = reference.getProperty(Part.NAME);
        List<Options.Entry> options = List.of();
        String fault = known;
        if (fault.isEmpty()) {
          try {
            options = options(kind, name, service);
          } catch (IllegalArgumentException e) {
            fault = e.getMessage();
          }
        }
        if (fault.isEmpty()) {
          Object description = reference.getProperty(Part.DESCRIPTION);
          parts.add(
              new RegisteredPart(
                  kind,
                  (String) name,
                  bundle.getVersion(),
                  bundle.getSymbolicName(),
                  description instanceof String text ? text : "",
                  options,
                  id(reference),
                  (Part) service));
        } else {
          refused.add(
              kind
                  + " "
                  + (name == null ? "without a name" : "\"" + name + "\"")
                  + " of bundle "
                  + bundle.getSymbolicName()
                  + " "
                  + bundle.getVersion()
                  + " is left out: "
                  + fault);
        }
      }
    }
    if (classes.contains(QuantumEngine.class.getName())) {
      if (service instanceof QuantumEngine found) {
        engine =
            Optional.of(
                new RegisteredEngine(
                    reference.getProperty(Part.NAME) instanceof String name
                        ? name
                        : bundle.getSymbolicName(),
                    bundle.getVersion(),
                    bundle.getSymbolicName(),
                    id(reference),
                    found));
      } else {
        refused.add(
            "engine of bundle "
                + bundle.getSymbolicName()
                + " is left out: "
                + (known.isEmpty() ? "it can't be created" : known));
      }
    }
    return new Entry(bundle, ranking, List.copyOf(parts), engine, List.copyOf(refused));
  }

  /**
   * The options of a part, which runs code of it.
   *
   * @throws IllegalArgumentException saying what is wrong with the part
   */
  public static List<Options.Entry> options(PartKind kind, Object name, Object service) {
    if (!(name instanceof String text) || !text.matches(NAME_FORM)) {
      throw new IllegalArgumentException(
          "service property "
              + Part.NAME
              + " must be a name in lower case with dashes, found "
              + name);
    }
    if (service == null) {
      throw new IllegalArgumentException("its service can't be created");
    }
    if (!kind.type().isInstance(service)) {
      throw new IllegalArgumentException(
          service.getClass().getName() + " is not a " + kind.type().getName());
    }
    if (!service.getClass().isRecord()) {
      return List.of();
    }
    for (RecordComponent component : service.getClass().getRecordComponents()) {
      if (!isOption(component)) {
        throw new IllegalArgumentException(
            "option \""
                + component.getName()
                + "\" is a "
                + component.getGenericType().getTypeName()
                + "; an option is a boolean, int, long, double, String, enum, or a List of Integer,"
                + " Double or String");
      }
    }
    try {
      return Options.of(service);
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalArgumentException("its options can't be read: " + e, e);
    }
  }

  private static boolean isOption(RecordComponent component) {
    if (component.getType() == List.class) {
      Type type = component.getGenericType();
      return type instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> element
          && (ELEMENTS.contains(element) || element.isEnum());
    }
    return SCALARS.contains(component.getType()) || component.getType().isEnum();
  }

  private static Long id(ServiceReference<?> reference) {
    return (Long) reference.getProperty(Constants.SERVICE_ID);
  }
}
