package org.ketloom.runtime.internal.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.error.Remedy;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.deploy.PluginStatus;

/** What became of a plugin, in sentences. */
final class PluginHistory {

  private static final Map<PluginStatus.State, String> WORDS =
      Map.of(
          PluginStatus.State.REFUSED, " is left out: ",
          PluginStatus.State.STUCK, " is stuck: ",
          PluginStatus.State.PENDING, ": ");

  private PluginHistory() {}

  /**
   * All that is known under a name; empty if that is nothing.
   *
   * @param name symbolic name, name of a part or of a file, or beginning of the SHA-256
   * @param now the plugins as they are
   * @param results what came out of their trials
   * @param all all deployments, the current one last
   */
  static List<Notice> of(
      String name, List<PluginStatus> now, List<ValidationResult> results, List<Deployment> all) {
    List<Notice> lines = new ArrayList<>();
    for (PluginStatus plugin : now) {
      if (plugin.state() == PluginStatus.State.RETIRING && isNamed(plugin, name)) {
        lines.add(
            new Notice(
                plugin.name()
                    + " is being retired"
                    + (plugin.detail().isEmpty() ? "." : ": " + plugin.detail() + ".")));
      }
    }
    for (PluginStatus plugin : now) {
      if (plugin.state() == PluginStatus.State.CURRENT
          && !plugin.detail().isEmpty()
          && (plugin.file().equals(name) || isNamed(plugin, name))) {
        lines.add(plugin.notice());
      }
    }
    for (PluginStatus plugin : now) {
      // What is deployed and can't be restored here; what a trial refused is told by its result.
      if (WORDS.containsKey(plugin.state())
          && (plugin.file().equals(name) || isNamed(plugin, name))
          && results.stream().noneMatch(v -> v.refusal().equals(plugin.detail()))) {
        lines.add(
            new Notice(
                plugin.name() + WORDS.get(plugin.state()) + plugin.detail(), plugin.remedies()));
      }
    }
    for (ValidationResult result : results) {
      if (matches(result, name)) {
        lines.add(explain(result, all));
      }
    }
    return lines;
  }

  private static boolean isNamed(PluginStatus plugin, String name) {
    return plugin.name().equals(name)
        || plugin.name().startsWith(name + " ")
        || plugin.parts().stream().anyMatch(p -> p.endsWith(" " + name));
  }

  private static boolean matches(ValidationResult result, String name) {
    return result.file().equals(name)
        || result.bundle().equals(name)
        || result.bundle().startsWith(name + " ")
        || name.length() >= 6 && result.sha256().startsWith(name)
        || result.parts().stream().anyMatch(p -> p.equals(name) || p.endsWith(" " + name));
  }

  private static Notice explain(ValidationResult result, List<Deployment> all) {
    String what =
        result.name()
            + " (SHA-256 "
            + result.sha256().substring(0, 12)
            + ", from "
            + result.file()
            + ")";
    String when = result.time().toString().replaceFirst("\\.\\d+Z$", "Z");
    if (!result.accepted()) {
      return new Notice(
          what + " was refused at " + when + ": " + result.refusal(), result.remedies());
    }
    Optional<Deployment> last = Optional.empty();
    Optional<Deployment> first = Optional.empty();
    for (Deployment deployment : all) {
      boolean in = deployment.plugins().stream().anyMatch(p -> p.sha256().equals(result.sha256()));
      if (in) {
        first = first.isPresent() && last.isEmpty() ? first : Optional.of(deployment);
        last = Optional.empty();
      } else if (first.isPresent() && last.isEmpty()) {
        last = Optional.of(deployment);
      }
    }
    String passed =
        " passed its checks in "
            + result.millis()
            + " ms at "
            + when
            + (result.parts().isEmpty()
                ? "; it brings no part"
                : "; it brings " + String.join(", ", result.parts()));
    if (first.isEmpty()) {
      return new Notice(what + passed + ". It isn't part of any deployment.");
    }
    if (last.isEmpty()) {
      return new Notice(
          what + passed + ". It has been current since deployment " + first.get().number() + ".");
    }
    Deployment out = last.get();
    return new Notice(
        what
            + passed
            + ". It was current until deployment "
            + out.number()
            + " ("
            + out.reason()
            + ").",
        List.of(new Remedy.GoBack(out.number() - 1)));
  }
}
