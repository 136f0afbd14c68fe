package org.ketloom.runtime.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: takes plugins into the running container and out of it. A jar that appears in the folder
 * of plugins is installed beside the version in use, resolved, started, checked, and only then made
 * current; the registry doesn't show it before. The version whose place it takes is retired when no
 * run leases it. Versions of another major number live side by side.
 *
 * <p>What is current is kept as numbered deployments on disk, beside the jars by their content: a
 * container that starts, or another one with the same folder, has the same plugins.
 */
@ProviderType
public interface Deployer {

  /**
   * All plugins of this container, and the files that were refused. Before anybody has asked for
   * the plugins (see {@link #awaitPlugins}), what the current deployment and earlier trials say; no
   * code of a plugin runs for that.
   */
  List<PluginStatus> plugins();

  /**
   * Takes in the plugins of the folder, where framework property {@code deploy.begin} is {@code
   * when-asked} and nobody has asked before, and waits until they are loaded; at most as long as
   * {@code deploy.launch} says, after which they are loaded while the caller goes on.
   *
   * @return what there is to tell: which plugins were left out and why, or that not all are loaded
   *     yet
   */
  List<Notice> awaitPlugins();

  /** All deployments, the current one last; empty before the first. */
  List<Deployment> deployments();

  /**
   * Takes a jar, and puts it into the folder of plugins.
   *
   * @return the deployment in which it is current
   * @throws IllegalStateException saying why the jar is refused; nothing has changed then
   * @throws IOException if the jar can't be read, or the folder can't be written
   */
  Deployment add(Path jar) throws IOException;

  /**
   * Retires a plugin, and deletes its file from the folder of plugins; its content stays in the
   * store for {@link #rollback}.
   *
   * @param name symbolic name, symbolic name and version, name of a part, or name of the file
   * @throws IllegalArgumentException if no plugin, or more than one, has the name
   * @throws IOException if the folder can't be written
   */
  Deployment remove(String name) throws IOException;

  /**
   * Makes the plugins of an earlier deployment current again. Files in the folder of plugins stay
   * as they are.
   *
   * @return a new deployment with these plugins
   * @throws IllegalArgumentException if there is no such deployment
   * @throws IllegalStateException saying which of its plugins is refused now; nothing has changed
   *     then
   * @throws IOException if the folder can't be written
   */
  Deployment rollback(int number) throws IOException;

  /**
   * What became of a plugin: since when it is current, or why it was refused.
   *
   * @param name symbolic name, name of a part or of a file, or beginning of the SHA-256
   * @throws IllegalArgumentException if nothing is known by that name
   */
  List<Notice> why(String name);
}
