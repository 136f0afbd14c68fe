package org.ketloom.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.zip.ZipException;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.framework.Logger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A running Felix with features in it. Closing it stops the framework and leaves nothing behind.
 */
final class Container implements AutoCloseable {
  private static final String COMMAND =
      "(&(objectClass=" + ToIntFunction.class.getName() + ")(ketloom.command=main))";

  /**
   * What has work to do before the first command; it returns lines for people. A feature's command
   * line asks for it where it needs it.
   */
  private static final String READY =
      "(&(objectClass=" + Callable.class.getName() + ")(ketloom.launch=*))";

  /** Where an installed bundle came from. */
  private record Origin(String feature, boolean onDemand) {}

  private final Framework framework;
  private final Storage storage;
  private final Map<Bundle, Origin> installed = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private boolean closed;

  /**
   * Installs, resolves and starts.
   *
   * @param starting told of the framework before any code of a plugin can run
   * @throws LaunchException if a jar is missing or damaged, or a bundle doesn't resolve or start;
   *     nothing is running then. What has such a fault in the folder of plugins is left out by the
   *     deployer, with a warning.
   */
  Container(Layout layout, Consumer<Framework> starting) throws LaunchException {
    List<Feature> known = Feature.readAll(layout.features());
    List<Feature> chosen = Feature.choose(known, layout);
    try {
      storage = Storage.in(Path.of(System.getProperty("java.io.tmpdir")));
    } catch (IOException e) {
      throw new LaunchException("Can't create a temporary folder: " + e, e);
    }
    framework =
        new FrameworkFactory().newFramework(configuration(storage.resolve("framework"), layout));
    starting.accept(framework);
    try {
      framework.init();
      forgetNextId();
      install(chosen, layout);
      resolve(known, layout);
      framework.start();
      start();
      if (installed.keySet().stream().noneMatch(Container::offersCommand)) {
        makeReady();
      }
    } catch (BundleException e) {
      close();
      throw new LaunchException("Felix doesn't start: " + e.getMessage(), e);
    } catch (LaunchException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Map<String, Object> configuration(Path storage, Layout layout)
      throws LaunchException {
    Map<String, Object> configuration = new LinkedHashMap<>(settings(layout.conf()));
    String plugins = layout.plugins().toAbsolutePath().normalize().toString();
    configuration.put("ketloom.plugins", plugins);
    configuration.put("ketloom.bundles", layout.bundles().toString());
    configuration.put("ketloom.conf", layout.conf().toString());
    // Who needs the plugins asks for them: help and `deploy list` run no code of theirs.
    configuration.put("deploy.begin", "when-asked");
    configuration.put(Constants.FRAMEWORK_STORAGE, storage.toString());
    configuration.put(Constants.FRAMEWORK_STORAGE_CLEAN, "onFirstInit");
    configuration.put("felix.log.logger", new ErrorLog());
    configuration.put("felix.log.level", "1");
    configuration.put("ds.loglevel", "error");
    return configuration;
  }

  /** What {@code ketloom.properties} says. */
  private static Map<String, Object> settings(Path conf) throws LaunchException {
    Path file = conf.resolve("ketloom.properties");
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException e) {
        throw new LaunchException("Can't read the settings in " + file + ": " + e.getMessage(), e);
      }
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    return settings;
  }

  /** Standard output belongs to the commands. */
  private static final class ErrorLog extends Logger {
    @Override
    protected void doLog(int level, String message, Throwable throwable) {
      if (level <= LOG_ERROR) {
        Printable.error(message + (throwable == null ? "" : ": " + throwable));
      }
    }
  }

  private void install(List<Feature> features, Layout layout) throws LaunchException {
    record Item(Feature feature, Feature.Entry entry) {}
    String platform = Layout.platform();
    List<Item> items =
        features.stream()
            .flatMap(f -> f.bundles().stream().map(e -> new Item(f, e)))
            .filter(i -> i.entry().isFor(platform))
            .sorted(Comparator.comparingInt(i -> i.entry().startOrder()))
            .toList();
    for (Item item : items) {
      Path jar = layout.bundles().resolve(item.entry().fileName());
      String what = "Feature " + item.feature().name() + ", bundle " + item.entry().id() + ": ";
      if (!Files.isRegularFile(jar)) {
        if (!item.entry().platform().isEmpty()) {
          // Native code for this platform was not built; what needs it says so when it is used.
          continue;
        }
        throw new LaunchException(what + jar + " is missing; build or unpack Ketloom again");
      }
      try {
        installed.put(install(jar), new Origin(item.feature().name(), item.entry().onDemand()));
      } catch (BundleException e) {
        throw new LaunchException(
            what + jar + " is damaged (" + reason(e) + "); build or unpack Ketloom again", e);
      }
    }
  }

  /**
   * Felix rewrites a file with the next bundle's number whenever it installs one, for a next start
   * that these folders don't live to see. On ext4 each truncation waits for the disk, which took a
   * tenth of the time to start; a folder in the file's place makes Felix do without.
   */
  private void forgetNextId() {
    try {
      Files.createDirectories(storage.resolve("framework").resolve("bundle0").resolve("bundle.id"));
    } catch (IOException e) {
      // Then it is written, which costs time alone.
    }
  }

  /** By reference, so that nothing is copied: ND4J alone has more than 100 MB. */
  private Bundle install(Path jar) throws BundleException {
    return framework.getBundleContext().installBundle("reference:" + jar.toUri());
  }

  private static String reason(BundleException e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof ZipException)) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void resolve(List<Feature> known, Layout layout) throws LaunchException {
    framework.adapt(FrameworkWiring.class).resolveBundles(installed.keySet());
    Map<Bundle, Origin> unresolved = new LinkedHashMap<>(installed);
    unresolved.keySet().removeIf(bundle -> bundle.getState() != Bundle.INSTALLED);
    if (unresolved.isEmpty()) {
      return;
    }
    var unmet = new UnresolvedBundles(framework, installed.keySet(), known, layout);
    List<String> faults = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    unresolved.forEach(
        (bundle, origin) ->
            (unmet.waits(bundle) ? waiting : faults)
                .add("\n  feature " + origin.feature() + ": " + unmet.explain(bundle)));
    // The causes first, then the bundles that only wait for them.
    faults.addAll(waiting);
    throw new LaunchException("Not everything can be installed:" + String.join("", faults));
  }

  private void start() throws LaunchException {
    for (var entry : installed.entrySet()) {
      Bundle bundle = entry.getKey();
      boolean fragment =
          (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
      if (fragment || entry.getValue().onDemand()) {
        continue;
      }
      try {
        // Nothing is remembered for a next start of this framework, which has a folder of its own.
        bundle.start(Bundle.START_TRANSIENT);
      } catch (BundleException e) {
        throw new LaunchException(
            "Feature "
                + entry.getValue().feature()
                + ": "
                + bundle
                + " doesn't start: "
                + reason(e),
            e);
      }
    }
  }

  private void makeReady() throws LaunchException {
    try {
      ServiceReference<?>[] references = context().getAllServiceReferences(null, READY);
      for (ServiceReference<?> reference :
          references == null ? new ServiceReference<?>[0] : references) {
        // What comes with a plugin isn't waited for, nor listened to.
        if (installed.containsKey(reference.getBundle())
            && context().getService(reference) instanceof Callable<?> callable
            && callable.call() instanceof List<?> lines) {
          lines.forEach(line -> warnings.add(line.toString()));
        }
      }
    } catch (Exception e) {
      throw new LaunchException("Ketloom doesn't get ready: " + e.getMessage(), e);
    }
  }

  /** Plugins that were left out, and why. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  /**
   * The command service.
   *
   * @throws LaunchException if none comes in time, naming the components that lack a reference
   */
  ToIntFunction<String[]> command(long timeoutMillis) throws LaunchException {
    var tracker = commandTracker();
    tracker.open();
    try {
      ToIntFunction<String[]> command = tracker.waitForService(timeoutMillis);
      if (command != null) {
        return command;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      tracker.close();
    }
    throw new LaunchException(
        "No bundle offers the command line (service "
            + COMMAND
            + ") after "
            + TimeUnit.MILLISECONDS.toSeconds(timeoutMillis)
            + " s. "
            + ComponentDiagnosis.explain(context()));
  }

  /** A plugin has the command line only where no feature offers one. */
  private ServiceTracker<ToIntFunction<String[]>, ToIntFunction<String[]>> commandTracker() {
    boolean offered = installed.keySet().stream().anyMatch(Container::offersCommand);
    try {
      return new ServiceTracker<>(context(), context().createFilter(COMMAND), null) {
        @Override
        public @Nullable ToIntFunction<String[]> addingService(
            ServiceReference<ToIntFunction<String[]>> reference) {
          boolean accepted = !offered || installed.containsKey(reference.getBundle());
          return accepted ? context.getService(reference) : null;
        }

        @Override
        public void removedService(
            ServiceReference<ToIntFunction<String[]>> reference, ToIntFunction<String[]> service) {
          // Not given back: it lives until the framework stops.
        }
      };
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean offersCommand(Bundle bundle) {
    return bundle.adapt(BundleRevision.class).getDeclaredCapabilities("osgi.service").stream()
        .map(c -> c.getAttributes().get(Constants.OBJECTCLASS))
        .anyMatch(
            types -> types instanceof List<?> list && list.contains(ToIntFunction.class.getName()));
  }

  /** Stops the framework, which deactivates every component, and deletes its storage. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      framework.stop();
      framework.waitForStop(TimeUnit.SECONDS.toMillis(10));
    } catch (BundleException e) {
      Printable.error("Felix doesn't stop: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    storage.close();
  }
}
