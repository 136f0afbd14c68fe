package org.ketloom.runtime.internal.deploy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.internal.text.Suggestion;
import org.osgi.framework.Version;

/** What comes after a deployment. The store gives it number and time. */
final class Deployments {
  private Deployments() {}

  /** The deployment in which a plugin takes the place of those of its major version or file. */
  static Deployment with(Deployment before, Plugin plugin) {
    int major = Version.parseVersion(plugin.version()).getMajor();
    List<Plugin> replaced =
        before.plugins().stream()
            .filter(
                p ->
                    p.file().equals(plugin.file())
                        || p.bundle().equals(plugin.bundle())
                            && Version.parseVersion(p.version()).getMajor() == major)
            .toList();
    List<Plugin> next = new ArrayList<>(before.plugins());
    if (!replaced.equals(List.of(plugin))) {
      next.removeAll(replaced);
      next.add(plugin);
    }
    Map<String, String> files = new TreeMap<>(before.files());
    files.put(plugin.file(), plugin.sha256());
    String instead =
        replaced.stream()
            .filter(p -> !p.sha256().equals(plugin.sha256()))
            .map(p -> p.bundle().equals(plugin.bundle()) ? p.version() : p.toString())
            .collect(Collectors.joining(", "));
    return new Deployment(
        0,
        Instant.EPOCH,
        plugin + (instead.isEmpty() ? " is new" : " instead of " + instead),
        next,
        files);
  }

  /** The deployment without a plugin and its file. */
  static Deployment without(Deployment before, Plugin plugin) {
    Map<String, String> files = new TreeMap<>(before.files());
    files.remove(plugin.file(), plugin.sha256());
    return new Deployment(
        0,
        Instant.EPOCH,
        plugin + " was removed",
        before.plugins().stream().filter(p -> !p.equals(plugin)).toList(),
        files);
  }

  /** The deployment without a file and what belongs to it. */
  static Deployment withoutFile(Deployment before, String file) {
    Map<String, String> files = new TreeMap<>(before.files());
    files.remove(file);
    List<Plugin> left = before.plugins().stream().filter(p -> !p.file().equals(file)).toList();
    return new Deployment(0, Instant.EPOCH, file + " was removed", left, files);
  }

  /** The deployment with the plugins of an earlier one; the files are what they are. */
  static Deployment back(Deployment before, Deployment target) {
    return new Deployment(
        0,
        Instant.EPOCH,
        "back to deployment " + target.number(),
        target.plugins().stream().map(p -> tied(p, before.files())).toList(),
        before.files());
  }

  /** A plugin belongs to a file if that has its content. */
  private static Plugin tied(Plugin plugin, Map<String, String> files) {
    String file = plugin.sha256().equals(files.get(plugin.file())) ? plugin.file() : "";
    return new Plugin(plugin.bundle(), plugin.version(), plugin.sha256(), file, plugin.parts());
  }

  /**
   * The plugin of a name: of a bundle, with or without version, of a part or of a file.
   *
   * @throws IllegalArgumentException if none has it, or more than one
   */
  static Plugin find(Deployment deployment, String name) {
    List<Plugin> found = deployment.plugins().stream().filter(p -> isNamed(p, name)).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          found.isEmpty()
              ? "no plugin is called \""
                  + name
                  + "\"; "
                  + Suggestion.among(
                      name, deployment.plugins().stream().map(Plugin::bundle).distinct().toList())
              : "\""
                  + name
                  + "\" is more than one plugin: "
                  + found.stream().map(Plugin::toString).collect(Collectors.joining(", "))
                  + "; give the version too, as \""
                  + found.get(0)
                  + "\"");
    }
    return found.get(0);
  }

  /**
   * Whether a user may mean a plugin by this name: its bundle, with or without version, part or
   * file.
   */
  static boolean isNamed(Plugin plugin, String name) {
    return plugin.bundle().equals(name)
        || plugin.toString().equals(name)
        || plugin.file().equals(name)
        || plugin.parts().stream().anyMatch(p -> p.equals(name) || p.endsWith(" " + name));
  }

  /** Whether a plugin is in it, by symbolic name and version. */
  static boolean has(Deployment deployment, String plugin) {
    return deployment.plugins().stream().anyMatch(p -> p.toString().equals(plugin));
  }
}
