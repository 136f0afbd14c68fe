package org.ketloom.runtime.internal.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ketloom.diagnosis.Requested;
import org.ketloom.diagnosis.ResolveDiagnosis;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Requirement;

/**
 * Why bundles don't resolve: what nobody offers, and who waits for it, directly or through others.
 */
final class UnresolvedBundles {
  private final List<Bundle> bundles;
  private final FrameworkWiring wiring;

  UnresolvedBundles(BundleContext context) {
    bundles = Arrays.asList(context.getBundles());
    wiring = context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
  }

  /** One line per cause. */
  List<String> rootCauses() {
    List<Bundle> unresolved =
        bundles.stream().filter(b -> b.getState() == Bundle.INSTALLED).toList();
    // Bundles that nobody has asked for yet are resolved here, and are no fault.
    if (!unresolved.isEmpty()) {
      wiring.resolveBundles(unresolved);
    }
    Map<String, Set<String>> waiting = new LinkedHashMap<>();
    for (Bundle bundle : unresolved) {
      if (bundle.getState() == Bundle.INSTALLED) {
        Set<String> causes = new LinkedHashSet<>();
        collect(bundle, causes, new LinkedHashSet<>());
        if (causes.isEmpty()) {
          causes.add("its requirements are offered, but not in one consistent choice");
        }
        causes.forEach(
            cause ->
                waiting
                    .computeIfAbsent(cause, c -> new LinkedHashSet<>())
                    .add(ResolveDiagnosis.name(bundle)));
      }
    }
    List<String> lines = new ArrayList<>();
    waiting.forEach(
        (cause, who) ->
            lines.add(
                String.join(", ", who)
                    + (who.size() == 1 ? " doesn't resolve: " : " don't resolve: ")
                    + cause));
    return lines;
  }

  private void collect(Bundle bundle, Set<String> causes, Set<Bundle> seen) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    if (revision == null || !seen.add(bundle)) {
      return;
    }
    for (Requirement requirement : revision.getDeclaredRequirements(null)) {
      if (!ResolveDiagnosis.isMandatory(requirement)) {
        continue;
      }
      Collection<BundleCapability> providers = wiring.findProviders(requirement);
      if (providers.isEmpty()) {
        causes.add("no bundle offers " + Requested.of(requirement));
      } else if (providers.stream()
          .allMatch(p -> p.getRevision().getBundle().getState() == Bundle.INSTALLED)) {
        providers.forEach(p -> collect(p.getRevision().getBundle(), causes, seen));
      }
    }
  }
}
