package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.deploy.PluginStatus.State;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.parts.PartRegistry;

/**
 * What is shown of plugins: of those that run here, or of those that the store and the folder have.
 */
final class PluginStatuses {
  private final PartRegistry registry;
  private final PartGate gate;

  PluginStatuses(PartRegistry registry, PartGate gate) {
    this.registry = registry;
    this.gate = gate;
  }

  /** The plugins of a deployment that this framework was brought to; the deployer's thread asks. */
  List<PluginStatus> running(
      Deployment current, RunningPlugins running, Problems problems, List<PluginStatus> stuck) {
    List<PluginStatus> status = new ArrayList<>();
    for (Plugin plugin : current.plugins()) {
      Optional<PluginTrial.Running> active = running.active(plugin.sha256());
      if (active.isPresent()) {
        status.add(current(plugin, gate.remarks(active.get().bundle())));
      } else if (!problems.has(plugin.toString())) {
        status.add(
            new PluginStatus(
                plugin.toString(),
                plugin.file(),
                State.REFUSED,
                plugin.parts(),
                "its bundle was stopped or uninstalled by hand",
                List.of(new Remedy.GoBack(current.number()))));
      }
    }
    for (PluginTrial.Running plugin : running.leaving()) {
      List<String> holders = running.holders(plugin);
      status.add(
          new PluginStatus(
              PluginDiagnosis.name(plugin.bundle()),
              "",
              State.RETIRING,
              plugin.parts(),
              holders.isEmpty() ? "" : "held by " + String.join(", ", holders)));
    }
    for (Problems.Problem problem : problems.all()) {
      status.add(
          new PluginStatus(
              problem.name(),
              problem.file(),
              State.REFUSED,
              List.of(),
              problem.reason(),
              problem.remedies()));
    }
    status.addAll(stuck);
    return List.copyOf(status);
  }

  private PluginStatus current(Plugin plugin, List<String> remarks) {
    return new PluginStatus(
        plugin.toString(),
        plugin.file(),
        State.CURRENT,
        plugin.parts(),
        String.join(
            " ",
            Stream.concat(remarks.stream(), hidden("bundle " + plugin.bundle()).stream())
                .toList()));
  }

  /**
   * Sentences about parts that have their name and version twice, of a plugin or of a name.
   *
   * @param what {@code bundle example.ladder} or a part's name in quotes
   */
  List<String> hidden(String what) {
    return registry.hidden().stream()
        .filter(line -> line.contains(what + " ") || line.contains(what + ","))
        .map(line -> line + ".")
        .toList();
  }

  /**
   * The plugins of the current deployment and the files in the folder, as the store and earlier
   * trials say. Nothing of them runs.
   *
   * @param most the most bytes that a jar may have
   */
  List<PluginStatus> stored(
      Path plugins, DeploymentStore store, TrialRecords records, TrialMarks marks, long most)
      throws IOException {
    List<PluginStatus> status = new ArrayList<>();
    Deployment current;
    try {
      current = store.current();
    } catch (IOException e) {
      // What lies in the folder is told nevertheless.
      current = Deployment.NONE;
      status.add(
          new PluginStatus(
              "the folder " + plugins,
              "",
              State.REFUSED,
              List.of(),
              Causes.of(e),
              HasRemedies.of(e)));
    }
    for (Plugin plugin : current.plugins()) {
      status.add(stored(plugin, store, records, marks));
    }
    for (Path jar : PluginFolder.jars(plugins)) {
      String name = Untrusted.printable(jar.getFileName().toString());
      Optional<String> sha256 = hash(jar, most);
      if (sha256.isEmpty() || !sha256.get().equals(current.files().get(name))) {
        status.add(
            sha256
                .flatMap(content -> refusal(name, name, content, List.of(), records, marks))
                .orElseGet(
                    () ->
                        new PluginStatus(
                            name,
                            name,
                            State.PENDING,
                            List.of(),
                            "it hasn't been checked yet; the next command that works with parts"
                                + " does that")));
      }
    }
    return List.copyOf(status);
  }

  private PluginStatus stored(
      Plugin plugin, DeploymentStore store, TrialRecords records, TrialMarks marks) {
    if (!Files.isRegularFile(store.jar(plugin.sha256()), LinkOption.NOFOLLOW_LINKS)) {
      return new PluginStatus(
          plugin.toString(),
          plugin.file(),
          State.REFUSED,
          plugin.parts(),
          Causes.of(DeployedPlugins.lost(plugin, store.jar(plugin.sha256()), " is gone")));
    }
    return refusal(
            plugin.toString(), plugin.file(), plugin.sha256(), plugin.parts(), records, marks)
        .orElseGet(
            () -> current(plugin, gate.remarks(plugin.bundle(), plugin.version(), plugin.parts())));
  }

  /** How a jar was refused the last time, or ended the process. */
  private static Optional<PluginStatus> refusal(
      String name,
      String file,
      String sha256,
      List<String> parts,
      TrialRecords records,
      TrialMarks marks) {
    return marks
        .ended(sha256)
        .map(
            ended ->
                new PluginStatus(
                    name, file, State.REFUSED, parts, ended.reason(), ended.remedies()))
        .or(
            () ->
                records
                    .last(sha256)
                    .filter(result -> !result.accepted())
                    .map(
                        result ->
                            new PluginStatus(
                                name,
                                file,
                                State.REFUSED,
                                parts,
                                result.refusal(),
                                result.remedies())));
  }

  private static Optional<String> hash(Path jar, long most) {
    try {
      return RegularFile.require(jar).size() > most
          ? Optional.empty()
          : Optional.of(DeploymentStore.hash(jar));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
