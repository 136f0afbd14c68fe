package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.files.Causes;
import org.ketloom.files.Sha256;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.internal.parts.PartKinds;
import org.ketloom.runtime.internal.parts.TrackedService;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.tck.Calls;
import org.ketloom.tck.Conformance;
import org.ketloom.tck.Finding;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** Installs a jar out of sight of the registry, and finds out whether the registry may show it. */
final class PluginTrial {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** More than any plugin needs; each takes time at every start. */
  static final int MAX_SERVICES = 256;

  /**
   * A plugin that runs in this framework.
   *
   * @param bundle the bundle
   * @param hash hash of its content, as in {@link org.ketloom.runtime.parts.PartIdentity}
   * @param parts what it brings, as {@code ansatz ladder}
   * @param services its parts' services, whose objects are kept
   */
  record Running(
      Bundle bundle, String hash, List<String> parts, List<ServiceReference<?>> services) {

    boolean isActive() {
      return bundle.getState() == Bundle.ACTIVE;
    }
  }

  /**
   * A kind of parts.
   *
   * @param provider who brings it; empty for the platform
   * @param isOwn whether that is the plugin on trial
   */
  private record KnownKind(Optional<PartKindProvider> provider, boolean isOwn) {
    static final KnownKind OF_PLATFORM = new KnownKind(Optional.empty(), false);
  }

  /** A kind of parts, and who brings it. */
  private record Brought(PartKind kind, PartKindProvider provider) {
    static Brought by(Object service) {
      PartKind kind = TrackedService.kind(service);
      return new Brought(kind, (PartKindProvider) service);
    }
  }

  private final BundleContext context;
  private final PartRegistry registry;
  private final PluginDiagnosis diagnosis;
  private final TrialMarks marks;
  private final Duration limit;
  private final Duration timeout;
  private final Consumer<String> steps;
  private final Discards discards;
  private final ExitCalls exits;

  /**
   * Trials in a framework.
   *
   * @param marks where a trial is marked while it goes on
   * @param limit most time for a call into the plugin
   * @param timeout how long to wait for what a component needs
   * @param steps told after each step: {@code resolved example.ladder 1.0.0}
   */
  PluginTrial(
      BundleContext context,
      PartRegistry registry,
      PluginDiagnosis diagnosis,
      TrialMarks marks,
      Duration limit,
      Duration timeout,
      Consumer<String> steps) {
    this.context = context;
    this.registry = registry;
    this.diagnosis = diagnosis;
    this.marks = marks;
    this.limit = limit;
    this.timeout = timeout;
    this.steps = steps;
    this.discards = new Discards(limit);
    this.exits = new ExitCalls(context);
  }

  /**
   * Tries a jar.
   *
   * @param jar content that doesn't change
   * @param known what the manifest says
   * @param sha256 of the jar
   * @param file name of the file that it came from
   * @param checked those of its parts that passed the conformance kit before
   * @throws Refusal if it doesn't fit; nothing of it is left
   */
  Running run(Path jar, PluginJar known, String sha256, String file, Collection<String> checked)
      throws Refusal, IOException {
    try (TrialMarks.Mark mark = marks.begin(sha256, file, known.name())) {
      return run(jar, known, sha256, checked, mark);
    }
  }

  private Running run(
      Path jar, PluginJar known, String sha256, Collection<String> checked, TrialMarks.Mark mark)
      throws Refusal, IOException {
    String name = known.name();
    String location = PartGate.TRIAL + sha256;
    requireNone(location, name);
    Bundle bundle;
    MessageDigest digest = Sha256.digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(jar), digest)) {
      bundle = context.installBundle(location, in);
    } catch (BundleException e) {
      // A full disk says nothing about the jar.
      Throwable cause = e;
      while (cause.getCause() != null && !(cause instanceof IOException)) {
        cause = cause.getCause();
      }
      throw new Refusal(
          cause instanceof IOException && !(cause instanceof ZipException)
              ? Refusal.Until.SURROUNDINGS
              : Refusal.Until.CHANGED,
          name
              + " can't be installed: "
              + e.getMessage()
              + (e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")"));
    }
    try {
      InstalledBundle installed = new InstalledBundle(bundle);
      installed.requireSame(known, sha256, HexFormat.of().formatHex(digest.digest()));
      installed.requireOwnPackages(context.getBundles());
      steps.accept("installed " + name);
      context.getBundle(0).adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
      if (bundle.getState() == Bundle.INSTALLED) {
        throw new Refusal(Refusal.Until.SURROUNDINGS, diagnosis.unresolved(bundle) + ".");
      }
      steps.accept("resolved " + name);
      try (Calls calls = new Calls(limit, limit.plus(timeout).multipliedBy(4))) {
        start(bundle, known, calls, mark);
        steps.accept("started " + name);
        mark.step("its components were made");
        awaitComponents(bundle, calls);
        Running running = parts(bundle, calls, checked, mark);
        // What was tried has passed, whatever ends the process now.
        mark.end();
        steps.accept("checked " + name);
        return running;
      }
    } catch (Refusal | RuntimeException e) {
      // Who has called System.exit doesn't return in time, but that isn't why it is refused.
      marks.keep(exits.culprits());
      discard(bundle);
      throw e;
    } catch (LinkageError | VirtualMachineError e) {
      marks.keep(exits.culprits());
      discard(bundle);
      StackTraceElement[] trace = e.getStackTrace();
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name + " can't be tried: " + e + (trace.length == 0 ? "" : " at " + trace[0]) + ".");
    }
  }

  /** Of a location that is taken the framework would give the old bundle, and read nothing. */
  private void requireNone(String location, String name) throws Refusal {
    Bundle old = context.getBundle(location);
    if (old != null) {
      discard(old);
    }
    if (context.getBundle(location) != null) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name + " was installed before and can't be uninstalled; restart the container.");
    }
  }

  private void start(Bundle bundle, PluginJar known, Calls calls, TrialMarks.Mark mark)
      throws Refusal {
    String what = "its activator " + known.activator() + " in start()";
    mark.step(known.activator().isEmpty() ? "it was started" : what + " was called");
    try {
      calls.call(
          what,
          () -> {
            try {
              bundle.start(Bundle.START_TRANSIENT);
              return null;
            } catch (BundleException e) {
              if (e.getCause() instanceof Error error) {
                throw error;
              }
              throw e.getCause() instanceof Exception cause ? cause : e;
            }
          });
    } catch (Calls.Violation e) {
      throw TrialFindings.notStarted(bundle, e.finding());
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          PluginDiagnosis.name(bundle) + " doesn't start: " + what + " threw " + e);
    }
  }

  private void awaitComponents(Bundle bundle, Calls calls) throws Refusal {
    String lacks = await(() -> unsatisfied(bundle, calls), text -> text.isEmpty(), timeout);
    if (!lacks.isEmpty()) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          PluginDiagnosis.name(bundle) + " doesn't come up: " + lacks + ".");
    }
  }

  /** Within the limit: it shows exceptions, whose text may be the plugin's to make. */
  private String unsatisfied(Bundle bundle, Calls calls) {
    try {
      return calls.call(
          "asking for the state of its components", () -> diagnosis.unsatisfied(bundle));
    } catch (Calls.Violation | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Running parts(
      Bundle bundle, Calls calls, Collection<String> checked, TrialMarks.Mark mark) throws Refusal {
    List<String> brings = new ArrayList<>();
    List<ServiceReference<?>> services = new ArrayList<>();
    List<ServiceReference<?>> foreign = new ArrayList<>();
    ServiceReference<?>[] registered = bundle.getRegisteredServices();
    try {
      Map<PartKind, KnownKind> kinds = kinds(bundle, calls, services, foreign);
      for (ServiceReference<?> reference :
          registered == null ? new ServiceReference<?>[0] : registered) {
        if (services.size() > MAX_SERVICES) {
          throw new Refusal(
              Refusal.Until.CHANGED,
              PluginDiagnosis.name(bundle) + " registers more than " + MAX_SERVICES + " parts.");
        }
        if (!TrackedService.bringsKind(reference)) {
          brings.addAll(inspect(reference, bundle, kinds, calls, checked, mark, services));
        }
      }
      kinds.forEach(
          (kind, known) -> {
            if (known.isOwn()) {
              brings.add("kind " + kind);
            }
          });
    } catch (Refusal | RuntimeException | LinkageError | VirtualMachineError e) {
      unget(services);
      throw e;
    } finally {
      unget(foreign);
    }
    return new Running(bundle, BundleHash.of(bundle), brings.stream().sorted().toList(), services);
  }

  /**
   * Tries a service that a plugin registers after its trial, or whose properties changed.
   *
   * @param origin the plugin
   * @param sha256 of its jar
   * @throws Refusal if it doesn't fit
   */
  void inspect(ServiceReference<?> reference, Bundle origin, String sha256) throws Refusal {
    String name = PluginDiagnosis.name(origin);
    List<ServiceReference<?>> got = new ArrayList<>();
    try (TrialMarks.Mark mark = marks.begin(sha256, name, name);
        Calls calls = new Calls(limit, limit.plus(timeout).multipliedBy(4))) {
      mark.step("its kinds of parts were asked for");
      Map<PartKind, KnownKind> kinds = kinds(origin, calls, got, got);
      if (!TrackedService.bringsKind(reference)) {
        inspect(reference, origin, kinds, calls, List.of(), mark, got);
      }
    } catch (LinkageError | VirtualMachineError e) {
      throw new Refusal(Refusal.Until.SURROUNDINGS, name + ": a service can't be tried: " + e);
    } finally {
      unget(got);
    }
  }

  /**
   * Makes the object of a service, and finds out whether it fits.
   *
   * @param kinds those that there are
   * @param checked what passed the conformance kit before
   * @param got receives the service if its object was made, to be given back
   * @return the parts that it is, as {@code ansatz ladder}
   */
  private List<String> inspect(
      ServiceReference<?> reference,
      Bundle bundle,
      Map<PartKind, KnownKind> kinds,
      Calls calls,
      Collection<String> checked,
      TrialMarks.Mark mark,
      List<ServiceReference<?>> got)
      throws Refusal {
    Object name = reference.getProperty(Part.NAME);
    List<String> classes = TrackedService.classes(reference);
    List<PartKind> candidates = PartKinds.of(classes, null, kinds.keySet());
    List<String> brings = new ArrayList<>();
    if (candidates.isEmpty() && name != null) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          PluginDiagnosis.name(bundle)
              + ", part \""
              + name
              + "\": "
              + TrackedService.unknownKind(reference)
              + ".");
    }
    if (candidates.isEmpty()) {
      return List.of();
    }
    mark.step("its " + what(candidates.get(0), name) + " was made");
    Object service = get(reference, what(candidates.get(0), name), bundle, calls);
    got.add(reference);
    for (PartKind kind : PartKinds.of(classes, service, kinds.keySet())) {
      KnownKind known = kinds.getOrDefault(kind, KnownKind.OF_PLATFORM);
      mark.step("the options of its " + what(kind, name) + " were read");
      String fault = fault(kind, name, service, calls);
      if (!fault.isEmpty()) {
        throw new Refusal(
            Refusal.Until.CHANGED,
            PluginDiagnosis.name(bundle) + ", " + what(kind, name) + ": " + fault + ".");
      }
      if (!checked.contains(kind + " " + name)) {
        mark.step("its " + what(kind, name) + " was checked");
        TrialFindings.require(
            bundle, what(kind, name), check((Part) service, known.provider(), bundle));
      }
      brings.add(kind + " " + name);
    }
    return brings;
  }

  private static String what(PartKind kind, @Nullable Object name) {
    return kind + " \"" + name + "\"";
  }

  private List<Finding> check(Part part, Optional<PartKindProvider> kind, Bundle bundle)
      throws Refusal {
    if (part instanceof QuantumEngine engine) {
      return new Conformance(engine, limit).checkEngine();
    }
    Conformance conformance = new Conformance(engine(bundle), limit);
    return kind.isPresent() ? conformance.check(part, kind.get()) : conformance.check(part);
  }

  /**
   * The platform's kinds and those that bundles bring, also bundles on trial: a bundle may bring a
   * kind and parts of it.
   *
   * @param services gets the services of this bundle whose objects are made
   * @param foreign gets those of others
   */
  private Map<PartKind, KnownKind> kinds(
      Bundle bundle,
      Calls calls,
      List<ServiceReference<?>> services,
      List<ServiceReference<?>> foreign)
      throws Refusal {
    Map<PartKind, KnownKind> kinds = new LinkedHashMap<>();
    PartKinds.PLATFORM.forEach(kind -> kinds.put(kind, KnownKind.OF_PLATFORM));
    for (ServiceReference<?> reference : providers()) {
      boolean own = bundle.equals(reference.getBundle());
      Optional<Brought> brought =
          own ? Optional.of(own(reference, bundle, calls, services)) : foreign(reference, foreign);
      if (brought.isEmpty()) {
        continue;
      }
      PartKind kind = brought.get().kind();
      Optional<PartKind> rival = PartKinds.rival(kind, kinds.keySet());
      if (rival.isEmpty()) {
        kinds.putIfAbsent(kind, new KnownKind(Optional.of(brought.get().provider()), own));
      } else if (own) {
        throw new Refusal(
            Refusal.Until.SURROUNDINGS,
            PluginDiagnosis.name(bundle)
                + ", kind of parts \""
                + kind
                + "\": its service type is "
                + kind.type().getName()
                + ", but parts of that name are services of type "
                + rival.get().type().getName()
                + ".");
      }
    }
    return kinds;
  }

  private Brought own(
      ServiceReference<?> reference, Bundle bundle, Calls calls, List<ServiceReference<?>> services)
      throws Refusal {
    Object service = get(reference, "its kind of parts", bundle, calls);
    services.add(reference);
    try {
      return calls.call("asking for its kind", () -> Brought.by(service));
    } catch (Calls.Violation | IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Until.CHANGED,
          PluginDiagnosis.name(bundle) + ", kind of parts: " + e.getMessage() + ".");
    }
  }

  /** What another bundle brings; empty if it doesn't say so in time: the registry tells why. */
  private Optional<Brought> foreign(
      ServiceReference<?> reference, List<ServiceReference<?>> services) {
    try (Calls calls = new Calls(limit, limit)) {
      Object service = calls.call("making a kind of parts", () -> context.getService(reference));
      services.add(reference);
      return Optional.of(calls.call("asking for its kind", () -> Brought.by(service)));
    } catch (Calls.Violation | IllegalArgumentException e) {
      LOG.log(Level.DEBUG, e.getMessage());
      return Optional.empty();
    }
  }

  private ServiceReference<?>[] providers() {
    try {
      ServiceReference<?>[] found =
          context.getAllServiceReferences(PartKindProvider.class.getName(), null);
      return found == null ? new ServiceReference<?>[0] : found;
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String fault(PartKind kind, @Nullable Object name, Object service, Calls calls) {
    try {
      calls.call("reading its options", () -> TrackedService.options(kind, name, service));
      return "";
    } catch (Calls.Violation | IllegalArgumentException e) {
      return Causes.of(e);
    }
  }

  /** Most time for a call into the plugin. */
  Duration limit() {
    return limit;
  }

  private Object get(ServiceReference<?> reference, String what, Bundle bundle, Calls calls)
      throws Refusal {
    try {
      Object service = calls.call("making " + what, () -> context.getService(reference));
      if (service != null) {
        return service;
      }
    } catch (Calls.Violation e) {
      throw TrialFindings.notStarted(bundle, e.finding());
    }
    String why = unsatisfied(bundle, calls);
    throw new Refusal(
        Refusal.Until.SURROUNDINGS,
        PluginDiagnosis.name(bundle)
            + ": "
            + what
            + " can't be made"
            + (why.isEmpty() ? "; its service factory gave nothing" : ": " + why)
            + ".");
  }

  private QuantumEngine engine(Bundle bundle) throws Refusal {
    return await(registry::engine, e -> e.isPresent(), timeout)
        .orElseThrow(
            () ->
                new Refusal(
                    Refusal.Until.SURROUNDINGS,
                    PluginDiagnosis.name(bundle)
                        + " can't be checked: no quantum engine is registered."))
        .prototype(QuantumEngine.class);
  }

  /** Waits until something is as it should be; returns what it was last. */
  private static <T> T await(Supplier<T> source, Predicate<T> good, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    T found = source.get();
    while (!good.test(found) && System.nanoTime() < end) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return found;
      }
      found = source.get();
    }
    return found;
  }

  /**
   * Gives the objects back, and uninstalls, also in a thread that was interrupted before: what was
   * tried and not deployed must not stay. A bundle that doesn't end is left behind, hidden from the
   * registry.
   */
  void end(Running running) {
    boolean interrupted = Thread.interrupted();
    try {
      release(running);
      discard(running.bundle());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives the objects back. */
  void release(Running running) {
    unget(running.services());
  }

  /**
   * A service factory is the plugin's code too. Where it doesn't return, the framework takes the
   * other objects back when the plugin is uninstalled.
   */
  private void unget(Collection<ServiceReference<?>> references) {
    try (Calls calls = new Calls(limit, limit)) {
      for (ServiceReference<?> reference : references) {
        calls.call(
            "giving a service of a plugin back",
            () -> {
              context.ungetService(reference);
              return null;
            });
      }
    } catch (Calls.Violation | IllegalArgumentException e) {
      LOG.log(Level.DEBUG, e.getMessage());
    }
  }

  private void discard(Bundle bundle) {
    discards.discard(bundle);
  }

  /** Ends all plugins of the framework, whoever installed them. */
  void discardAll() {
    for (Bundle bundle : context.getBundles()) {
      if (PartGate.isPlugin(bundle)) {
        discard(bundle);
      }
    }
  }

  /** Ends a plugin that has come out of {@code start()} or {@code stop()} after it was given up. */
  void endLate(Bundle bundle) {
    discards.again(bundle);
  }

  /** Plugins that were to end and don't. */
  List<PluginStatus> stuck() {
    return discards.stuck();
  }
}
