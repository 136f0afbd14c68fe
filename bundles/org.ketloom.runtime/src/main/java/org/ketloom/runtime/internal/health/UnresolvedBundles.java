package org.ketloom.runtime.internal.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
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
            cause -> waiting.computeIfAbsent(cause, c -> new LinkedHashSet<>()).add(text(bundle)));
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
      if (!counts(requirement)) {
        continue;
      }
      Collection<BundleCapability> providers = wiring.findProviders(requirement);
      if (providers.isEmpty()) {
        causes.add("no bundle offers " + text(requirement));
      } else if (providers.stream()
          .allMatch(p -> p.getRevision().getBundle().getState() == Bundle.INSTALLED)) {
        providers.forEach(p -> collect(p.getRevision().getBundle(), causes, seen));
      }
    }
  }

  private static boolean counts(Requirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    return !Namespace.RESOLUTION_OPTIONAL.equals(
            directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))
        && !PackageNamespace.RESOLUTION_DYNAMIC.equals(
            directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))
        && Namespace.EFFECTIVE_RESOLVE.equals(
            directives.getOrDefault(
                Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE));
  }

  private static String text(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }

  private static String text(Requirement requirement) {
    String kind =
        switch (requirement.getNamespace()) {
          case PackageNamespace.PACKAGE_NAMESPACE -> "package ";
          case BundleRevision.BUNDLE_NAMESPACE, BundleRevision.HOST_NAMESPACE -> "bundle ";
          default -> "capability " + requirement.getNamespace() + " ";
        };
    return kind
        + requirement
            .getDirectives()
            .getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "")
            .replace("(osgi.wiring.package=", "(")
            .replace("(osgi.wiring.bundle=", "(")
            .replace("(osgi.wiring.host=", "(");
  }
}
