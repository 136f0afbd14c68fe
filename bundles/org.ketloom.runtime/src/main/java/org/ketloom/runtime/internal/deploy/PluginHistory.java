package org.ketloom.runtime.internal.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.PluginStatus;

/** What became of a plugin, in sentences. */
final class PluginHistory {

  private PluginHistory() {}

  /**
   * All that is known under a name; empty if that is nothing.
   *
   * @param name symbolic name, name of a part or of a file, or beginning of the SHA-256
   * @param now the plugins as they are
   * @param verdicts what came out of their trials
   * @param all all deployments, the current one last
   */
  static List<String> of(
      String name,
      List<PluginStatus> now,
      List<DeploymentStore.Verdict> verdicts,
      List<Deployment> all) {
    List<String> lines = new ArrayList<>();
    for (PluginStatus plugin : now) {
      if (plugin.state() == PluginStatus.State.RETIRING && isNamed(plugin, name)) {
        lines.add(
            plugin.name()
                + " is being retired"
                + (plugin.detail().isEmpty() ? "." : ": " + plugin.detail() + "."));
      }
    }
    for (PluginStatus plugin : now) {
      if (plugin.state() == PluginStatus.State.CURRENT
          && !plugin.detail().isEmpty()
          && (plugin.file().equals(name) || isNamed(plugin, name))) {
        lines.add(plugin.detail());
      }
    }
    for (PluginStatus plugin : now) {
      // What is deployed and can't be restored here; what a trial refused is told by its verdict.
      if (plugin.state() == PluginStatus.State.REFUSED
          && (plugin.file().equals(name) || isNamed(plugin, name))
          && verdicts.stream().noneMatch(v -> v.refusal().equals(plugin.detail()))) {
        lines.add(plugin.name() + " is left out: " + plugin.detail());
      }
    }
    for (DeploymentStore.Verdict verdict : verdicts) {
      if (matches(verdict, name)) {
        lines.add(explain(verdict, all));
      }
    }
    return lines;
  }

  private static boolean isNamed(PluginStatus plugin, String name) {
    return plugin.name().equals(name)
        || plugin.name().startsWith(name + " ")
        || plugin.parts().stream().anyMatch(p -> p.endsWith(" " + name));
  }

  private static boolean matches(DeploymentStore.Verdict verdict, String name) {
    return verdict.file().equals(name)
        || verdict.bundle().equals(name)
        || verdict.bundle().startsWith(name + " ")
        || name.length() >= 6 && verdict.sha256().startsWith(name)
        || verdict.parts().stream().anyMatch(p -> p.equals(name) || p.endsWith(" " + name));
  }

  private static String explain(DeploymentStore.Verdict verdict, List<Deployment> all) {
    String what =
        (verdict.bundle().isEmpty() ? verdict.file() : verdict.bundle())
            + " (SHA-256 "
            + verdict.sha256().substring(0, 12)
            + ", from "
            + verdict.file()
            + ")";
    String when = verdict.time().toString().replaceFirst("\\.\\d+Z$", "Z");
    if (!verdict.accepted()) {
      return what + " was refused at " + when + ": " + verdict.refusal();
    }
    Optional<Deployment> last = Optional.empty();
    Optional<Deployment> first = Optional.empty();
    for (Deployment deployment : all) {
      boolean in = deployment.plugins().stream().anyMatch(p -> p.sha256().equals(verdict.sha256()));
      if (in) {
        first = first.isPresent() && last.isEmpty() ? first : Optional.of(deployment);
        last = Optional.empty();
      } else if (first.isPresent() && last.isEmpty()) {
        last = Optional.of(deployment);
      }
    }
    String passed =
        " passed its checks in "
            + verdict.millis()
            + " ms at "
            + when
            + (verdict.parts().isEmpty()
                ? "; it brings no part"
                : "; it brings " + String.join(", ", verdict.parts()));
    if (first.isEmpty()) {
      return what + passed + ". It isn't part of any deployment.";
    }
    return what
        + passed
        + ". "
        + last.map(
                d ->
                    "It was current until deployment "
                        + d.number()
                        + " ("
                        + d.reason()
                        + "); `ketloom deploy rollback "
                        + (d.number() - 1)
                        + "` brings it back.")
            .orElse("It is current since deployment " + first.get().number() + ".");
  }
}
