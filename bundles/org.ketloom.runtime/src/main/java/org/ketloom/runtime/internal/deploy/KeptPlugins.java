package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.parts.PartIdentity;

/** The plugins of all deployments whose jars are in the store. */
final class KeptPlugins {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final DeploymentStore store;

  KeptPlugins(DeploymentStore store) {
    this.store = store;
  }

  /** The plugin that holds exactly what a part came from. */
  Optional<Plugin> find(PartIdentity part) throws IOException {
    List<Deployment> deployments = new ArrayList<>(store.all());
    Collections.reverse(deployments);
    Map<String, Plugin> named = new LinkedHashMap<>();
    for (Deployment deployment : deployments) {
      for (Plugin plugin : deployment.plugins()) {
        if (plugin.bundle().equals(part.bundle()) && plugin.version().equals(part.version())) {
          named.putIfAbsent(plugin.sha256(), plugin);
        }
      }
    }
    return named.values().stream().filter(plugin -> holds(plugin, part)).findFirst();
  }

  private boolean holds(Plugin plugin, PartIdentity part) {
    Path jar = store.jar(plugin.sha256());
    try {
      return Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS)
          && DeploymentStore.hash(jar).equals(plugin.sha256())
          && BundleHash.of(jar).equals(part.sha256());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, plugin + " in the store can't be read", e);
      return false;
    }
  }
}
