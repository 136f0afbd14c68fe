package org.ketloom.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ketloom.diagnosis.Candidate;
import org.ketloom.diagnosis.MissingRequirement;
import org.ketloom.diagnosis.ResolveDiagnosis;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/**
 * Says why bundles of features don't resolve, and which features that are known but not installed
 * could help.
 */
final class UnresolvedBundles {
  private final ResolveDiagnosis diagnosis;

  UnresolvedBundles(
      Framework framework, Collection<Bundle> installed, List<Feature> known, Layout layout) {
    List<Bundle> all = new ArrayList<>(installed);
    all.add(framework);
    diagnosis = new ResolveDiagnosis(all, candidates(installed, known, layout));
  }

  private static List<Candidate> candidates(
      Collection<Bundle> installed, List<Feature> known, Layout layout) {
    Set<String> files = new TreeSet<>();
    installed.forEach(b -> files.add(b.getLocation().replaceFirst(".*/", "")));
    List<Candidate> found = new ArrayList<>();
    for (Feature feature : known) {
      for (Feature.Entry entry : feature.bundles()) {
        if (!files.contains(entry.fileName())) {
          Path jar = layout.bundles().resolve(entry.fileName());
          Candidate.read(jar, bundle -> bundle + " of feature " + feature.name())
              .ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** Whether all that a bundle lacks is that others don't resolve either. */
  boolean waits(Bundle bundle) {
    return diagnosis.missing(bundle).isEmpty() && !diagnosis.waitsFor(bundle).isEmpty();
  }

  /** One sentence, starting with the bundle. */
  String explain(Bundle bundle) {
    String name = ResolveDiagnosis.name(bundle);
    List<MissingRequirement> missing = diagnosis.missing(bundle);
    if (!missing.isEmpty()) {
      return name
          + " needs "
          + missing.stream()
              .map(
                  m ->
                      m.explain(
                          ": install that feature too",
                          "which no bundle of any known feature provides",
                          ""))
              .collect(Collectors.joining("; and it needs "));
    }
    if (waits(bundle)) {
      return name + " waits for " + String.join(", ", diagnosis.waitsFor(bundle));
    }
    return ResolveDiagnosis.conflict(bundle)
        .map(why -> name + " doesn't resolve: " + why)
        .orElse(name + " did not resolve with the others");
  }
}
