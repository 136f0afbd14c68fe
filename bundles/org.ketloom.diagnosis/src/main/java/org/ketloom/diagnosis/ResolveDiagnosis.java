package org.ketloom.diagnosis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/** Why a bundle doesn't resolve, among the bundles that are installed and those that could be. */
public final class ResolveDiagnosis {
  /** A class that no bundle has. */
  private static final String NO_CLASS = "org.ketloom.none.None";

  /** A bundle with what it declares. */
  private record Installed(Bundle bundle, BundleRevision revision) {
    boolean provides(BundleRequirement requirement) {
      return revision.getDeclaredCapabilities(requirement.getNamespace()).stream()
          .anyMatch(requirement::matches);
    }
  }

  private final List<Installed> installed = new ArrayList<>();
  private final List<Candidate> candidates;

  /**
   * For a framework as it is now.
   *
   * @param installed its bundles, with the framework itself; those without a revision are left out
   * @param candidates jars that aren't installed, but could be
   */
  public ResolveDiagnosis(Collection<Bundle> installed, List<Candidate> candidates) {
    for (Bundle bundle : installed) {
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      if (revision != null) {
        this.installed.add(new Installed(bundle, revision));
      }
    }
    this.candidates = List.copyOf(candidates);
  }

  /** Symbolic name and version. */
  public static String name(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }

  /** The requirements of a bundle that no installed bundle meets, in the order of its manifest. */
  public List<MissingRequirement> missing(Bundle bundle) {
    return mandatory(bundle).stream()
        .filter(requirement -> providers(requirement).isEmpty())
        .map(requirement -> missing(Requested.of(requirement)))
        .toList();
  }

  private MissingRequirement missing(Requested requested) {
    Set<String> meet = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (Installed each : installed) {
      for (Capability capability : each.revision().getDeclaredCapabilities(requested.namespace())) {
        requested
            .versionOf(capability)
            .ifPresent(v -> others.add("version " + v + " of " + name(each.bundle())));
      }
    }
    for (Candidate candidate : candidates) {
      for (Capability capability : candidate.capabilities()) {
        if (requested.isMetBy(capability)) {
          meet.add(candidate.name());
        } else {
          requested
              .versionOf(capability)
              .ifPresent(v -> others.add("version " + v + " of " + candidate.name()));
        }
      }
    }
    return new MissingRequirement(requested, List.copyOf(meet), List.copyOf(others));
  }

  /**
   * The bundles that could meet a requirement, if they resolved themselves: names, sorted. A
   * requirement that the bundle, or one that is resolved, meets adds none.
   */
  public List<String> waitsFor(Bundle bundle) {
    Set<String> names = new TreeSet<>();
    for (BundleRequirement requirement : mandatory(bundle)) {
      List<Bundle> providers = providers(requirement);
      if (providers.stream().noneMatch(p -> p == bundle || p.getState() != Bundle.INSTALLED)) {
        providers.forEach(p -> names.add(name(p)));
      }
    }
    return List.copyOf(names);
  }

  /**
   * What the resolver says where each requirement can be met, but not all together. Looking for a
   * class makes the framework resolve the bundle, and runs nothing of it.
   *
   * @return empty if the bundle resolves
   */
  public static Optional<String> conflict(Bundle bundle) {
    try {
      bundle.loadClass(NO_CLASS);
    } catch (ClassNotFoundException e) {
      if (e.getCause() != null && bundle.getState() == Bundle.INSTALLED) {
        return Optional.of(String.valueOf(e.getCause().getMessage()));
      }
    }
    return Optional.empty();
  }

  private static List<BundleRequirement> mandatory(Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    return revision == null
        ? List.of()
        : revision.getDeclaredRequirements(null).stream()
            .filter(ResolveDiagnosis::isMandatory)
            .toList();
  }

  /** Whether a bundle doesn't resolve without what is required. */
  public static boolean isMandatory(Requirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    String resolution = directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
    return !Namespace.RESOLUTION_OPTIONAL.equals(resolution)
        && !"dynamic".equals(resolution)
        && !Constants.EFFECTIVE_ACTIVE.equals(
            directives.get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE));
  }

  private List<Bundle> providers(BundleRequirement requirement) {
    return installed.stream()
        .filter(each -> each.provides(requirement))
        .map(Installed::bundle)
        .toList();
  }
}
