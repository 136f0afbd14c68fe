package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.parts.PartArchive;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;

/**
 * The parts that a checkpoint was trained with, which may be gone: they are brought back where
 * their content is kept. What can't be brought back may be replaced by what makes the same
 * circuits.
 */
final class FormerParts {
  private final PartRegistry registry;
  private final Supplier<Optional<PartArchive>> archive;
  private final Map<String, PartIdentity> parts;
  private final Map<String, String> circuits;
  private final Map<String, String> refusals = new LinkedHashMap<>();

  /**
   * @param parts by path, leased by the caller
   * @param circuits fingerprints of the circuits that they made; empty if they aren't known
   */
  FormerParts(
      PartRegistry registry,
      Supplier<Optional<PartArchive>> archive,
      Map<String, PartIdentity> parts,
      Map<String, String> circuits) {
    this.registry = registry;
    this.archive = archive;
    this.parts = parts;
    this.circuits = circuits;
  }

  /** Brings back what is gone and kept; why that didn't work is told by {@link #fault}. */
  void restore() {
    Optional<PartArchive> present = archive.get();
    parts.forEach(
        (path, part) -> {
          if (!isThere(path, part) && present.isPresent() && present.get().keeps(part)) {
            try {
              present.get().restore(part);
            } catch (IllegalStateException | IOException e) {
              refusals.put(path, e.getMessage());
            }
          }
        });
  }

  private boolean isThere(String path, PartIdentity part) {
    if (path.equals("engine")) {
      return registry.engines().stream()
          .filter(e -> e.bundle().equals(part.bundle()))
          .anyMatch(e -> registry.identity(e).equals(part));
    }
    return registry.parts().stream()
        .filter(p -> p.name().equals(part.name()) && p.bundle().equals(part.bundle()))
        .anyMatch(p -> registry.identity(p).equals(part));
  }

  /** The names of the circuits that others make differently. */
  List<String> different(Map<String, String> others) {
    if (circuits.isEmpty()) {
      return List.of();
    }
    TreeSet<String> names = new TreeSet<>(circuits.keySet());
    names.addAll(others.keySet());
    names.removeIf(name -> others.getOrDefault(name, "").equals(circuits.get(name)));
    return List.copyOf(names);
  }

  /**
   * What is wrong with others in their place, in one line.
   *
   * @param now what there is by path
   * @param names the circuits that differ
   */
  String fault(Map<String, PartIdentity> now, List<String> names) {
    List<String> gone = new ArrayList<>();
    Changes.different(parts, now)
        .forEach(
            (path, part) -> {
              String refusal = refusals.get(path);
              gone.add(
                  path
                      + " of "
                      + part
                      + (refusal == null
                          ? ", which is gone"
                          : ", which can't be brought back (" + refusal + ")")
                      + "; there is "
                      + (now.containsKey(path) ? now.get(path) : "none"));
            });
    return "was trained with "
        + (gone.isEmpty()
            ? "parts that describe their circuits differently now"
            : String.join(", and with ", gone))
        + ", and circuit \""
        + String.join("\", \"", names)
        + "\" would be a different one";
  }
}
