package org.ketloom.runtime.internal.deploy;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** What File Install tells of the folder of plugins. */
final class FolderWatch implements ArtifactInstaller {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final String FILE_INSTALL = "org.apache.felix.fileinstall";

  private final BundleContext context;
  private final Path plugins;
  private final Consumer<Path> appeared;
  private final Consumer<String> disappeared;

  /**
   * It isn't watched yet.
   *
   * @param plugins the folder; null if there is none
   * @param appeared told of a jar that is new or has changed, on File Install's thread
   * @param disappeared told of the name of a file that is gone
   */
  FolderWatch(
      BundleContext context, Path plugins, Consumer<Path> appeared, Consumer<String> disappeared) {
    this.context = context;
    this.plugins = plugins;
    this.appeared = appeared;
    this.disappeared = disappeared;
  }

  @Override
  public boolean canHandle(File artifact) {
    try {
      return artifact.getName().endsWith(".jar")
          && Files.isSameFile(plugins, artifact.toPath().toAbsolutePath().getParent());
    } catch (IOException e) {
      // It is gone again. Nobody else may have it.
      return true;
    }
  }

  @Override
  public void install(File artifact) {
    appeared.accept(plugins.resolve(artifact.getName()));
  }

  @Override
  public void update(File artifact) {
    install(artifact);
  }

  @Override
  public void uninstall(File artifact) {
    disappeared.accept(artifact.getName());
  }

  /**
   * Lets File Install watch the folder. It installs by itself what nobody else handles, past all
   * checks: so it runs only while this handles the jars, by a service that ends with it.
   */
  void start() {
    if (context.getProperty("felix.fileinstall.dir") == null) {
      return;
    }
    Bundle bundle = fileInstall();
    if (bundle == null) {
      return;
    }
    try {
      bundle.start(Bundle.START_TRANSIENT);
      bundle.getBundleContext().registerService(ArtifactInstaller.class, this, null);
    } catch (BundleException | IllegalStateException e) {
      LOG.log(Level.WARNING, "the folder of plugins isn't watched: " + e.getMessage());
    }
  }

  private Bundle fileInstall() {
    return Arrays.stream(context.getBundles())
        .filter(b -> FILE_INSTALL.equals(b.getSymbolicName()))
        .findFirst()
        .orElse(null);
  }

  /** Lets the folder alone. */
  void stop() {
    Bundle watcher = fileInstall();
    if (watcher != null && context.getProperty("felix.fileinstall.dir") != null) {
      try {
        watcher.stop(Bundle.STOP_TRANSIENT);
      } catch (BundleException e) {
        LOG.log(Level.WARNING, "the folder of plugins can't be let alone: " + e.getMessage());
      }
    }
  }
}
