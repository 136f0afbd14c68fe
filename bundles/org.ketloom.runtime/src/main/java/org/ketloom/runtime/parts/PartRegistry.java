package org.ketloom.runtime.parts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: what is registered at the moment. Every answer is an immutable snapshot.
 *
 * <p>Where several parts of one kind have one name, those of plugins come after Ketloom's own,
 * unless framework property {@code deploy.replace} has the plugin's symbolic name. Apart from that
 * those that the deployer retires come last, the one with the highest version comes first, of equal
 * versions the one with the lowest service id, that is, the one that was there first. Parts on
 * trial are not there.
 */
@ProviderType
public interface PartRegistry {

  /**
   * The kinds of parts that are known, each name once: those of the platform in the order encoding,
   * ansatz, observable, model, dataset, engine, then those that bundles bring (see {@link
   * org.ketloom.api.part.PartKindProvider}) by name.
   */
  List<PartKind> kinds();

  /**
   * All parts: by kind in the order of {@link #kinds}, then by name, then the first choice first.
   */
  List<RegisteredPart> parts();

  /** The parts of one kind: by name, then the first choice first. */
  default List<RegisteredPart> parts(PartKind kind) {
    return parts().stream().filter(p -> p.kind().name().equals(kind.name())).toList();
  }

  /** The kinds that have a part of a name, for people who name it where another kind belongs. */
  default List<PartKind> kindsOf(String name) {
    return parts().stream()
        .filter(part -> part.name().equals(name))
        .map(RegisteredPart::kind)
        .distinct()
        .toList();
  }

  /**
   * The first choice of a part.
   *
   * @param versionRange OSGi version range; empty for any
   * @throws IllegalArgumentException if the range can't be read
   */
  Optional<RegisteredPart> find(PartKind kind, String name, String versionRange);

  /**
   * All engines, the first choice first: those of plugins come after Ketloom's own, as parts do;
   * apart from that those that the deployer retires come last, then the highest service ranking
   * decides, then the highest version, then the lowest service id.
   */
  List<RegisteredPart> engines();

  /** The first choice of the engines. */
  default Optional<RegisteredPart> engine() {
    return engines().stream().findFirst();
  }

  /**
   * One line for each part that another of the same kind, name and version hides: no Blueprint can
   * ask for it, whatever range it gives.
   */
  default List<String> hidden() {
    List<RegisteredPart> parts = parts();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      RegisteredPart part = parts.get(i);
      parts.subList(0, i).stream()
          .filter(
              p ->
                  p.kind().equals(part.kind())
                      && p.name().equals(part.name())
                      && p.version().equals(part.version()))
          .findFirst()
          .ifPresent(
              first ->
                  lines.add(
                      part.kind()
                          + " \""
                          + part.name()
                          + "\" "
                          + part.version()
                          + " of bundle "
                          + part.bundle()
                          + " is hidden by that of bundle "
                          + first.bundle()
                          + ", which has the same name and version; give one of them another"));
    }
    return lines;
  }

  /** One line per service that looked like a part, or a kind, and was left out, with the reason. */
  List<String> refused();

  /**
   * One sentence for each part or engine of a plugin that comes after one of Ketloom's own,
   * whatever its version or ranking.
   */
  default List<String> outranked() {
    return List.of();
  }

  /** The bundle that a part came from, with the hash of its content. */
  PartIdentity identity(RegisteredPart part);

  /** Calls a listener after each change, on the thread that caused it; it should be quick. */
  void addListener(Runnable listener);

  /** Forgets a listener. */
  void removeListener(Runnable listener);
}
