package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.ketloom.files.Causes;
import org.ketloom.files.FolderPoll;
import org.ketloom.files.RegularFile;
import org.osgi.framework.Version;

/**
 * Follows the folder of plugins and its store, and tries again what was kept out by something that
 * has changed. For the deployer's thread alone.
 */
final class PluginFolder {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** How often the store is looked at for what other containers deployed. */
  private static final Duration FOLLOW = Duration.ofSeconds(1);

  /** Changes of the surroundings often come several at once. */
  private static final Duration SETTLING = Duration.ofMillis(100);

  private final Path plugins;
  private final DeploymentStore store;
  private final JarVerification verification;
  private final DeployedPlugins deployed;
  private final Problems problems;
  private final LateServices late;
  private final Worker worker;
  private final FolderPoll poll;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private FileTime verified;
  private String warned = "";
  private boolean retrying;
  private boolean outdated;

  /** Doesn't watch it yet. */
  PluginFolder(
      Path plugins,
      DeploymentStore store,
      JarVerification verification,
      DeployedPlugins deployed,
      Problems problems,
      LateServices late,
      Worker worker) {
    this.plugins = plugins;
    this.store = store;
    this.verification = verification;
    this.deployed = deployed;
    this.problems = problems;
    this.late = late;
    this.worker = worker;
    this.poll = new FolderPoll(plugins, PluginFolder::isJar);
    this.verified = verification.changed();
  }

  private static boolean isJar(String name) {
    return name.endsWith(".jar");
  }

  /** The jars in a folder of plugins, in the order of their names. */
  static List<Path> jars(Path plugins) throws IOException {
    return new FolderPoll(plugins, PluginFolder::isJar).take();
  }

  /** Completed when all that was there at first has been tried. */
  CompletableFuture<Void> begun() {
    return begun;
  }

  /**
   * Takes in what is deployed and what is in the folder, and follows it from then on. What is asked
   * for meanwhile has its turn between two jars.
   *
   * @param interval time between two looks at the folder
   */
  void begin(Duration interval) {
    clean();
    List<Runnable> rest = new ArrayList<>();
    try {
      deployed.follow();
      List<Path> jars = poll.take();
      // The last one of a major version that appears is current.
      jars.stream()
          .collect(Collectors.groupingBy(PluginFolder::version, TreeMap::new, Collectors.toList()))
          .values()
          .forEach(same -> same.forEach(jar -> rest.add(() -> appeared(jar))));
      rest.add(
          () -> {
            for (String name : List.copyOf(deployed.current().files().keySet())) {
              if (!jars.contains(plugins.resolve(name))) {
                disappeared(name);
              }
            }
          });
    } catch (IOException e) {
      deployed.failed(name(), "", Causes.of(e), e);
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      deployed.failed(name(), "", e.toString(), e);
      throw e;
    } finally {
      rest.add(
          () -> {
            worker.repeat(this::look, interval);
            worker.repeat(this::followStore, FOLLOW);
            begun.complete(null);
          });
      worker.oneByOne(rest.iterator());
    }
  }

  private String name() {
    return "the folder " + plugins;
  }

  private void clean() {
    try {
      store.clean();
    } catch (IOException | DirectoryIteratorException e) {
      // They are in nobody's way.
      LOG.log(Level.DEBUG, "temporary files stay in " + plugins, e);
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

  /** Looks for files that have changed. */
  void look() {
    try {
      FolderPoll.Changes changes = poll.look();
      changes.gone().forEach(file -> disappeared(file.getFileName().toString()));
      changes.appeared().forEach(this::appeared);
    } catch (IOException e) {
      warn(e);
    }
  }

  /** What is in the file has been taken already. */
  void taken(String file) {
    poll.take(file);
  }

  /** Another container may have made a deployment, somebody may have changed what is trusted. */
  private void followStore() {
    try {
      FileTime since = verification.changed();
      if (!since.equals(verified)) {
        verified = since;
        surroundingsChanged();
      }
      List<String> known = new ArrayList<>(deployed.current().files().keySet());
      problems.all().stream()
          .filter(Problems.Problem::isOfFile)
          .map(Problems.Problem::file)
          .forEach(known::add);
      for (String name : known) {
        release(name);
      }
      requireStore();
      if (deployed.isBehind()) {
        deployed.follow();
      }
      warned = "";
    } catch (IOException e) {
      warn(e);
    }
  }

  private void warn(IOException e) {
    String warning = "the plugins in " + plugins + " can't be followed: " + Causes.of(e);
    if (!warning.equals(warned)) {
      LOG.log(Level.WARNING, warning);
    }
    warned = warning;
  }

  /** A folder that isn't there, such as a lost mount, isn't one that was emptied. */
  private void requireStore() throws IOException {
    Path folder = store.folder().path();
    if (deployed.current().number() > 0 && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is gone; what is current stays until the container ends");
    }
  }

  private void appeared(Path jar) {
    String name = jar.getFileName().toString();
    try {
      deployed.take(jar, false);
    } catch (Refusal e) {
      LOG.log(Level.DEBUG, e.getMessage());
    } catch (NoSuchFileException e) {
      // It is gone again; that is told next.
      LOG.log(Level.DEBUG, "{0} is gone again", name);
    } catch (IOException | RuntimeException | LinkageError | VirtualMachineError e) {
      if (worker.isStopped()) {
        LOG.log(Level.DEBUG, "interrupted: the deployer ends", e);
      } else if (e instanceof IOException io) {
        deployed.failed(name, name, Causes.of(io), io);
      } else {
        LOG.log(Level.WARNING, "plugin " + name + " can't be taken", e);
        deployed.failed(name, name, e.toString(), e);
      }
    }
  }

  private void disappeared(String name) {
    try {
      release(name);
    } catch (IOException e) {
      // It is tried again whenever the store is looked at.
      LOG.log(Level.DEBUG, "plugin " + name + " can't be retired", e);
    }
  }

  /** Retires what belongs to a file, if that is certainly gone. */
  private void release(String name) throws IOException {
    if (Files.notExists(plugins.resolve(name))) {
      requireStore();
      deployed.release(name);
    }
  }

  /** Something has changed that may have kept others out. May be called on any thread. */
  void surroundingsChanged() {
    worker.submit(
        () -> {
          outdated = true;
          if (!retrying) {
            retrying = true;
            worker.schedule(
                () -> {
                  retrying = false;
                  tryAgain();
                },
                SETTLING);
          }
        });
  }

  /**
   * Tries again what was refused because of something else than its content, if that has changed.
   */
  void tryAgain() {
    if (!outdated) {
      return;
    }
    outdated = false;
    late.tryAgain();
    List<Problems.Problem> again = problems.ofSurroundings();
    if (again.stream().anyMatch(p -> !p.isOfFile())) {
      try {
        deployed.follow();
      } catch (IOException e) {
        deployed.failed(name(), "", Causes.of(e), e);
      }
    }
    for (Problems.Problem problem : again) {
      if (problem.isOfFile() && Files.exists(plugins.resolve(problem.file()))) {
        appeared(plugins.resolve(problem.file()));
      }
    }
  }
}
