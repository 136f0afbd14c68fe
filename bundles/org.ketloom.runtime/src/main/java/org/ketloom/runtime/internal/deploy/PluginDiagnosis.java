package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.ketloom.api.part.Part;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Why a bundle doesn't resolve, or a component of it isn't satisfied. */
final class PluginDiagnosis {
  private static final Pattern BOUND =
      Pattern.compile("\\((!?)\\(?(version|bundle-version)>=([^)]*)\\)");

  /** Nobody's. */
  private static final String NO_CLASS = "org.ketloom.none.None";

  /** What the names of the API's packages begin with. */
  private static final String API = "org.ketloom.api.";

  private final BundleContext context;
  private final List<Path> elsewhere;

  /**
   * For a framework.
   *
   * @param elsewhere folders of jars that aren't installed, but could be
   */
  PluginDiagnosis(BundleContext context, List<Path> elsewhere) {
    this.context = context;
    this.elsewhere = elsewhere;
  }

  /** What a bundle lacks that doesn't resolve, and who could provide it. */
  String unresolved(Bundle bundle) {
    List<String> lacks = new ArrayList<>();
    for (BundleRequirement requirement :
        bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
      if (isMandatory(requirement) && providers(requirement).isEmpty()) {
        Optional<String> otherApi = otherApi(bundle, requirement);
        if (otherApi.isPresent()) {
          return otherApi.get();
        }
        lacks.add(describe(requirement) + ", " + hint(requirement));
      }
    }
    if (!lacks.isEmpty()) {
      return name(bundle) + " needs " + String.join("; and it needs ", lacks);
    }
    return name(bundle)
        + conflict(bundle)
            .map(why -> " doesn't resolve: " + why)
            .orElse(" did not resolve at first; drop it in again");
  }

  /**
   * What the resolver says where each requirement can be met, but not all together. Looking for a
   * class makes the framework resolve the bundle, and runs nothing of it.
   */
  private static Optional<String> conflict(Bundle bundle) {
    try {
      bundle.loadClass(NO_CLASS);
    } catch (ClassNotFoundException e) {
      if (e.getCause() != null && bundle.getState() == Bundle.INSTALLED) {
        return Optional.of(String.valueOf(e.getCause().getMessage()));
      }
    }
    return Optional.empty();
  }

  /** That a package of the API is wanted in another major version, and what to do about it. */
  private Optional<String> otherApi(Bundle bundle, BundleRequirement requirement) {
    Bundle api = FrameworkUtil.getBundle(Part.class);
    String wanted = wanted(requirement);
    String from = range(requirement).get(0);
    if (api == null || wanted == null || from.isEmpty() || !wanted.startsWith(API)) {
      return Optional.empty();
    }
    Version here = api.getVersion();
    int major = Version.parseVersion(from).getMajor();
    return major == here.getMajor()
        ? Optional.empty()
        : Optional.of(
            name(bundle)
                + " is built for API "
                + major
                + ", this is API "
                + here.getMajor()
                + ": build it again with the API of Ketloom "
                + here
                + "; where its pom.xml has the properties ketloom.version and ketloom.bundles, set"
                + " them to "
                + here
                + " and to "
                + (elsewhere.isEmpty() ? "the folder of its jars" : elsewhere.get(0)));
  }

  private static boolean isMandatory(BundleRequirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    String resolution = directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
    return !Namespace.RESOLUTION_OPTIONAL.equals(resolution)
        && !"dynamic".equals(resolution)
        && !Constants.EFFECTIVE_ACTIVE.equals(
            directives.get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE));
  }

  private List<Bundle> providers(BundleRequirement requirement) {
    return Arrays.stream(context.getBundles())
        .filter(b -> b.adapt(BundleRevision.class) != null)
        .filter(
            b ->
                b
                    .adapt(BundleRevision.class)
                    .getDeclaredCapabilities(requirement.getNamespace())
                    .stream()
                    .anyMatch(requirement::matches))
        .toList();
  }

  private String hint(BundleRequirement requirement) {
    Filter filter = filter(requirement);
    String wanted = wanted(requirement);
    Set<String> near = new TreeSet<>();
    for (Bundle bundle : context.getBundles()) {
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      if (revision != null) {
        for (Capability capability : revision.getDeclaredCapabilities(requirement.getNamespace())) {
          if (isNear(capability, requirement, wanted)) {
            near.add("version " + version(capability) + " of " + name(bundle));
          }
        }
      }
    }
    Set<String> could = new TreeSet<>();
    for (Path jar : jars()) {
      for (Capability capability : capabilities(jar)) {
        if (!capability.getNamespace().equals(requirement.getNamespace())) {
          continue;
        }
        if (filter != null && filter.matches(capability.getAttributes())) {
          could.add(jar.getFileName().toString());
        } else if (isNear(capability, requirement, wanted)) {
          near.add("version " + version(capability) + " of " + jar.getFileName());
        }
      }
    }
    if (!could.isEmpty()) {
      return "which "
          + String.join(" or ", could)
          + " could provide, but that isn't installed: start its feature too";
    }
    return near.isEmpty()
        ? "which no bundle provides. Put a bundle that provides it into the folder of plugins too,"
            + " or pack the classes into the plugin's own jar"
        : "but there is only "
            + String.join(", ", near)
            + ". Build the plugin against that version";
  }

  private static boolean isNear(Capability found, BundleRequirement requirement, String wanted) {
    return wanted != null
        && wanted.equals(found.getAttributes().get(requirement.getNamespace()))
        && version(found) != null;
  }

  private static Object version(Capability capability) {
    Object version = capability.getAttributes().get("version");
    return version == null ? capability.getAttributes().get("bundle-version") : version;
  }

  private List<Path> jars() {
    List<Path> jars = new ArrayList<>();
    Set<String> installed = new TreeSet<>();
    for (Bundle bundle : context.getBundles()) {
      installed.add(bundle.getLocation().replaceFirst(".*/", ""));
    }
    for (Path folder : elsewhere) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(f -> f.toString().endsWith(".jar"))
            .filter(f -> !installed.contains(f.getFileName().toString()))
            .sorted()
            .forEach(jars::add);
      } catch (IOException e) {
        // A folder that isn't there offers nothing.
      }
    }
    return jars;
  }

  private static List<Capability> capabilities(Path jar) {
    Map<String, String> headers = new HashMap<>();
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      file.getManifest()
          .getMainAttributes()
          .forEach((key, value) -> headers.put(key.toString(), value.toString()));
      return ResourceBuilder.build(jar.toString(), headers).getCapabilities(null);
    } catch (IOException | BundleException | NullPointerException e) {
      // A jar that can't be read offers nothing.
      return List.of();
    }
  }

  private static Filter filter(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    try {
      return filter == null ? null : FrameworkUtil.createFilter(filter);
    } catch (InvalidSyntaxException e) {
      return null;
    }
  }

  /** The value of the attribute that is named like the namespace, such as a package's name. */
  private static String wanted(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    Matcher matcher =
        Pattern.compile("\\(" + Pattern.quote(requirement.getNamespace()) + "=([^)]*)\\)")
            .matcher(filter == null ? "" : filter);
    return matcher.find() ? matcher.group(1) : null;
  }

  private static String describe(BundleRequirement requirement) {
    String wanted = wanted(requirement);
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    if (wanted == null) {
      return requirement.getNamespace() + " " + filter;
    }
    String kind =
        switch (requirement.getNamespace()) {
          case "osgi.wiring.package" -> "package";
          case "osgi.wiring.bundle" -> "bundle";
          default -> requirement.getNamespace();
        };
    String from = range(requirement).get(0);
    String to = range(requirement).get(1);
    String range = from.isEmpty() ? "" : " from version " + from;
    return kind + " " + wanted + (to.isEmpty() ? range : " [" + from + "," + to + ")");
  }

  /** The lowest version that is wanted and that below which it has to be; empty where any is. */
  private static List<String> range(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    String from = "";
    String to = "";
    Matcher version = BOUND.matcher(filter == null ? "" : filter);
    while (version.find()) {
      if (version.group(1).isEmpty()) {
        from = version.group(3);
      } else {
        to = version.group(3);
      }
    }
    return List.of(from, to);
  }

  /** What a component of a bundle waits for, or why it failed; empty if all are well. */
  String unsatisfied(Bundle bundle) {
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
    if (runtime == null) {
      return bundle.getHeaders().get("Service-Component") == null
          ? ""
          : "it has components, but Declarative Services isn't running";
    }
    try {
      for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
        var configurations = runtime.getComponentConfigurationDTOs(component);
        if (configurations.isEmpty() && "require".equals(component.configurationPolicy)) {
          return "its component "
              + component.name
              + " waits for its configuration "
              + String.join(", ", component.configurationPid);
        }
        for (ComponentConfigurationDTO configuration : configurations) {
          if (configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
            return "its component "
                + component.name
                + " can't be made: "
                + failure(configuration.failure);
          }
          if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
            return "its component " + component.name + " waits for its configuration";
          }
          for (var missing : configuration.unsatisfiedReferences) {
            return "its component "
                + component.name
                + " waits for a service "
                + Stream.of(component.references)
                    .filter(r -> r.name.equals(missing.name))
                    .map(r -> r.interfaceName)
                    .findFirst()
                    .orElse(missing.name)
                + (missing.target == null ? "" : " with " + missing.target)
                + ", which no bundle registers. Install the bundle that offers it, or make the"
                + " reference optional";
          }
        }
      }
      return "";
    } finally {
      context.ungetService(reference);
    }
  }

  /** The innermost cause of a stack trace as text, where it was thrown. */
  private static String failure(String trace) {
    List<String> lines = trace.lines().map(String::strip).toList();
    int cause = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("Caused by: ")) {
        cause = i;
      }
    }
    String what = lines.get(cause).replaceFirst("^Caused by: ", "");
    return cause + 1 < lines.size() && lines.get(cause + 1).startsWith("at ")
        ? what + " " + lines.get(cause + 1)
        : what;
  }

  static String name(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }
}
