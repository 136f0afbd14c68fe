package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.ketloom.files.Causes;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.parts.PartIdentity;

/**
 * Brings this framework from one deployment to the next: what is new is tried before the store says
 * that it is current, what isn't current any more is retired after that. For the deployer's thread
 * alone.
 */
final class DeployedPlugins {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** Told of changes. */
  interface Listener {
    /** What is shown has changed. */
    void changed();

    /** Something has come or gone that may have kept others out. */
    void surroundingsChanged();

    /** A file was put into the folder of plugins. */
    void placed(String file);

    /** A plugin is left out, for another reason than before. */
    void refused(String name, String reason);
  }

  private final Path plugins;
  private final JarVerification verification;
  private final JarLimits limits;
  private final DeploymentStore store;
  private final TrialMarks marks;
  private final TrialRecords records;
  private final KeptPlugins kept;
  private final Intake intake;
  private final PluginTrial trial;
  private final RunningPlugins running;
  private final Problems problems;
  private final Worker worker;
  private final Listener listener;
  private final Consumer<String> steps;
  private final PluginAdmission admission;
  private Deployment current = Deployment.NONE;

  /**
   * Nothing is deployed yet, whatever the store says.
   *
   * @param plugins the folder of plugins
   * @param steps told after each step: {@code copied ladder.jar}
   */
  DeployedPlugins(
      Path plugins,
      JarVerification verification,
      JarLimits limits,
      DeploymentStore store,
      TrialMarks marks,
      TrialRecords records,
      Intake intake,
      PluginTrial trial,
      RunningPlugins running,
      PluginAdmission admission,
      Problems problems,
      Worker worker,
      Listener listener,
      Consumer<String> steps) {
    this.plugins = plugins;
    this.verification = verification;
    this.limits = limits;
    this.store = store;
    this.marks = marks;
    this.records = records;
    this.kept = new KeptPlugins(store);
    this.intake = intake;
    this.trial = trial;
    this.running = running;
    this.admission = admission;
    this.problems = problems;
    this.worker = worker;
    this.listener = listener;
    this.steps = steps;
  }

  /** The deployment that this framework was brought to last. */
  Deployment current() {
    return current;
  }

  /**
   * Takes a jar: from the folder, or from elsewhere into it.
   *
   * @param asked whether somebody asked for it, so that what was refused or replaced before is
   *     tried
   */
  Deployment take(Path jar, boolean asked) throws Refusal, IOException {
    String file = jar.getFileName().toString();
    return worker.doing(Untrusted.printable(file), () -> take(jar, file, asked));
  }

  private Deployment take(Path jar, String file, boolean asked) throws Refusal, IOException {
    boolean inside = plugins.equals(jar.getParent());
    long begun = System.nanoTime();
    String sha256 = "";
    Optional<PluginJar> known = Optional.empty();
    try (Intake.Copy copy = copy(jar, file)) {
      sha256 = copy.sha256();
      Deployment before = store.current();
      if (inside && !asked && sha256.equals(before.files().get(file))) {
        problems.remove(file);
        reconcile(before);
        return current;
      }
      PluginJar found = PluginJar.read(copy.file(), file);
      known = Optional.of(found);
      JarStructure.require(copy.file(), file, limits);
      ClassVersions.require(copy.file(), file, Runtime.version().feature());
      admission.require(found, sha256, copy.file(), file, before);
      Optional<ValidationResult> last = records.last(sha256);
      if (!asked && last.isPresent() && !last.get().accepted() && last.get().lasting()) {
        throw new Refusal(Refusal.Until.CHANGED, last.get().refusal(), last.get().remedies());
      }
      Optional<PluginTrial.Running> present = running.present(sha256);
      Deployment next =
          present.isEmpty()
              ? tryAndCommit(copy, file, inside, asked, found, begun)
              : commit(copy, file, inside, found, present.get(), begun);
      problems.remove(file);
      settle(next);
      return next;
    } catch (Refusal e) {
      records.refused(sha256, file, known, e, begun);
      if (inside) {
        refused(file, file, e);
      } else {
        // Its bundle may have to be left behind.
        listener.changed();
      }
      throw e;
    }
  }

  private Deployment tryAndCommit(
      Intake.Copy copy, String file, boolean inside, boolean asked, PluginJar jar, long begun)
      throws Refusal, IOException {
    records.requireHarmless(copy.sha256(), asked);
    PluginTrial.Running tried =
        trial.run(copy.file(), jar, copy.sha256(), file, records.passed(copy.sha256()));
    Deployment next;
    try {
      next = commit(copy, file, inside, jar, tried, begun);
    } catch (IOException | RuntimeException | LinkageError | VirtualMachineError e) {
      trial.end(tried);
      throw e;
    }
    running.add(copy.sha256(), tried);
    return next;
  }

  private Deployment commit(
      Intake.Copy copy,
      String file,
      boolean inside,
      PluginJar jar,
      PluginTrial.Running tried,
      long begun)
      throws IOException {
    store.keep(copy.file(), copy.sha256());
    records.accepted(copy.sha256(), file, jar, tried.parts(), begun);
    String name =
        inside ? file : Grammar.requireFileName(jar.bundle() + "-" + jar.version() + ".jar");
    Plugin plugin =
        new Plugin(jar.bundle(), jar.version().toString(), copy.sha256(), name, tried.parts());
    UnaryOperator<Deployment> change = now -> Deployments.with(now, plugin);
    if (inside) {
      return store.commit(change);
    }
    Deployment next =
        store.place(copy.file(), copy.sha256(), Untrusted.child(plugins, name), change);
    listener.placed(name);
    return next;
  }

  private Intake.Copy copy(Path jar, String name) throws Refusal, IOException {
    if (!Untrusted.isPlainName(name)) {
      throw new Refusal(
          Refusal.Until.CHANGED,
          name + ": the name of the file has control characters or a backslash in it; rename it");
    }
    Intake.Copy copy = intake.copy(jar, name);
    steps.accept("copied " + name);
    return copy;
  }

  /** Retires a plugin and deletes its file; or takes away a jar that ended a process. */
  Deployment drop(String name) throws Refusal, IOException {
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
      Path file = plugins.resolve(ended.file());
      if (Untrusted.isPlainName(ended.file())
          && Files.isRegularFile(file)
          && DeploymentStore.hash(file).equals(ended.sha256())) {
        Files.delete(file);
      }
      marks.forgive(ended.sha256());
      problems.remove(ended.file());
    }
    if (found) {
      listener.changed();
    }
    return found;
  }

  /** Makes the plugins of an earlier deployment current again. */
  Deployment goBack(int number) throws Refusal, IOException {
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
        if (running.present(plugin.sha256()).isEmpty()) {
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

  /** The files that count as taken where what was taken can't be read; else empty. */
  private Map<String, String> unknown() throws IOException {
    try {
      store.current();
      return Map.of();
    } catch (IOException e) {
      Map<String, String> files = new TreeMap<>();
      for (Path jar : PluginFolder.jars(plugins)) {
        String name = jar.getFileName().toString();
        if (Untrusted.isPlainName(name) && Files.isRegularFile(jar)) {
          files.put(name, DeploymentStore.hash(jar));
        }
      }
      return files;
    }
  }

  /** Whether a part's plugin can be brought back. */
  boolean keeps(PartIdentity part) throws IOException {
    return kept.find(part).isPresent();
  }

  /** For those who have leased it; what is current stays what it is. */
  Deployment bringBack(PartIdentity part) throws Refusal, IOException {
    Optional<Plugin> found = kept.find(part);
    if (found.isEmpty()) {
      throw new Refusal(Refusal.Until.SURROUNDINGS, "no jar of " + part + " is in " + plugins);
    }
    Plugin plugin = found.get();
    if (running.present(plugin.sha256()).isEmpty()) {
      running.addLeaving(plugin.sha256(), restore(plugin, false));
    }
    settle(current);
    return current;
  }

  /**
   * Takes a plugin out of the store.
   *
   * @param asked whether somebody asked for it
   */
  private PluginTrial.Running restore(Plugin plugin, boolean asked) throws Refusal, IOException {
    return worker.doing(
        plugin.toString(),
        () -> {
          try (Intake.Copy copy = stored(plugin)) {
            records.requireHarmless(plugin.sha256(), asked);
            return restore(plugin, copy);
          }
        });
  }

  private PluginTrial.Running restore(Plugin plugin, Intake.Copy copy) throws Refusal, IOException {
    long begun = System.nanoTime();
    Optional<PluginJar> known = Optional.empty();
    try {
      JarStructure.require(copy.file(), plugin.toString(), limits);
      ClassVersions.require(copy.file(), plugin.toString(), Runtime.version().feature());
      verification.require(copy.file(), copy.sha256(), plugin.toString());
      PluginJar jar = PluginJar.read(copy.file(), plugin.toString());
      known = Optional.of(jar);
      boolean passed = records.last(plugin.sha256()).filter(ValidationResult::accepted).isPresent();
      PluginTrial.Running restored =
          trial.run(
              copy.file(), jar, plugin.sha256(), plugin.file(), records.passed(plugin.sha256()));
      if (!passed) {
        records.accepted(plugin.sha256(), plugin.file(), jar, restored.parts(), begun);
      }
      return restored;
    } catch (Refusal e) {
      records.refused(plugin.sha256(), plugin.file(), known, e, begun);
      throw e;
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

  /** A plugin whose content is lost. */
  static Refusal lost(Plugin plugin, Path jar, String what) {
    return new Refusal(
        Refusal.Until.SURROUNDINGS,
        plugin + ": its content " + jar + what + "; add its jar again.");
  }

  /** Brings the framework to a deployment: what can't be restored stays out, and is a problem. */
  void reconcile(Deployment wanted) {
    for (Plugin plugin : wanted.plugins()) {
      if (running.present(plugin.sha256()).isEmpty()) {
        try {
          running.add(plugin.sha256(), restore(plugin, false));
          problems.remove(plugin.toString());
        } catch (Refusal e) {
          refused(plugin.toString(), "", e);
        } catch (IOException e) {
          failed(plugin.toString(), "", Causes.of(e), e);
        } catch (RuntimeException e) {
          LOG.log(Level.DEBUG, "plugin " + plugin + " can't be restored", e);
          failed(plugin.toString(), "", e.toString(), e);
        }
      }
    }
    settle(wanted);
  }

  /** Brings the framework to what the store says. */
  void follow() throws IOException {
    reconcile(store.current());
  }

  /** Whether another container has made a deployment. */
  boolean isBehind() throws IOException {
    return store.pointer() != current.number();
  }

  /** Retires what belongs to a file that is gone. */
  void release(String file) throws IOException {
    problems.remove(file);
    settle(store.commit(before -> Deployments.withoutFile(before, file)));
  }

  /** Shows what is current, and lets go of what isn't. */
  private void settle(Deployment deployment) {
    boolean changed = !deployment.plugins().equals(current.plugins());
    running.admit(deployment.plugins().stream().map(Plugin::sha256).collect(Collectors.toSet()));
    current = deployment;
    steps.accept("admitted deployment " + deployment.number());
    problems.forget(plugin -> !Deployments.has(deployment, plugin));
    listener.changed();
    if (changed) {
      listener.surroundingsChanged();
    }
    if (!running.leaving().isEmpty()) {
      worker.schedule(this::retire, RunningPlugins.GRACE);
    }
  }

  /** Ends what nobody holds any more. */
  void retire() {
    if (running.retire()) {
      listener.changed();
      listener.surroundingsChanged();
    }
  }

  private void refused(String name, String file, Refusal refusal) {
    if (problems.put(name, file, refusal)) {
      listener.refused(name, Causes.of(refusal));
    }
    listener.changed();
  }

  /** Notes that something isn't in because of a fault that isn't the jar's. */
  void failed(String name, String file, String reason, Throwable thrown) {
    if (problems.put(name, file, reason, thrown)) {
      listener.refused(name, reason);
    }
    listener.changed();
  }
}
