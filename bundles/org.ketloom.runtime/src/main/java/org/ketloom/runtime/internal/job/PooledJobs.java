package org.ketloom.runtime.internal.job;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.Generation;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
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

  /** What a run may take to write its checkpoint before the container goes on stopping. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(60);

  /** How the pool is configured. */
  @interface Config {
    /** Runs at once; 0 for half the processors. */
    int threads() default 0;

    /** How long parts must have been there, or not, before that counts. */
    long debounceMillis() default 1000;
  }

  private final Blueprints blueprints;
  private final Composer composer;
  private final PartRegistry registry;
  private final Runs runs;
  private final Optional<BundleContext> context;
  private final ThreadPoolExecutor pool;
  private final ScheduledExecutorService decisions =
      Executors.newSingleThreadScheduledExecutor(threads("ketloom-jobs"));
  private final Map<String, Work> works = new TreeMap<>();
  private final Runnable partsListener = this::partsChanged;
  private final SynchronousBundleListener frameworkListener = this::frameworkChanged;
  private final Optional<CompositionFolder> compositions;
  private volatile PartArchive archive;
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
    this.blueprints = blueprints;
    this.composer = composer;
    this.registry = registry;
    this.runs = runs;
    this.compositions = compositions;
    this.context = context;
    this.debounceNanos = debounce.toNanos();
    this.changedAt = System.nanoTime();
    int size = size(threads);
    this.pool =
        new ThreadPoolExecutor(
            size, size, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("ketloom-run"));
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
    List<Work> all;
    synchronized (works) {
      all = List.copyOf(works.values());
      works.clear();
    }
    all.forEach(Work::withdraw);
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
    synchronized (works) {
      works.values().forEach(Work::decideSoon);
    }
  }

  @Override
  public Job start(String name, Draft draft, Path folder, RunSettings settings) {
    return start(name, draft, folder, settings, false);
  }

  /** A new run of a composition, in whose folder the draft is kept to be compared with. */
  Job startComposition(String name, Draft draft, Path folder, RunSettings settings) {
    return start(name, draft, folder, settings, true);
  }

  private Job start(
      String name, Draft draft, Path folder, RunSettings settings, boolean keepDraft) {
    if (Files.exists(new RunFiles(folder).manifest())) {
      throw new IllegalArgumentException(
          folder + " holds a run already; resume it, or choose another folder");
    }
    return add(
        new Work(
            name,
            folder,
            Optional.of(draft),
            new Resumption(Optional.of(settings), false),
            keepDraft));
  }

  @Override
  public Job resume(String name, Path folder, Resumption how) throws IOException {
    RunManifest manifest = RunManifest.read(new RunFiles(folder));
    Work work = new Work(name, folder, Optional.empty(), how, false);
    if (manifest.state() == Run.State.FINISHED) {
      work.state = Job.State.DONE;
    }
    return add(work);
  }

  /** A job that can't be done; where its name is taken it gets a number. */
  Job failed(String name, Path folder, String reason) {
    for (int number = 1; ; number++) {
      String free = number == 1 ? name : name + "-" + number;
      Work work = new Work(free, folder, Optional.empty(), Resumption.AS_BEFORE, false);
      work.state = Job.State.FAILED;
      work.reason = reason;
      work.hopeless = true;
      if (put(work)) {
        work.publish();
        return work;
      }
    }
  }

  private Work add(Work work) {
    if (!put(work)) {
      throw new IllegalArgumentException(
          "there is a job \"" + work.name + "\" already; choose another name");
    }
    work.publish();
    work.decideSoon();
    return work;
  }

  private boolean put(Work work) {
    synchronized (works) {
      return works.putIfAbsent(work.name, work) == null;
    }
  }

  @Override
  public List<Job> jobs() {
    synchronized (works) {
      return List.copyOf(works.values());
    }
  }

  @Override
  public void remove(Job job) {
    job.suspend();
    if (job instanceof Work work) {
      work.await();
      synchronized (works) {
        works.remove(work.name, work);
      }
      work.withdraw();
    }
  }

  @Override
  public List<Job> open(Path folder, Path compositionFolder) {
    open = true;
    List<Job> resumed = new ArrayList<>();
    for (Path run : unfinished(folder)) {
      if (jobs().stream().noneMatch(job -> same(job.folder(), run))) {
        String name = run.getFileName().toString();
        boolean taken = jobs().stream().anyMatch(job -> job.name().equals(name));
        try {
          resumed.add(resume(taken ? run.toString() : name, run, Resumption.AS_BEFORE));
        } catch (IOException | IllegalArgumentException e) {
          LOG.log(Level.WARNING, "run " + run + " can't be taken up again: " + e.getMessage());
        }
      }
    }
    synchronized (works) {
      works.values().forEach(Work::reopen);
    }
    compositions.ifPresent(c -> c.watch(compositionFolder));
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
        // Those of compositions are taken up by these.
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
      LOG.log(Level.WARNING, folder + " can't be read: " + AtomicFile.cause(e));
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
    List<Work> all;
    synchronized (works) {
      open = false;
      all = List.copyOf(works.values());
    }
    all.forEach(Work::closing);
    all.forEach(Work::await);
  }

  private final class Work implements Job {
    private static final long NEVER = Long.MIN_VALUE;

    private final String name;
    private final Path folder;
    private final RunFiles files;
    private final Optional<Draft> draft;
    private final Resumption how;
    private final boolean keepDraft;
    private Job.State state = Job.State.WAITING;
    private String reason = "";
    private long since = NEVER;
    private Run run;
    private boolean stop;
    private boolean again;
    private boolean hopeless;
    private boolean byClosing;
    private boolean working;
    private final Object registering = new Object();
    private ServiceRegistration<Job> registration;
    private boolean withdrawn;

    Work(
        String name,
        Path folder,
        Optional<Draft> draft,
        Resumption how,
        boolean keepDraft) {
      this.name = name;
      this.folder = folder;
      this.files = new RunFiles(folder);
      this.draft = draft;
      this.how = how;
      this.keepDraft = keepDraft;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Path folder() {
      return folder;
    }

    @Override
    public synchronized Job.State state() {
      return state;
    }

    @Override
    public synchronized String reason() {
      return reason;
    }

    @Override
    public synchronized void suspend() {
      stop = true;
      again = false;
      byClosing = false;
      if (run != null) {
        run.stop();
      } else if (!working && (state == Job.State.WAITING || state == Job.State.READY)) {
        enter(Job.State.SUSPENDED, "");
      }
    }

    @Override
    public synchronized void resume() {
      if (working) {
        // What is about to stop goes on when it has its checkpoint.
        again = stop;
      } else if (!hopeless && (state == Job.State.SUSPENDED || state == Job.State.FAILED)) {
        stop = false;
        since = NEVER;
        enter(Job.State.WAITING, "");
        decideSoon();
      }
    }

    private synchronized void closing() {
      if (state == Job.State.WAITING || state == Job.State.READY || state == Job.State.RUNNING) {
        suspend();
        byClosing = true;
      }
    }

    private synchronized void reopen() {
      if (byClosing && state == Job.State.SUSPENDED) {
        byClosing = false;
        resume();
      }
      decideSoon();
    }

    private void decideSoon() {
      later(0);
    }

    private void later(long nanos) {
      try {
        decisions.schedule(this::decide, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.TRACE, "the container stops", e);
      }
    }

    /** Whether it may begin, or may not any more. */
    private void decide() {
      try {
        synchronized (this) {
          if (working || (state != Job.State.WAITING && state != Job.State.READY)) {
            return;
          }
          long now = System.nanoTime();
          String missing = open ? missing() : "the container doesn't train: it serves one command";
          boolean asBefore = missing.isEmpty() == (state == Job.State.READY);
          if (asBefore) {
            since = NEVER;
            enter(state, missing);
            return;
          }
          if (since == NEVER) {
            // What is there has been there since the last change at the latest.
            since = missing.isEmpty() ? Math.min(changedAt, now) : now;
          }
          long left = debounceNanos - (now - since);
          if (left > 0) {
            enter(
                state, state == Job.State.WAITING ? "its parts are there, since a moment" : reason);
            later(left);
          } else if (missing.isEmpty()) {
            since = NEVER;
            enter(Job.State.READY, "");
            pool.execute(this::work);
          } else {
            since = NEVER;
            enter(Job.State.WAITING, missing);
          }
        }
      } catch (IOException | RuntimeException | LinkageError e) {
        fail(e);
      }
    }

    /** What it waits for; empty if all is there. */
    private String missing() throws IOException {
      if (!Files.exists(files.manifest())) {
        return text(
            composer.state(
                draft.orElseThrow(
                    () -> new IOException(folder + " holds no run any more: it has no manifest"))));
      }
      Blueprint blueprint = files.readBlueprint();
      RunManifest manifest = RunManifest.read(files);
      RunSettings settings = how.settings().orElse(manifest.settings());
      if (settings.policy() != RunSettings.Policy.PIN || how.currentParts()) {
        return text(composer.state(blueprint));
      }
      Map<String, Generation> pinned =
          new Checkpoints(files, blueprints)
              .last()
              .map(Checkpoints.Checkpoint::generations)
              .orElse(manifest.current());
      Readiness state = composer.state(blueprint);
      String missing =
          text(
              new Readiness(
                  state.missing().stream().filter(m -> !isKept(pinned.get(m.path()))).toList()));
      if (!missing.isEmpty() || state.state() == Readiness.State.WAITING) {
        return missing;
      }
      Map<String, Generation> there;
      try {
        there = composer.generations(blueprint, pinned);
      } catch (IllegalStateException e) {
        // A part has gone since the look before.
        missing = text(composer.state(blueprint));
        return missing.isEmpty() ? message(e) : missing;
      }
      Map<String, Generation> gone = Changes.different(pinned, there);
      gone.values().removeIf(this::isKept);
      if (gone.isEmpty()) {
        return "";
      }
      StringBuilder text = new StringBuilder("the run is pinned to ");
      gone.forEach(
          (path, generation) -> text.append(path).append(" of ").append(generation).append(", "));
      text.append("there is ");
      for (String path : gone.keySet()) {
        text.append(there.get(path)).append(", ");
      }
      return text + "with which `ketloom resume " + folder + " --current-parts` goes on";
    }

    /** Whether a part that is gone comes back when the run is resumed. */
    private boolean isKept(Generation part) {
      PartArchive present = archive;
      return part != null && present != null && present.keeps(part);
    }

    private static String text(Readiness readiness) {
      return String.join("; ", readiness.missing().stream().map(Object::toString).toList());
    }

    private void work() {
      synchronized (this) {
        if (state != Job.State.READY || working) {
          return;
        }
        try {
          // Its parts may have gone, or been replaced, while it waited for a thread.
          String missing = missing();
          if (!missing.isEmpty()) {
            since = NEVER;
            enter(Job.State.WAITING, missing);
            return;
          }
        } catch (IOException | RuntimeException | LinkageError e) {
          fail(e);
          return;
        }
        working = true;
        enter(Job.State.RUNNING, "");
      }
      Job.State end = Job.State.FAILED;
      String why = "";
      boolean composed = false;
      try (Run opened = openRun()) {
        composed = true;
        synchronized (this) {
          run = opened;
          if (stop) {
            opened.stop();
          }
        }
        end = opened.train() == Run.State.FINISHED ? Job.State.DONE : Job.State.SUSPENDED;
      } catch (IOException | RuntimeException | Error e) {
        why = message(e);
        LOG.log(Level.DEBUG, "job " + name + " failed", e);
        try {
          // A part that has gone meanwhile is waited for; training needs none any more.
          if (!composed && !missing().isEmpty()) {
            end = Job.State.WAITING;
          }
        } catch (IOException | RuntimeException | Error more) {
          e.addSuppressed(more);
        }
      } finally {
        synchronized (this) {
          run = null;
          working = false;
          if (end == Job.State.WAITING && stop) {
            end = Job.State.SUSPENDED;
          }
          enter(end, why);
          if (again && end == Job.State.SUSPENDED) {
            resume();
          }
          again = false;
          notifyAll();
        }
        decideSoon();
      }
    }

    private Run openRun() throws IOException {
      if (Files.exists(files.manifest())) {
        return runs.resume(folder, how, RunListener.NONE);
      }
      Draft asked = draft.orElseThrow();
      Run started =
          runs.start(
              blueprints.complete(asked),
              folder,
              how.settings().orElse(RunSettings.DEFAULT),
              RunListener.NONE);
      if (keepDraft) {
        try {
          RunFiles.writeText(files.draft(), asked.json());
        } catch (IOException e) {
          started.close();
          throw e;
        }
      }
      return started;
    }

    private synchronized void fail(Throwable e) {
      enter(Job.State.FAILED, message(e));
    }

    private static String message(Throwable e) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private synchronized void await() {
      long end = System.nanoTime() + LAST_WORDS.toNanos();
      try {
        while (working) {
          long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          if (left <= 0) {
            LOG.log(Level.WARNING, "job " + name + " doesn't stop: it may lose its last steps");
            return;
          }
          wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void enter(Job.State next, String why) {
      boolean news = state != next || !reason.equals(why);
      state = next;
      reason = why;
      if (news) {
        publishSoon();
      }
    }

    private void publishSoon() {
      try {
        decisions.execute(this::publish);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.TRACE, "the container stops", e);
      }
    }

    /** Not while anything is locked: who listens to services may ask for the state. */
    private void publish() {
      if (context.isEmpty()) {
        return;
      }
      Hashtable<String, Object> properties = new Hashtable<>();
      properties.put(Job.NAME, name);
      synchronized (this) {
        properties.put(Job.STATE, state.toString());
        properties.put(Job.REASON, reason);
      }
      try {
        synchronized (registering) {
          if (withdrawn) {
            return;
          }
          if (registration == null) {
            registration = context.get().registerService(Job.class, this, properties);
          } else {
            registration.setProperties(properties);
          }
        }
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the framework stops, or the job was removed", e);
      }
    }

    private void withdraw() {
      try {
        synchronized (registering) {
          withdrawn = true;
          if (registration != null) {
            registration.unregister();
          }
        }
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the framework has removed it already", e);
      }
    }
  }
}
