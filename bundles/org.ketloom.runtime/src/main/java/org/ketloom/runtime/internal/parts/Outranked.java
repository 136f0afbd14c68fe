package org.ketloom.runtime.internal.parts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Bundle;

/**
 * What plugins register under names that parts of Ketloom have, and their engines where Ketloom has
 * one: it comes last, unless the user lets the plugin go first.
 */
final class Outranked {
  // By service and claim: whether two parts are equal is for the code of their plugins to say.
  private final Set<String> parts = new HashSet<>();
  private final Map<Bundle, List<String>> remarks = new HashMap<>();

  /**
   * Looks through services.
   *
   * @param replacing symbolic names of the plugins that may go first
   */
  Outranked(Collection<TrackedService> services, Set<String> replacing) {
    Set<String> taken = new HashSet<>();
    services.stream()
        .filter(service -> !service.isPlugins())
        .flatMap(service -> service.parts().stream())
        .forEach(part -> taken.add(claim(part)));
    for (TrackedService service : services) {
      if (service.isPlugins() && !replacing.contains(service.bundle().getSymbolicName())) {
        service.parts().stream()
            .filter(part -> taken.contains(claim(part)))
            .forEach(
                part -> {
                  parts.add(key(part));
                  remarks
                      .computeIfAbsent(service.bundle(), bundle -> new ArrayList<>())
                      .add(remark(part));
                });
      }
    }
  }

  /** What there is one of: a name of a kind, or the engine. */
  private static String claim(RegisteredPart part) {
    return isEngine(part) ? "engine" : part.kind() + " \"" + part.name() + "\"";
  }

  private static String key(RegisteredPart part) {
    return part.serviceId() + " " + claim(part);
  }

  private static boolean isEngine(RegisteredPart part) {
    return part.kind().equals(QuantumEngine.KIND);
  }

  private static String remark(RegisteredPart part) {
    return remark(
        part.kind() + " \"" + part.name() + "\"",
        isEngine(part),
        part.bundle(),
        part.version().toString());
  }

  private static String remark(String what, boolean isEngine, String bundle, String version) {
    return what
        + " of plugin "
        + bundle
        + " "
        + version
        + (isEngine
            ? " stands beside Ketloom's own engine, which stays the first choice."
            : " bears the name of a part of Ketloom, which stays the first choice. A Blueprint gets"
                + " it by a range that holds its version alone.")
        + " To let the plugin go first, set deploy.replace="
        + bundle
        + " in conf/ketloom.properties.";
  }

  /**
   * A sentence for each part that a plugin would bring and that would come last.
   *
   * @param ketlooms the services that aren't plugins'
   * @param brings what the plugin brings, as {@code ansatz ladder}
   */
  static List<String> remarks(
      Collection<TrackedService> ketlooms, String bundle, String version, List<String> brings) {
    Set<String> taken = new HashSet<>();
    ketlooms.stream()
        .flatMap(service -> service.parts().stream())
        .forEach(part -> taken.add(claim(part)));
    List<String> remarks = new ArrayList<>();
    for (String part : brings) {
      int space = part.indexOf(' ');
      String kind = space < 0 ? part : part.substring(0, space);
      String what = kind + " \"" + part.substring(space + 1) + "\"";
      boolean isEngine = kind.equals(QuantumEngine.KIND.name());
      if (taken.contains(isEngine ? "engine" : what)) {
        remarks.add(remark(what, isEngine, bundle, version));
      }
    }
    return remarks;
  }

  boolean contains(RegisteredPart part) {
    return parts.contains(key(part));
  }

  /** A sentence for each, by plugin. */
  Map<Bundle, List<String>> remarks() {
    return Map.copyOf(remarks);
  }
}
