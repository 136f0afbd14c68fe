package org.ketloom.runtime.internal.deploy;

import static org.osgi.framework.namespace.ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.part.Part;
import org.ketloom.diagnosis.Candidate;
import org.ketloom.diagnosis.MissingRequirement;
import org.ketloom.diagnosis.Requested;
import org.ketloom.diagnosis.ResolveDiagnosis;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Why a bundle doesn't resolve, or a component of it isn't satisfied. */
final class PluginDiagnosis {
  /** What the names of the API's packages begin with. */
  private static final String API = "org.ketloom.api.";

  /** A Java version in a requirement of an execution environment. */
  private static final Pattern JAVA = Pattern.compile("\\(version>?=([^)]*)\\)");

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
    List<MissingRequirement> missing =
        new ResolveDiagnosis(List.of(context.getBundles()), candidates()).missing(bundle);
    Optional<String> otherApi =
        missing.stream().flatMap(m -> otherApi(bundle, m.requested()).stream()).findFirst();
    if (otherApi.isPresent()) {
      return otherApi.get();
    }
    Optional<String> otherJava =
        missing.stream().flatMap(m -> otherJava(m.requested()).stream()).findFirst();
    if (otherJava.isPresent()) {
      return name(bundle) + otherJava.get();
    }
    if (!missing.isEmpty()) {
      return name(bundle)
          + " needs "
          + missing.stream()
              .map(
                  m ->
                      m.explain(
                          ", but that isn't installed: start its feature too",
                          "which no bundle provides. Put a bundle that provides it into the folder"
                              + " of plugins too, or pack the classes into the plugin's own jar",
                          ". Build the plugin against that version"))
              .collect(Collectors.joining("; and it needs "));
    }
    return name(bundle)
        + ResolveDiagnosis.conflict(bundle)
            .map(why -> " doesn't resolve: " + why)
            .orElse(" did not resolve at first; drop it in again");
  }

  /** That a package of the API is wanted in another major version, and what to do about it. */
  private Optional<String> otherApi(Bundle bundle, Requested requested) {
    Bundle api = FrameworkUtil.getBundle(Part.class);
    if (api == null
        || requested.min().isEmpty()
        || requested.name().filter(n -> n.startsWith(API)).isEmpty()) {
      return Optional.empty();
    }
    Version here = api.getVersion();
    int major = Version.parseVersion(requested.min()).getMajor();
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

  /** That another Java is wanted, and what to do about it. */
  private static Optional<String> otherJava(Requested requested) {
    Matcher java = JAVA.matcher(requested.filter());
    if (!EXECUTION_ENVIRONMENT_NAMESPACE.equals(requested.namespace()) || !java.find()) {
      return Optional.empty();
    }
    int here = Runtime.version().feature();
    return Optional.of(
        " needs Java "
            + java.group(1)
            + ", this is Java "
            + here
            + ". Build the plugin for Java "
            + here
            + ", or run Ketloom with Java "
            + java.group(1)
            + " or newer");
  }

  private List<Candidate> candidates() {
    List<Candidate> found = new ArrayList<>();
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
            .forEach(f -> Candidate.read(f, b -> f.getFileName().toString()).ifPresent(found::add));
      } catch (IOException e) {
        // A folder that isn't there offers nothing.
      }
    }
    return found;
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
    return ResolveDiagnosis.name(bundle);
  }
}
