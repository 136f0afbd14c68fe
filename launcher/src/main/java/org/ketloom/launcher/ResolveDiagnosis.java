package org.ketloom.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;

/**
 * Why a bundle doesn't resolve: the requirement that no installed bundle meets, and who could meet
 * it among the bundles of features that are known but not installed.
 */
final class ResolveDiagnosis {
  static final String WAITS = "waits for";

  private static final Pattern VERSION = Pattern.compile("\\((!?)\\(?version>=([^)]*)\\)");

  private record Offer(String owner, Capability capability) {}

  private final Map<Bundle, BundleRevision> revisions = new HashMap<>();
  private final List<Offer> elsewhere = new ArrayList<>();

  ResolveDiagnosis(
      Framework framework, Collection<Bundle> installed, List<Feature> known, Layout layout) {
    revisions.put(framework, framework.adapt(BundleRevision.class));
    installed.forEach(b -> revisions.put(b, b.adapt(BundleRevision.class)));
    Set<String> files = new TreeSet<>();
    installed.forEach(b -> files.add(b.getLocation().replaceFirst(".*/", "")));
    for (Feature feature : known) {
      for (Feature.Entry entry : feature.bundles()) {
        if (!files.contains(entry.fileName())) {
          collect(feature, layout.bundles().resolve(entry.fileName()));
        }
      }
    }
  }

  private void collect(Feature feature, Path jar) {
    if (!Files.isRegularFile(jar)) {
      return;
    }
    Map<String, String> headers = new HashMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      file.getManifest()
          .getMainAttributes()
          .forEach((key, value) -> headers.put(key.toString(), value.toString()));
      String owner =
          headers.getOrDefault(Constants.BUNDLE_SYMBOLICNAME, "").replaceFirst(";.*", "")
              + " "
              + headers.get(Constants.BUNDLE_VERSION)
              + " of feature "
              + feature.name();
      for (Capability capability :
          ResourceBuilder.build(jar.toString(), headers).getCapabilities(null)) {
        elsewhere.add(new Offer(owner, capability));
      }
    } catch (IOException | BundleException | NullPointerException e) {
      // A jar that can't be read offers nothing.
    }
  }

  /** One sentence, starting with the bundle. */
  String explain(Bundle bundle) {
    Set<String> waitsFor = new TreeSet<>();
    for (BundleRequirement requirement :
        bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
      Map<String, String> directives = requirement.getDirectives();
      if (Namespace.RESOLUTION_OPTIONAL.equals(
              directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))
          || Constants.EFFECTIVE_ACTIVE.equals(
              directives.get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE))
          || "dynamic".equals(directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))) {
        continue;
      }
      List<Bundle> providers = providers(requirement);
      if (providers.isEmpty()) {
        return name(bundle) + " needs " + describe(requirement) + ", " + hint(requirement);
      }
      if (providers.stream().noneMatch(p -> p == bundle || p.getState() != Bundle.INSTALLED)) {
        providers.forEach(p -> waitsFor.add(name(p)));
      }
    }
    if (!waitsFor.isEmpty()) {
      return name(bundle) + " " + WAITS + " " + String.join(", ", waitsFor);
    }
    // Each requirement can be met, but not all together. Looking for a class makes Felix resolve
    // the bundle and say which packages clash; nothing of it runs.
    try {
      bundle.loadClass("org.ketloom.none.None");
    } catch (ClassNotFoundException e) {
      if (e.getCause() != null && bundle.getState() == Bundle.INSTALLED) {
        return name(bundle) + ": " + e.getCause().getMessage();
      }
    }
    return name(bundle) + " did not resolve with the others";
  }

  private List<Bundle> providers(BundleRequirement requirement) {
    return revisions.entrySet().stream()
        .filter(
            e ->
                e.getValue().getDeclaredCapabilities(requirement.getNamespace()).stream()
                    .anyMatch(requirement::matches))
        .map(Map.Entry::getKey)
        .toList();
  }

  private String hint(BundleRequirement requirement) {
    Optional<Filter> filter = filter(requirement);
    Set<String> could = new TreeSet<>();
    Set<String> near = new TreeSet<>();
    for (Offer offer : elsewhere) {
      if (offer.capability().getNamespace().equals(requirement.getNamespace())
          && filter.filter(f -> f.matches(offer.capability().getAttributes())).isPresent()) {
        could.add(offer.owner());
      }
    }
    if (!could.isEmpty()) {
      return "which " + String.join(" or ", could) + " could provide: install that feature too";
    }
    List<Offer> all = new ArrayList<>(elsewhere);
    revisions.forEach(
        (bundle, revision) ->
            revision
                .getDeclaredCapabilities(requirement.getNamespace())
                .forEach(c -> all.add(new Offer(name(bundle), c))));
    for (Offer offer : all) {
      Capability capability = offer.capability();
      Object value = capability.getAttributes().get(requirement.getNamespace());
      if (capability.getNamespace().equals(requirement.getNamespace())
          && value != null
          && wanted(requirement).filter(value::equals).isPresent()
          && capability.getAttributes().get("version") instanceof Version version) {
        near.add("version " + version + " by " + offer.owner());
      }
    }
    return near.isEmpty()
        ? "which no bundle of any known feature provides"
        : "but what there is, is " + String.join(", ", near);
  }

  private static Optional<Filter> filter(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    try {
      return Optional.of(FrameworkUtil.createFilter(filter == null ? "(!(never=*))" : filter));
    } catch (InvalidSyntaxException e) {
      return Optional.empty();
    }
  }

  /** The value of the attribute that is named like the namespace, such as a package's name. */
  private static Optional<String> wanted(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    Matcher matcher =
        Pattern.compile("\\(" + Pattern.quote(requirement.getNamespace()) + "=([^)]*)\\)")
            .matcher(filter == null ? "" : filter);
    return matcher.find() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
  }

  private static String describe(BundleRequirement requirement) {
    Optional<String> wanted = wanted(requirement);
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    if (wanted.isEmpty()) {
      return requirement.getNamespace() + " " + filter;
    }
    String kind =
        switch (requirement.getNamespace()) {
          case "osgi.wiring.package" -> "package";
          case "osgi.wiring.host" -> "host";
          case "osgi.wiring.bundle" -> "bundle";
          default -> requirement.getNamespace();
        };
    String from = "";
    String to = "";
    Matcher version = VERSION.matcher(filter);
    while (version.find()) {
      if (version.group(1).isEmpty()) {
        from = version.group(2);
      } else {
        to = version.group(2);
      }
    }
    String range =
        to.isEmpty()
            ? (from.isEmpty() ? "" : " from version " + from)
            : " [" + from + "," + to + ")";
    return kind + " " + wanted.get() + range;
  }

  private static String name(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }
}
