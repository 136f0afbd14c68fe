package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Sha256;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.tck.Conformance;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The deployer. One thread does all the work, in steps; a {@code Consumer<String>} service with
 * property {@code ketloom.deploy=steps} is told of each. Framework properties:
 *
 * <pre>
 * ketloom.plugins     folder of plugins; without it nothing is deployed
 * ketloom.bundles     folder of jars that could be installed too, for hints
 * deploy.verify       none, digest or signed (see {@link JarVerification})
 * deploy.allowed      list for digest, by default allowed.sha256 in the folder ketloom.conf
 * deploy.trusted      certificates for signed, by default trusted.pem in the folder ketloom.conf
 * deploy.limit        milliseconds that a call into a plugin may take, by default 2000
 * deploy.replace      symbolic names of plugins whose parts and engines may go before Ketloom's
 * deploy.patience     milliseconds to wait for what a component needs, by default 1000
 * deploy.wait         milliseconds that a caller waits for what he asked for, by default 120000
 * deploy.launch       milliseconds to wait for the plugins that are there when it starts, by
 *                     default 30000
 * deploy.limit.*      how much a jar may hold (see {@link JarLimits})
 * </pre>
 *
 * <p>As {@code Callable} it returns when the plugins of the folder are in, with a line for each
 * that was left out.
 */
@Component(
    service = {Deployer.class, PartArchive.class, Callable.class},
    immediate = true,
    property = "ketloom.launch=plugins")
public final class PluginDeployer implements Deployer, PartArchive, Callable<List<String>> {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final String FOLDER = ".deployments";

  /** How often the store is looked at for what other containers deployed, in milliseconds. */
  private static final long LOOK = 1000;

  /** How long a caller waits for what he asked for, and for the plugins that are there at first. */
  private static final long WAIT = 120_000;

  private static final long LAUNCH = 30_000;

  /** What the worker is doing, and the {@link System#nanoTime} at which it began. */
  private record Doing(String what, long since) {}

  /** A jar, or a plugin of the current deployment, that isn't in. */
  private record Problem(String name, String file, Refusal.Until until, String reason) {}

  private final BundleContext context;
  private final PartRegistry registry;
  private final PartGate gate;
  private final Path plugins;
  private final DeploymentStore store;
  private final TrialMarks marks;
  private final KeptPlugins kept;
  private final JarVerification verification;
  private final JarLimits limits;
  private final Intake intake;
  private final PluginTrial trial;
  private final PluginAdmission admission;
  private final FolderWatch watch;
  private final BundleListener surroundings = this::bundleChanged;
  private final AtomicLong changes = new AtomicLong();
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "ketloom-deployer");
            thread.setDaemon(true);
            return thread;
          });

  // These belong to the worker; others read the snapshot.
  private final RunningPlugins running;
  private final Map<String, Problem> problems = new LinkedHashMap<>();
  private Deployment current = Deployment.NONE;
  private long triedAt;
  private FileTime verified;
  private String warned = "";
  private ScheduledFuture<?> retry;
  private boolean launched;

  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private volatile List<PluginStatus> snapshot = List.of();
  private volatile Doing doing;

  /** Begins to take the plugins of the folder in. */
  @Activate
  public PluginDeployer(
      BundleContext context, @Reference PartRegistry registry, @Reference PartGate gate) {
    this.context = context;
    this.registry = registry;
    this.gate = gate;
    String folder = context.getProperty("ketloom.plugins");
    this.plugins =
        folder == null || folder.isBlank() ? null : Path.of(folder).toAbsolutePath().normalize();
    this.store = plugins == null ? null : new DeploymentStore(plugins.resolve(FOLDER), this::step);
    this.marks = plugins == null ? null : new TrialMarks(plugins.resolve(FOLDER));
    this.kept = new KeptPlugins(store);
    this.verification =
        new JarVerification(
            JarVerification.level(property("deploy.verify", "none")),
            configured("deploy.allowed", "allowed.sha256"),
            configured("deploy.trusted", "trusted.pem"));
    this.verified = verification.changed();
    this.limits = JarLimits.of(context::getProperty);
    this.intake = new Intake(context.getDataFile("").toPath(), limits);
    String bundles = context.getProperty("ketloom.bundles");
    PluginDiagnosis diagnosis =
        new PluginDiagnosis(context, bundles == null ? List.of() : List.of(Path.of(bundles)));
    this.trial =
        new PluginTrial(
            context,
            registry,
            diagnosis,
            marks,
            millis("deploy.limit", 2000),
            millis("deploy.patience", 1000),
            this::step);
    this.running =
        new RunningPlugins(
            context,
            trial,
            gate,
            this::step,
            () -> {
              submitQuietly(this::retire);
              surroundingsChanged();
            });
    gate.tell(new LateServices(trial, running, gate, this::submitQuietly, this::lateServiceJudged));
    this.watch =
        new FolderWatch(
            context,
            plugins,
            jar -> submitQuietly(() -> appeared(jar)),
            name -> submitQuietly(() -> disappeared(name)));
    this.admission = new PluginAdmission(context, verification, running, this::retire);
    if (plugins != null) {
      worker.execute(logged(this::begin));
      worker.scheduleWithFixedDelay(logged(this::look), LOOK, LOOK, TimeUnit.MILLISECONDS);
      context.addBundleListener(surroundings);
    }
  }

  @Deactivate
  void close() {
    context.removeBundleListener(surroundings);
    watch.stop();
    running.close();
    worker.shutdownNow();
    begun.complete(null);
    try {
      // Bound in time: a plugin may hold it up.
      worker.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      intake.close();
    } catch (UncheckedIOException e) {
      LOG.log(Level.DEBUG, e.getMessage(), e);
    }
  }

  private String property(String name, String preset) {
    String value = context.getProperty(name);
    return value == null || value.isBlank() ? preset : value.strip();
  }

  private Duration millis(String name, long preset) {
    String value = property(name, Long.toString(preset));
    try {
      return Duration.ofMillis(Long.parseLong(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is \"" + value + "\", expected milliseconds", e);
    }
  }

  private Path configured(String name, String preset) {
    return Path.of(property("ketloom.conf", ".")).resolve(property(name, preset));
  }

  private void step(String name) {
    try {
      ServiceReference<?>[] references =
          context.getServiceReferences(Consumer.class.getName(), "(ketloom.deploy=steps)");
      for (ServiceReference<?> reference :
          references == null ? new ServiceReference<?>[0] : references) {
        @SuppressWarnings("unchecked")
        Consumer<String> told = (Consumer<String>) context.getService(reference);
        if (told != null) {
          told.accept(name);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- what others ask for

  @Override
  public List<PluginStatus> plugins() {
    return snapshot;
  }

  @Override
  public List<Deployment> deployments() {
    try {
      return store == null ? List.of() : store.all();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Deployment add(Path jar) throws IOException {
    requireFolder();
    if (!Files.exists(jar)) {
      throw new IOException(jar + " is no file; name the plugin's jar");
    }
    return perform(() -> take(jar.toAbsolutePath().normalize(), true));
  }

  @Override
  public Deployment remove(String name) throws IOException {
    requireFolder();
    return perform(() -> drop(name));
  }

  @Override
  public Deployment rollback(int number) throws IOException {
    requireFolder();
    return perform(() -> goBack(number));
  }

  @Override
  public boolean keeps(PartIdentity part) {
    try {
      return store != null && kept.find(part).isPresent();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "deployments can't be read", e);
      return false;
    }
  }

  @Override
  public void restore(PartIdentity part) throws IOException {
    requireFolder();
    perform(() -> bringBack(part));
  }

  /** Returns when all that was asked for is done. */
  @Override
  public List<String> call() {
    if (plugins == null) {
      return List.of();
    }
    long end = System.nanoTime() + millis("deploy.launch", LAUNCH).toNanos();
    try {
      begun.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return perform(
          () -> {
            tryAgain();
            // So that the first command doesn't find what was replaced before it.
            running.awaitGrace(running.leaving());
            retire();
            launched = true;
            return problems.values().stream()
                .map(p -> "plugin " + p.name() + " is left out: " + p.reason())
                .toList();
          },
          Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    } catch (TimeoutException | IllegalStateException e) {
      return List.of(
          "not all plugins in "
              + plugins
              + " are in"
              + doing()
              + "; they come in while the command runs");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the deployer was at work");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the deployer failed: " + e.getCause(), e);
    } catch (IOException e) {
      return List.of("the plugins in " + plugins + " can't be read: " + AtomicFile.cause(e));
    }
  }

  /** For tests, which tell what File Install would tell. */
  FolderWatch watch() {
    return watch;
  }

  private void requireFolder() {
    if (plugins == null) {
      throw new IllegalStateException(
          "this container has no folder of plugins; framework property ketloom.plugins names it");
    }
  }

  private interface Work<T> {
    T run() throws Refusal, IOException;
  }

  private <T> T perform(Work<T> work) throws IOException {
    return perform(work, millis("deploy.wait", WAIT));
  }

  private <T> T perform(Work<T> work, Duration most) throws IOException {
    // Whoever comes first, the worker or the end of the patience, says whether it is done.
    AtomicBoolean claimed = new AtomicBoolean();
    try {
      return worker
          .submit(
              () -> {
                if (!claimed.compareAndSet(false, true)) {
                  throw new CancellationException();
                }
                return work.run();
              })
          .get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      boolean never = claimed.compareAndSet(false, true);
      throw new IllegalStateException(
          "the deployer has been at work for longer than "
              + most.toMillis()
              + " ms"
              + doing()
              + (never
                  ? "; what was asked for isn't done, and nothing has changed"
                  : "; it goes on, and `ketloom deploy why` will tell what becomes of it"),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Refusal) {
        throw new IllegalStateException(cause.getMessage(), cause);
      }
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the deployer failed: " + cause, cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the deployer was at work");
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the deployer is stopped", e);
    }
  }

  /** What the worker is doing, to go on in a sentence; empty if it is between two things. */
  private String doing() {
    Doing now = doing;
    return now == null
        ? ""
        : ", the last "
            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - now.since())
            + " ms with "
            + now.what();
  }

  /** So that no fault ends the worker's work unseen, or the look at the folder for ever. */
  private Runnable logged(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException | LinkageError | VirtualMachineError e) {
        LOG.log(worker.isShutdown() ? Level.DEBUG : Level.WARNING, "the deployer failed", e);
      }
    };
  }

  private void submitQuietly(Runnable work) {
    try {
      worker.execute(logged(work));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the deployer is stopped", e);
    }
  }

  // ---- the worker's work

  /** What is asked for meanwhile has its turn between two jars. */
  private void begin() {
    clean();
    List<Runnable> rest = new ArrayList<>();
    try {
      adopt();
      reconcile(store.current());
      Map<String, Path> jars = jars();
      // The last one of a major version that appears is current.
      jars.values().stream()
          .collect(
              Collectors.groupingBy(PluginDeployer::version, TreeMap::new, Collectors.toList()))
          .values()
          .forEach(same -> same.forEach(jar -> rest.add(() -> appeared(jar))));
      rest.add(
          () -> {
            for (String name : List.copyOf(current.files().keySet())) {
              if (!jars.containsKey(name)) {
                disappeared(name);
              }
            }
          });
    } catch (IOException e) {
      problem("the folder " + plugins, "", Refusal.Until.SURROUNDINGS, AtomicFile.cause(e));
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      problem("the folder " + plugins, "", Refusal.Until.SURROUNDINGS, e.toString());
      throw e;
    } finally {
      rest.add(
          () -> {
            watch.start();
            begun.complete(null);
          });
      oneByOne(rest.iterator());
    }
  }

  /** Each is submitted when the one before it is done, after what was asked for meanwhile. */
  private void oneByOne(Iterator<Runnable> rest) {
    submitQuietly(
        () -> {
          try {
            rest.next().run();
          } finally {
            if (rest.hasNext()) {
              oneByOne(rest);
            }
          }
        });
  }

  private void clean() {
    try {
      store.clean();
    } catch (IOException | DirectoryIteratorException e) {
      // They are in nobody's way.
      LOG.log(Level.DEBUG, "temporary files stay in " + plugins, e);
    }
  }

  private Map<String, Path> jars() throws IOException {
    if (!Files.isDirectory(plugins)) {
      return Map.of();
    }
    try (Stream<Path> files = Files.list(plugins)) {
      return files
          .filter(f -> f.getFileName().toString().endsWith(".jar"))
          .collect(
              Collectors.toMap(f -> f.getFileName().toString(), f -> f, (a, b) -> a, TreeMap::new));
    }
  }

  private static Version version(Path jar) {
    try {
      RegularFile.require(jar);
      return PluginJar.read(jar, jar.getFileName().toString()).version();
    } catch (Refusal | IOException e) {
      // It is told when the jar is tried.
      return Version.emptyVersion;
    }
  }

  /** What an earlier deployer of this framework left: it is tried anew. */
  private void adopt() {
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getLocation().startsWith(PartGate.TRIAL)) {
        trial.end(new PluginTrial.Running(bundle, "", List.of(), List.of()));
      }
    }
  }

  private void bundleChanged(BundleEvent event) {
    boolean isPlugin = event.getBundle().getLocation().startsWith(PartGate.TRIAL);
    int interesting =
        isPlugin
            ? BundleEvent.STARTED | BundleEvent.STOPPED | BundleEvent.UNINSTALLED
            : BundleEvent.STARTED | BundleEvent.RESOLVED;
    if ((event.getType() & interesting) != 0) {
      if (isPlugin) {
        submitQuietly(this::publish);
      } else {
        surroundingsChanged();
      }
    }
  }

  private void surroundingsChanged() {
    changes.incrementAndGet();
    try {
      worker.schedule(
          () -> {
            if (changes.get() != triedAt && (retry == null || retry.isDone())) {
              retry = worker.schedule(logged(this::tryAgain), 100, TimeUnit.MILLISECONDS);
            }
          },
          0,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the deployer is stopped", e);
    }
  }

  /** Tries again what was refused because of something else than its content. */
  private void tryAgain() {
    if (changes.get() == triedAt) {
      return;
    }
    triedAt = changes.get();
    List<Problem> again =
        problems.values().stream().filter(p -> p.until() == Refusal.Until.SURROUNDINGS).toList();
    if (again.stream().anyMatch(p -> p.file().isEmpty())) {
      try {
        reconcile(store.current());
      } catch (IOException e) {
        problem("the folder " + plugins, "", Refusal.Until.SURROUNDINGS, AtomicFile.cause(e));
      }
    }
    for (Problem problem : again) {
      if (!problem.file().isEmpty() && Files.exists(plugins.resolve(problem.file()))) {
        appeared(plugins.resolve(problem.file()));
      }
    }
  }

  /**
   * Another container may have made a deployment; somebody may have changed what is trusted; and
   * File Install tells nothing of a file that is gone before its first scan.
   */
  private void look() {
    try {
      FileTime since = verification.changed();
      if (!since.equals(verified)) {
        verified = since;
        surroundingsChanged();
      }
      List<String> known = new ArrayList<>(current.files().keySet());
      problems.values().stream().map(Problem::file).filter(f -> !f.isEmpty()).forEach(known::add);
      for (String name : known) {
        release(name);
      }
      requireStore();
      if (store.pointer() != current.number()) {
        reconcile(store.current());
      }
      warned = "";
    } catch (IOException e) {
      String warning = "the plugins in " + plugins + " can't be followed: " + AtomicFile.cause(e);
      if (!warning.equals(warned)) {
        LOG.log(Level.WARNING, warning);
      }
      warned = warning;
    }
  }

  /** A folder that isn't there, such as a lost mount, isn't one that was emptied. */
  private void requireStore() throws IOException {
    if (current.number() > 0 && !Files.isDirectory(plugins.resolve(FOLDER))) {
      throw new IOException(
          plugins.resolve(FOLDER) + " is gone; what is current stays until the container ends");
    }
  }

  private void appeared(Path jar) {
    String name = jar.getFileName().toString();
    try {
      take(jar, false);
    } catch (Refusal e) {
      LOG.log(Level.DEBUG, e.getMessage());
    } catch (NoSuchFileException e) {
      // It is gone again; that is told next.
      LOG.log(Level.DEBUG, "{0} is gone again", name);
    } catch (IOException | RuntimeException | LinkageError | VirtualMachineError e) {
      if (worker.isShutdown()) {
        LOG.log(Level.DEBUG, "interrupted: the deployer ends", e);
      } else if (e instanceof IOException io) {
        problem(name, name, Refusal.Until.SURROUNDINGS, AtomicFile.cause(io));
      } else {
        LOG.log(Level.WARNING, "plugin " + name + " can't be taken", e);
        problem(name, name, Refusal.Until.SURROUNDINGS, e.toString());
      }
    }
  }

  private void disappeared(String name) {
    try {
      release(name);
    } catch (IOException e) {
      // It is tried again with every look.
      LOG.log(Level.DEBUG, "plugin " + name + " can't be retired", e);
    }
  }

  /** Retires what belongs to a file, if that is certainly gone. */
  private void release(String name) throws IOException {
    if (!Files.notExists(plugins.resolve(name))) {
      return;
    }
    requireStore();
    problems.remove(name);
    settle(store.commit(before -> Deployments.withoutFile(before, name)));
  }

  /**
   * Takes a jar: from the folder, or from elsewhere into it.
   *
   * @param asked whether somebody asked for it, so that what was refused or replaced before is
   *     tried
   */
  private Deployment take(Path jar, boolean asked) throws Refusal, IOException {
    String file = jar.getFileName().toString();
    doing = new Doing(Untrusted.printable(file), System.nanoTime());
    try {
      return take(jar, file, asked);
    } finally {
      doing = null;
    }
  }

  private Deployment take(Path jar, String file, boolean asked) throws Refusal, IOException {
    boolean inside = plugins.equals(jar.getParent());
    long begun = System.nanoTime();
    String sha256 = "";
    PluginJar known = null;
    try (Intake.Copy copy = copy(jar, file)) {
      sha256 = copy.sha256();
      String content = sha256;
      Deployment before = store.current();
      if (inside && !asked && content.equals(before.files().get(file))) {
        problems.remove(file);
        reconcile(before);
        return current;
      }
      known = PluginJar.read(copy.file(), file);
      PluginJar found = known;
      JarStructure.require(copy.file(), file, limits);
      admission.require(found, content, copy.file(), file, before);
      String environment = environment();
      Optional<DeploymentStore.Verdict> last =
          store.verdict(content).filter(v -> v.environment().equals(environment));
      if (!asked && last.isPresent() && !last.get().accepted() && last.get().lasting()) {
        throw new Refusal(Refusal.Until.CHANGED, last.get().refusal());
      }
      PluginTrial.Running tried = running.present(content);
      boolean there = tried != null;
      if (!there) {
        requireHarmless(content, asked);
        List<String> checked =
            last.filter(DeploymentStore.Verdict::accepted)
                .map(DeploymentStore.Verdict::parts)
                .orElse(List.of());
        tried = trial.run(copy.file(), found, content, file, checked);
      }
      PluginTrial.Running newcomer = tried;
      Deployment next;
      try {
        store.keep(copy.file(), content);
        judge(content, file, found, newcomer.parts(), environment, null, begun);
        String name =
            inside
                ? file
                : Grammar.requireFileName(found.bundle() + "-" + found.version() + ".jar");
        Plugin plugin =
            new Plugin(found.bundle(), found.version().toString(), content, name, newcomer.parts());
        next =
            inside
                ? store.commit(now -> Deployments.with(now, plugin))
                : store.place(
                    copy.file(),
                    content,
                    Untrusted.child(plugins, name),
                    now -> Deployments.with(now, plugin));
      } catch (IOException | RuntimeException | LinkageError | VirtualMachineError e) {
        if (!there) {
          trial.end(newcomer);
        }
        throw e;
      }
      if (!there) {
        running.add(content, newcomer);
      }
      problems.remove(file);
      settle(next);
      return next;
    } catch (Refusal e) {
      judge(sha256, file, known, List.of(), environment(), e, begun);
      if (inside) {
        problem(file, file, e.until(), e.getMessage());
      }
      throw e;
    }
  }

  private Intake.Copy copy(Path jar, String name) throws Refusal, IOException {
    if (!Untrusted.isPlainName(name)) {
      throw new Refusal(
          Refusal.Until.CHANGED,
          name + ": the name of the file has control characters or a backslash in it; rename it");
    }
    Intake.Copy copy = intake.copy(jar, name);
    step("copied " + name);
    return copy;
  }

  /** Writes down what came out, if that can be written: nothing else depends on it. */
  private void judge(
      String sha256,
      String file,
      PluginJar jar,
      List<String> parts,
      String environment,
      Refusal refusal,
      long begun) {
    // What a trial that the container's end interrupted came to says nothing of the plugin.
    if (sha256.isEmpty() || worker.isShutdown()) {
      return;
    }
    try {
      store.judge(
          new DeploymentStore.Verdict(
              sha256,
              file,
              jar == null ? "" : jar.bundle() + " " + jar.version(),
              parts,
              environment,
              refusal == null ? "" : refusal.getMessage(),
              refusal == null || refusal.until() == Refusal.Until.CHANGED,
              Instant.now(),
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)));
    } catch (IOException e) {
      // A folder that is part of an image, or another user's, isn't a fault of each start.
      Level level = Files.isWritable(plugins) ? Level.WARNING : Level.DEBUG;
      LOG.log(level, "what came out for " + file + " isn't kept: " + AtomicFile.cause(e));
    }
  }

  /** What trials are made with: the same jar may fare otherwise with another API, kit or engine. */
  private String environment() {
    List<String> hashes = new ArrayList<>();
    for (Class<?> type : List.of(Circuit.class, Conformance.class)) {
      Bundle bundle = FrameworkUtil.getBundle(type);
      hashes.add(bundle == null ? "" : BundleHash.of(bundle));
    }
    Optional<RegisteredPart> engine = registry.engine();
    hashes.add(engine.map(e -> registry.identity(e).sha256()).orElse(""));
    return Sha256.of(String.join(" ", hashes));
  }

  private Deployment drop(String name) throws Refusal, IOException {
    Deployment before = store.current();
    if (before.plugins().stream().noneMatch(p -> Deployments.isNamed(p, name)) && dropEnded(name)) {
      return before;
    }
    Plugin plugin = Deployments.find(before, name);
    UnaryOperator<Deployment> change = now -> Deployments.without(now, plugin);
    boolean tied = plugin.sha256().equals(before.files().get(plugin.file()));
    marks.forgive(plugin.sha256());
    Deployment next =
        tied ? store.delete(plugins.resolve(plugin.file()), change) : store.commit(change);
    settle(next);
    return next;
  }

  /** Takes away a jar that ended the process before it was part of a deployment. */
  private boolean dropEnded(String name) throws IOException {
    boolean found = false;
    for (TrialMarks.Ended ended : marks.all()) {
      if (!ended.isCalled(name)) {
        continue;
      }
      found = true;
      Path file = jars().get(ended.file());
      if (file != null
          && Files.isRegularFile(file)
          && DeploymentStore.hash(file).equals(ended.sha256())) {
        Files.delete(file);
      }
      marks.forgive(ended.sha256());
      problems.remove(ended.file());
    }
    if (found) {
      publish();
    }
    return found;
  }

  private Deployment goBack(int number) throws Refusal, IOException {
    List<Integer> numbers = store.all().stream().map(Deployment::number).toList();
    if (number != 0 && !numbers.contains(number)) {
      throw new IllegalArgumentException(
          "there is no deployment "
              + number
              + "; there is "
              + (numbers.isEmpty()
                  ? "none yet"
                  : numbers.get(0) + " to " + numbers.get(numbers.size() - 1)));
    }
    Deployment target = number == 0 ? Deployment.NONE : store.read(number);
    Map<String, PluginTrial.Running> tried = new TreeMap<>();
    Deployment next;
    try {
      for (Plugin plugin : target.plugins()) {
        if (running.present(plugin.sha256()) == null) {
          tried.put(plugin.sha256(), restore(plugin, true));
        }
      }
      next = store.overrule(unknown(), now -> Deployments.back(now, target));
    } catch (Refusal | IOException | RuntimeException | LinkageError | VirtualMachineError e) {
      tried.values().forEach(trial::end);
      throw e;
    }
    tried.forEach(running::add);
    settle(next);
    return next;
  }

  /** For those who have leased it; what is current stays what it is. */
  private Deployment bringBack(PartIdentity part) throws Refusal, IOException {
    Plugin plugin =
        kept.find(part)
            .orElseThrow(
                () ->
                    new Refusal(
                        Refusal.Until.SURROUNDINGS, "no jar of " + part + " is in " + plugins));
    if (running.present(plugin.sha256()) == null) {
      running.addLeaving(plugin.sha256(), restore(plugin, false));
    }
    settle(current);
    return current;
  }

  /** The files that count as taken where what was taken can't be read; else empty. */
  private Map<String, String> unknown() throws IOException {
    try {
      store.current();
      return Map.of();
    } catch (IOException e) {
      Map<String, String> files = new TreeMap<>();
      for (Map.Entry<String, Path> jar : jars().entrySet()) {
        if (Untrusted.isPlainName(jar.getKey()) && Files.isRegularFile(jar.getValue())) {
          files.put(jar.getKey(), DeploymentStore.hash(jar.getValue()));
        }
      }
      return files;
    }
  }

  /**
   * A process that a jar has ended would be ended again.
   *
   * @param asked whether somebody wants to try it nevertheless
   */
  private void requireHarmless(String sha256, boolean asked) throws Refusal, IOException {
    if (asked) {
      marks.forgive(sha256);
      return;
    }
    Optional<TrialMarks.Ended> ended = marks.ended(sha256);
    if (ended.isPresent()) {
      throw new Refusal(Refusal.Until.SURROUNDINGS, ended.get().reason());
    }
  }

  /**
   * Takes a plugin out of the store.
   *
   * @param asked whether somebody asked for it
   */
  private PluginTrial.Running restore(Plugin plugin, boolean asked) throws Refusal, IOException {
    Doing before = doing;
    doing = new Doing(plugin.toString(), System.nanoTime());
    try (Intake.Copy copy = stored(plugin)) {
      JarStructure.require(copy.file(), plugin.toString(), limits);
      verification.require(copy.file(), copy.sha256(), plugin.toString());
      requireHarmless(plugin.sha256(), asked);
      Optional<DeploymentStore.Verdict> passed =
          store
              .verdict(plugin.sha256())
              .filter(v -> v.accepted() && v.environment().equals(environment()));
      List<String> checked = passed.map(DeploymentStore.Verdict::parts).orElse(List.of());
      long begun = System.nanoTime();
      PluginJar known = PluginJar.read(copy.file(), plugin.toString());
      PluginTrial.Running restored =
          trial.run(copy.file(), known, plugin.sha256(), plugin.file(), checked);
      if (passed.isEmpty()) {
        judge(plugin.sha256(), plugin.file(), known, restored.parts(), environment(), null, begun);
      }
      return restored;
    } finally {
      doing = before;
    }
  }

  private Intake.Copy stored(Plugin plugin) throws Refusal, IOException {
    Path jar = store.jar(plugin.sha256());
    Intake.Copy copy;
    try {
      copy = intake.copy(jar, plugin.toString(), LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw lost(plugin, jar, " is gone");
    }
    if (!copy.sha256().equals(plugin.sha256())) {
      copy.close();
      throw lost(plugin, jar, " is damaged");
    }
    return copy;
  }

  private static Refusal lost(Plugin plugin, Path jar, String what) {
    return new Refusal(
        Refusal.Until.SURROUNDINGS,
        plugin + ": its content " + jar + what + "; add its jar again.");
  }

  /** Brings the framework to a deployment: what can't be restored stays out, and is a problem. */
  private void reconcile(Deployment wanted) {
    for (Plugin plugin : wanted.plugins()) {
      if (running.present(plugin.sha256()) == null) {
        try {
          running.add(plugin.sha256(), restore(plugin, false));
          problems.remove(plugin.toString());
        } catch (Refusal e) {
          problem(plugin.toString(), "", e.until(), e.getMessage());
        } catch (IOException e) {
          problem(plugin.toString(), "", Refusal.Until.SURROUNDINGS, AtomicFile.cause(e));
        } catch (RuntimeException e) {
          LOG.log(Level.DEBUG, "plugin " + plugin + " can't be restored", e);
          problem(plugin.toString(), "", Refusal.Until.SURROUNDINGS, e.toString());
        }
      }
    }
    settle(wanted);
  }

  /** Shows what is current, and lets go of what isn't. */
  private void settle(Deployment deployment) {
    boolean changed = !deployment.plugins().equals(current.plugins());
    running.admit(deployment.plugins().stream().map(Plugin::sha256).collect(Collectors.toSet()));
    current = deployment;
    step("admitted deployment " + deployment.number());
    problems.values().removeIf(p -> p.file().isEmpty() && !Deployments.has(deployment, p.name()));
    publish();
    if (changed) {
      surroundingsChanged();
    }
    if (!running.leaving().isEmpty()) {
      try {
        worker.schedule(logged(this::retire), RunningPlugins.GRACE.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.DEBUG, "the deployer is stopped", e);
      }
    }
  }

  private void lateServiceJudged() {
    publish();
    surroundingsChanged();
  }

  private void retire() {
    if (running.retire()) {
      publish();
      surroundingsChanged();
    }
  }

  private void problem(String name, String file, Refusal.Until until, String reason) {
    Problem before =
        problems.put(name, new Problem(name, file, until, Untrusted.printable(reason)));
    if (before == null || !before.reason().equals(reason)) {
      // What is left out at the launch is in the launcher's hands.
      LOG.log(launched ? Level.INFO : Level.DEBUG, "plugin {0} is refused: {1}", name, reason);
    }
    publish();
  }

  private void publish() {
    List<PluginStatus> status = new ArrayList<>();
    for (Plugin plugin : current.plugins()) {
      Optional<PluginTrial.Running> active = running.active(plugin.sha256());
      if (active.isPresent()) {
        status.add(
            new PluginStatus(
                plugin.toString(),
                plugin.file(),
                PluginStatus.State.CURRENT,
                plugin.parts(),
                String.join(" ", gate.remarks(active.get().bundle()))));
      } else if (!problems.containsKey(plugin.toString())) {
        status.add(
            new PluginStatus(
                plugin.toString(),
                plugin.file(),
                PluginStatus.State.REFUSED,
                plugin.parts(),
                "its bundle was stopped or uninstalled by hand; `ketloom deploy rollback "
                    + current.number()
                    + "` brings it back"));
      }
    }
    for (PluginTrial.Running plugin : running.leaving()) {
      List<String> holders = running.holders(plugin);
      status.add(
          new PluginStatus(
              PluginDiagnosis.name(plugin.bundle()),
              "",
              PluginStatus.State.RETIRING,
              plugin.parts(),
              holders.isEmpty() ? "" : "held by " + String.join(", ", holders)));
    }
    for (Problem problem : problems.values()) {
      status.add(
          new PluginStatus(
              problem.name(),
              problem.file(),
              PluginStatus.State.REFUSED,
              List.of(),
              problem.reason()));
    }
    snapshot = List.copyOf(status);
  }

  /** What is said of the parts of a plugin, or of a part, that has its name and version twice. */
  private List<String> hidden(String name) {
    return registry.hidden().stream()
        .filter(l -> l.contains("\"" + name + "\"") || l.contains("bundle " + name + " "))
        .map(l -> l + ".")
        .toList();
  }

  @Override
  public String why(String name) {
    requireFolder();
    List<String> lines;
    try {
      lines = new ArrayList<>(PluginHistory.of(name, snapshot, store.verdicts(), store.all()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(
          "nothing is known of a plugin \""
              + name
              + "\"; `ketloom deploy list` shows the names of plugins and files");
    }
    lines.addAll(hidden(name));
    return String.join("\n", lines);
  }
}
