package org.ketloom.runtime.internal.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Causes;
import org.ketloom.files.Untrusted;

/**
 * What is left out: jars, and plugins of the current deployment. For the deployer's thread alone.
 */
final class Problems {

  /**
   * A jar or plugin that is left out.
   *
   * @param name what people call it
   * @param file name of its file in the folder of plugins; empty if it comes from the store
   * @param until what may change it
   * @param reason why, in sentences
   * @param remedies what can be done
   */
  record Problem(
      String name, String file, Refusal.Until until, String reason, List<Remedy> remedies) {
    boolean isOfFile() {
      return !file.isEmpty();
    }
  }

  private final Map<String, Problem> problems = new LinkedHashMap<>();

  /**
   * Records one in place of what was known under its name.
   *
   * @return whether it is new
   */
  boolean put(String name, String file, Refusal refusal) {
    return put(name, file, refusal.until(), Causes.of(refusal), refusal.remedies());
  }

  /** As {@link #put(String, String, Refusal)}, for what another bundle or run may change. */
  boolean put(String name, String file, String reason, Throwable thrown) {
    return put(name, file, Refusal.Until.SURROUNDINGS, reason, HasRemedies.of(thrown));
  }

  private boolean put(
      String name, String file, Refusal.Until until, String reason, List<Remedy> remedies) {
    Problem problem = new Problem(name, file, until, Untrusted.printable(reason), remedies);
    Problem before = problems.put(name, problem);
    return before == null || !before.reason().equals(problem.reason());
  }

  void remove(String name) {
    problems.remove(name);
  }

  /** Forgets plugins of deployments that aren't wanted any more. */
  void forget(Predicate<String> plugins) {
    problems.values().removeIf(p -> !p.isOfFile() && plugins.test(p.name()));
  }

  boolean has(String name) {
    return problems.containsKey(name);
  }

  /** All, the oldest first. */
  Collection<Problem> all() {
    return List.copyOf(problems.values());
  }

  /** Those that something else than their content may end. */
  List<Problem> ofSurroundings() {
    List<Problem> found = new ArrayList<>(problems.values());
    found.removeIf(p -> p.until() != Refusal.Until.SURROUNDINGS);
    return found;
  }
}
