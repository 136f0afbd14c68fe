package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.error.InvalidInputException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.part.PartKind;
import org.ketloom.files.Causes;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/**
 * The service of the deployer; its settings are in {@link DeployerConfig}. One thread does all the
 * work, in steps.
 */
@Component(
    service = {Deployer.class, PartArchive.class, Callable.class},
    immediate = true,
    property = "ketloom.launch=plugins")
public final class PluginDeployer implements Deployer, PartArchive, Callable<List<String>> {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final String FOLDER = ".deployments";

  /** What works where there is a folder of plugins. */
  private record Room(
      Path plugins,
      DeploymentStore store,
      TrialMarks marks,
      TrialRecords records,
      Intake intake,
      PluginTrial trial,
      RunningPlugins running,
      Problems problems,
      DeployedPlugins deployed,
      LateServices late,
      PluginFolder folder) {}

  private final BundleContext context;
  private final DeployerConfig config;
  private final PartGate gate;
  private final PluginStatuses statuses;
  private final @Nullable Room room;
  private final Worker worker = new Worker();
  private final PartRegistry registry;
  private final BundleListener surroundings = this::bundleChanged;
  private final Runnable parts = this::partsChanged;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile List<PluginStatus> snapshot = List.of();
  private volatile boolean launched;
  private volatile Set<PartKind> kinds = Set.of();

  /**
   * Begins to take in the plugins of the folder, unless it is to wait until it is asked.
   *
   * @param steps told of each step; null for nobody. For tests, which stop the process there.
   */
  @Activate
  public PluginDeployer(
      BundleContext context,
      @Reference PartRegistry registry,
      @Reference PartGate gate,
      @Reference(target = "(ketloom.deploy=steps)", cardinality = ReferenceCardinality.OPTIONAL)
          @Nullable Consumer<String> steps) {
    this.context = context;
    this.config = DeployerConfig.of(context::getProperty);
    this.registry = registry;
    this.gate = gate;
    this.statuses = new PluginStatuses(registry, gate);
    this.room =
        config
            .plugins()
            .map(plugins -> room(plugins, registry, gate, steps == null ? step -> {} : steps))
            .orElse(null);
    if (!config.whenAsked()) {
      begin();
    }
  }

  private Room room(Path plugins, PartRegistry registry, PartGate gate, Consumer<String> steps) {
    DeploymentStore store = new DeploymentStore(plugins.resolve(FOLDER), steps);
    TrialMarks marks = new TrialMarks(store.folder());
    TrialRecords records = new TrialRecords(store, marks, registry, () -> isEnding(marks));
    Intake intake = new Intake(context.getDataFile("").toPath(), config.limits());
    PluginTrial trial =
        new PluginTrial(
            context,
            registry,
            new PluginDiagnosis(context, config.bundles()),
            marks,
            config.callLimit(),
            config.componentTimeout(),
            steps);
    RunningPlugins running =
        new RunningPlugins(context, trial, gate, steps, () -> worker.submit(this::released));
    Problems problems = new Problems();
    DeployedPlugins deployed =
        new DeployedPlugins(
            plugins,
            config.verification(),
            config.limits(),
            store,
            marks,
            records,
            intake,
            trial,
            running,
            new PluginAdmission(
                context, config.verification(), running, () -> room().deployed().retire()),
            problems,
            worker,
            new Changes(),
            steps);
    LateServices late =
        new LateServices(trial, running, gate, worker::submit, this::lateServiceTried);
    PluginFolder folder =
        new PluginFolder(plugins, store, config.verification(), deployed, problems, late, worker);
    return new Room(
        plugins, store, marks, records, intake, trial, running, problems, deployed, late, folder);
  }

  /** Whether results of trials no longer say anything about the plugins. */
  private boolean isEnding(TrialMarks marks) {
    int framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState();
    return worker.isStopped()
        || marks.areKept()
        || framework != Bundle.ACTIVE && framework != Bundle.STARTING;
  }

  /** What follows from what the worker has done. */
  private final class Changes implements DeployedPlugins.Listener {
    @Override
    public void changed() {
      publish();
    }

    @Override
    public void surroundingsChanged() {
      room().folder().surroundingsChanged();
    }

    @Override
    public void placed(String file) {
      room().folder().taken(file);
    }

    @Override
    public void refused(String name, String reason) {
      // What is left out at the launch is told by whoever waits for that.
      boolean isNews = launched && !isEnding(room().marks());
      LOG.log(isNews ? Level.INFO : Level.DEBUG, "plugin {0} is refused: {1}", name, reason);
    }
  }

  private void released() {
    room().deployed().retire();
    room().folder().surroundingsChanged();
  }

  private void lateServiceTried() {
    publish();
    room().folder().surroundingsChanged();
  }

  private void begin() {
    if (room != null && begun.compareAndSet(false, true)) {
      gate.tell(room.late());
      worker.submit(
          () -> {
            // What an earlier deployer of this framework left is tried anew.
            room.trial().discardAll();
            room.folder().begin(config.poll());
          });
      context.addBundleListener(surroundings);
      registry.addListener(parts);
    }
  }

  @Deactivate
  void close() {
    context.removeBundleListener(surroundings);
    registry.removeListener(parts);
    if (room == null) {
      worker.stop();
      return;
    }
    room.marks().keep(new ExitCalls(context).culprits());
    room.running().close();
    worker.stop();
    // A trial that goes on is not waited for, and is not why the container ends.
    room.marks().abandon();
    room.folder().begun().complete(null);
    try {
      room.intake().close();
    } catch (UncheckedIOException e) {
      LOG.log(Level.DEBUG, e.getMessage(), e);
    }
  }

  private void bundleChanged(BundleEvent event) {
    boolean isPlugin = PartGate.isPlugin(event.getBundle());
    int interesting =
        isPlugin
            ? BundleEvent.STARTED | BundleEvent.STOPPED | BundleEvent.UNINSTALLED
            : BundleEvent.STARTED | BundleEvent.RESOLVED;
    if ((event.getType() & interesting) != 0) {
      if (isPlugin) {
        worker.submit(
            () -> {
              room().trial().endLate(event.getBundle());
              publish();
            });
      } else {
        room().folder().surroundingsChanged();
      }
    }
  }

  /** A kind that comes may be the one that a part was refused for. */
  private void partsChanged() {
    Set<PartKind> now = Set.copyOf(registry.kinds());
    if (!now.equals(kinds)) {
      kinds = now;
      room().folder().surroundingsChanged();
    }
  }

  private void publish() {
    snapshot =
        statuses.running(
            room().deployed().current(),
            room().running(),
            room().problems(),
            room().trial().stuck());
  }

  /** Looks at the folder twice, so that what is in it now is taken; for tests. */
  void lookNow() throws IOException {
    PluginFolder folder = room().folder();
    perform(
        () -> {
          folder.look();
          folder.look();
          return folder;
        });
  }

  private Room room() {
    if (room == null) {
      throw new IllegalStateException(
          "this container has no folder of plugins; framework property ketloom.plugins names it");
    }
    return room;
  }

  private <T> T perform(Worker.Work<T> work) throws IOException {
    return worker.perform(work, config.requestTimeout());
  }

  @Override
  public List<PluginStatus> plugins() {
    if (room == null) {
      return List.of();
    }
    if (begun.get()) {
      return snapshot;
    }
    try {
      return statuses.stored(
          room.plugins(), room.store(), room.records(), room.marks(), config.limits().jar());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Deployment> deployments() {
    try {
      return room == null ? List.of() : room.store().all();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Notice> awaitPlugins() {
    if (room == null) {
      return List.of();
    }
    begin();
    long end = System.nanoTime() + config.launchTimeout().toNanos();
    try {
      room.folder().begun().get(config.launchTimeout().toNanos(), TimeUnit.NANOSECONDS);
      return worker.perform(this::launched, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    } catch (TimeoutException | IllegalStateException e) {
      return List.of(
          new Notice(
              "not all plugins in "
                  + room.plugins()
                  + " are in"
                  + worker.progress()
                  + "; they come in while the command runs"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the deployer was at work");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the deployer failed: " + e.getCause(), e);
    } catch (IOException e) {
      return List.of(
          new Notice("the plugins in " + room.plugins() + " can't be read: " + Causes.of(e)));
    }
  }

  @Override
  public List<String> call() {
    return awaitPlugins().stream().map(Notice::text).toList();
  }

  private List<Notice> launched() {
    room().folder().tryAgain();
    // So that the first command doesn't find what was replaced before it.
    room().running().awaitGrace(room().running().leaving());
    room().deployed().retire();
    launched = true;
    if (isEnding(room().marks())) {
      return List.of();
    }
    return room().problems().all().stream()
        .map(p -> new Notice("plugin " + p.name() + " is left out: " + p.reason(), p.remedies()))
        .toList();
  }

  @Override
  public Deployment add(Path jar) throws IOException {
    DeployedPlugins deployed = room().deployed();
    if (!Files.exists(jar)) {
      throw new IOException(jar + " is no file; name the plugin's jar");
    }
    return perform(() -> deployed.take(jar.toAbsolutePath().normalize(), true));
  }

  @Override
  public Deployment remove(String name) throws IOException {
    DeployedPlugins deployed = room().deployed();
    return perform(() -> deployed.drop(name));
  }

  @Override
  public Deployment rollback(int number) throws IOException {
    DeployedPlugins deployed = room().deployed();
    return perform(() -> deployed.goBack(number));
  }

  @Override
  public boolean keeps(PartIdentity part) {
    try {
      return room != null && room.deployed().keeps(part);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "deployments can't be read", e);
      return false;
    }
  }

  @Override
  public void restore(PartIdentity part) throws IOException {
    DeployedPlugins deployed = room().deployed();
    perform(() -> deployed.bringBack(part));
  }

  @Override
  public List<Notice> why(String name) {
    DeploymentStore store = room().store();
    List<Notice> notices;
    try {
      notices =
          new ArrayList<>(PluginHistory.of(name, plugins(), store.results().all(), store.all()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (notices.isEmpty()) {
      throw new InvalidInputException(
          "nothing is known of a plugin \"" + name + "\"", new Remedy.ListPlugins());
    }
    statuses.hidden("\"" + name + "\"").stream()
        .filter(line -> notices.stream().noneMatch(n -> n.text().contains(line)))
        .forEach(line -> notices.add(new Notice(line)));
    return notices;
  }
}
