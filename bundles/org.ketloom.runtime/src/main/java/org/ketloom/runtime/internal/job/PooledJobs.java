package org.ketloom.runtime.internal.job;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.Causes;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Jobs on a pool of threads. One more thread decides what they may do. */
@Component(
    service = {Jobs.class, PooledJobs.class},
    configurationPid = Jobs.PID)
public final class PooledJobs implements Jobs {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** How the pool is configured. */
  @interface Config {
    /** Runs at once; 0 for half the processors. */
    int threads() default 0;

    /** How long parts must have been there, or not, before that counts. */
    long debounceMillis() default 1000;
  }

  private final PartRegistry registry;
  private final Optional<BundleContext> context;
  private final ThreadPoolExecutor pool;
  private final ScheduledExecutorService decisions =
      Executors.newSingleThreadScheduledExecutor(threads("ketloom-jobs"));
  private final Map<String, PooledJob> jobs = new TreeMap<>();
  private final Runnable partsListener = this::partsChanged;
  private final SynchronousBundleListener frameworkListener = this::frameworkChanged;
  private final Optional<CompositionFolder> compositions;
  private final PooledJob.Tools tools;
  private volatile @Nullable PartArchive archive;
  private volatile long debounceNanos;
  private volatile long changedAt;
  private volatile boolean open;

  /** Called by the framework. */
  @Activate
  public PooledJobs(
      @Reference Blueprints blueprints,
      @Reference Composer composer,
      @Reference PartRegistry registry,
      @Reference Runs runs,
      @Reference ConfigurationAdmin configurations,
      BundleContext context,
      Config config) {
    this(
        blueprints,
        composer,
        registry,
        runs,
        Optional.of(new CompositionFolder(configurations)),
        Optional.of(context),
        config.threads(),
        Duration.ofMillis(config.debounceMillis()));
  }

  /** A pool, perhaps outside of a framework. */
  PooledJobs(
      Blueprints blueprints,
      Composer composer,
      PartRegistry registry,
      Runs runs,
      Optional<CompositionFolder> compositions,
      Optional<BundleContext> context,
      int threads,
      Duration debounce) {
    this.registry = registry;
    this.compositions = compositions;
    this.context = context;
    this.debounceNanos = debounce.toNanos();
    this.changedAt = System.nanoTime();
    int size = size(threads);
    this.pool =
        new ThreadPoolExecutor(
            size, size, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("ketloom-run"));
    this.tools =
        new PooledJob.Tools(
            blueprints,
            runs,
            new JobNeeds(blueprints, composer, () -> Optional.ofNullable(archive)),
            pool,
            decisions,
            () -> open,
            () -> changedAt,
            () -> debounceNanos,
            context);
    registry.addListener(partsListener);
    context.ifPresent(c -> c.addBundleListener(frameworkListener));
  }

  private static int size(int threads) {
    return threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Modified
  void modified(Config config) {
    int size = size(config.threads());
    // The greater one first: the core must never exceed the maximum.
    if (size > pool.getMaximumPoolSize()) {
      pool.setMaximumPoolSize(size);
      pool.setCorePoolSize(size);
    } else {
      pool.setCorePoolSize(size);
      pool.setMaximumPoolSize(size);
    }
    debounceNanos = TimeUnit.MILLISECONDS.toNanos(config.debounceMillis());
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void setArchive(PartArchive found) {
    archive = found;
    partsChanged();
  }

  void unsetArchive(PartArchive gone) {
    if (archive == gone) {
      archive = null;
    }
  }

  @Deactivate
  void deactivate() {
    registry.removeListener(partsListener);
    context.ifPresent(c -> c.removeBundleListener(frameworkListener));
    close();
    pool.shutdown();
    decisions.shutdownNow();
    List<PooledJob> all;
    synchronized (jobs) {
      all = List.copyOf(jobs.values());
      jobs.clear();
    }
    all.forEach(PooledJob::withdraw);
  }

  /** Before the framework stops the first bundle: a run that is stopped finds everything there. */
  private void frameworkChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING
        && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
      close();
    }
  }

  private void partsChanged() {
    changedAt = System.nanoTime();
    decideAll();
  }

  private void decideAll() {
    synchronized (jobs) {
      jobs.values().forEach(PooledJob::decideSoon);
    }
  }

  @Override
  public Job start(String name, Draft draft, Path folder, RunSettings settings) {
    return start(name, draft, folder, settings, false);
  }

  /** A new run of a job definition, in whose folder the draft is kept to be compared with. */
  Job startDefined(String name, Draft draft, Path folder, RunSettings settings) {
    return start(name, draft, folder, settings, true);
  }

  private Job start(
      String name, Draft draft, Path folder, RunSettings settings, boolean keepDraft) {
    if (Files.exists(new RunFiles(folder).manifest())) {
      throw new IllegalArgumentException(
          folder + " holds a run already; resume it, or choose another folder");
    }
    Resumption how = new Resumption(Optional.of(settings), false);
    return add(
        new PooledJob(
            new PooledJob.Order(name, folder, Optional.of(draft), how, keepDraft),
            tools,
            Stage.begin()));
  }

  @Override
  public Job resume(String name, Path folder, Resumption how) throws IOException {
    RunManifest manifest = RunManifest.read(new RunFiles(folder));
    return add(
        new PooledJob(
            new PooledJob.Order(name, folder, Optional.empty(), how, false),
            tools,
            manifest.state() == Run.State.FINISHED ? new Stage.Done() : Stage.begin()));
  }

  /** A job that can't be done; where its name is taken it gets a number. */
  Job failed(String name, Path folder, String reason) {
    for (int number = 1; ; number++) {
      String free = number == 1 ? name : name + "-" + number;
      PooledJob job =
          new PooledJob(
              new PooledJob.Order(free, folder, Optional.empty(), Resumption.AS_BEFORE, false),
              tools,
              new Stage.Failed(reason, true));
      if (put(job)) {
        job.publish();
        return job;
      }
    }
  }

  private Job add(PooledJob job) {
    if (!put(job)) {
      throw new IllegalArgumentException(
          "there is a job \"" + job.name() + "\" already; choose another name");
    }
    job.publish();
    job.decideSoon();
    return job;
  }

  private boolean put(PooledJob job) {
    synchronized (jobs) {
      return jobs.putIfAbsent(job.name(), job) == null;
    }
  }

  @Override
  public List<Job> jobs() {
    synchronized (jobs) {
      return List.copyOf(jobs.values());
    }
  }

  @Override
  public void remove(Job job) {
    job.suspend();
    if (job instanceof PooledJob pooled) {
      pooled.await();
      synchronized (jobs) {
        jobs.remove(pooled.name(), pooled);
      }
      pooled.withdraw();
    }
  }

  @Override
  public List<Job> open(Path folder, Path definitions) {
    open = true;
    List<Job> resumed = new ArrayList<>();
    for (Path run : unfinished(folder)) {
      if (jobs().stream().noneMatch(job -> same(job.folder(), run))) {
        String name = run.getFileName().toString();
        boolean taken = jobs().stream().anyMatch(job -> job.name().equals(name));
        try {
          resumed.add(resume(taken ? run.toString() : name, run, Resumption.AS_BEFORE));
        } catch (IOException | IllegalArgumentException e) {
          LOG.log(Level.WARNING, "run " + run + " can't be resumed: " + e.getMessage());
        }
      }
    }
    synchronized (jobs) {
      jobs.values().forEach(PooledJob::reopen);
    }
    compositions.ifPresent(c -> c.watch(definitions));
    return resumed;
  }

  private static boolean same(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  private static List<Path> unfinished(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path run : all.sorted(Comparator.naturalOrder()).toList()) {
        RunFiles files = new RunFiles(run);
        // Those of job definitions are resumed by these.
        if (Files.exists(files.manifest()) && !Files.exists(files.draft())) {
          try {
            RunManifest manifest = RunManifest.read(files);
            if (manifest.settings().autoResume()
                && manifest.state() != Run.State.FINISHED
                && manifest.state() != Run.State.FAILED) {
              Optional<RunLock> lock = RunLock.tryOf(files);
              lock.ifPresent(RunLock::close);
              // Without the lock it is live in another process, which goes on with it.
              if (lock.isPresent()) {
                found.add(run);
              }
            }
          } catch (IOException e) {
            LOG.log(Level.WARNING, e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, folder + " can't be read: " + Causes.of(e));
    }
    return found;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    compositions.ifPresent(CompositionFolder::end);
    List<PooledJob> all;
    synchronized (jobs) {
      open = false;
      all = List.copyOf(jobs.values());
    }
    all.forEach(PooledJob::closing);
    all.forEach(PooledJob::await);
  }
}
