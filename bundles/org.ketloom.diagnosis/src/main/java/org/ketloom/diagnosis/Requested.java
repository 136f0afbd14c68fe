package org.ketloom.diagnosis;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/**
 * What a requirement asks for, read from its filter.
 *
 * @param namespace such as {@code osgi.wiring.package}
 * @param filter as it is written; empty if there is none
 * @param name the value of the attribute that is named like the namespace, such as a package's name
 * @param min the lowest version; empty where any is low enough
 * @param max the highest version; empty where any is high enough
 * @param maxIncluded whether {@code max} itself will do
 */
public record Requested(
    String namespace,
    String filter,
    Optional<String> name,
    String min,
    String max,
    boolean maxIncluded) {
  private static final Pattern BOUND =
      Pattern.compile("\\((!?)\\(?(?:bundle-)?version(>=|<=)([^)]*)\\)");

  /** Reads the directive {@code filter}. */
  public static Requested of(Requirement requirement) {
    String namespace = requirement.getNamespace();
    String filter =
        requirement.getDirectives().getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
    Matcher named =
        Pattern.compile("\\(" + Pattern.quote(namespace) + "=([^)]*)\\)").matcher(filter);
    String min = "";
    String max = "";
    boolean maxIncluded = false;
    Matcher bound = BOUND.matcher(filter);
    while (bound.find()) {
      boolean negated = !bound.group(1).isEmpty();
      boolean atLeast = bound.group(2).equals(">=");
      String version = String.valueOf(bound.group(3));
      if (atLeast && !negated) {
        min = version.equals(Version.emptyVersion.toString()) ? "" : version;
      } else if (atLeast || !negated) {
        max = version;
        maxIncluded = !atLeast;
      }
    }
    return new Requested(
        namespace,
        filter,
        named.find() ? Optional.ofNullable(named.group(1)) : Optional.empty(),
        min,
        max,
        maxIncluded);
  }

  /** Whether a capability meets the filter. */
  boolean isMetBy(Capability capability) {
    if (!capability.getNamespace().equals(namespace)) {
      return false;
    }
    if (filter.isEmpty()) {
      return true;
    }
    try {
      Filter parsed = FrameworkUtil.createFilter(filter);
      return parsed.matches(capability.getAttributes());
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }

  /**
   * The version of a capability that has the right name; empty if it has another, or no version.
   */
  Optional<String> versionOf(Capability capability) {
    Map<String, Object> attributes = capability.getAttributes();
    if (!capability.getNamespace().equals(namespace)
        || name.isEmpty()
        || !name.get().equals(attributes.get(namespace))) {
      return Optional.empty();
    }
    Object version = attributes.get("version");
    return Optional.ofNullable(version == null ? attributes.get("bundle-version") : version)
        .map(Object::toString);
  }

  /** Such as {@code package org.example.api [1.2.0,2.0.0)}. */
  @Override
  public String toString() {
    if (name.isEmpty()) {
      return filter.isEmpty() ? namespace : namespace + " " + filter;
    }
    String kind =
        switch (namespace) {
          case "osgi.wiring.package" -> "package";
          case "osgi.wiring.bundle" -> "bundle";
          case "osgi.wiring.host" -> "host";
          default -> namespace;
        };
    return kind + " " + name.get() + range();
  }

  private String range() {
    if (max.isEmpty()) {
      return min.isEmpty() ? "" : " from version " + min;
    }
    return min.isEmpty()
        ? " " + (maxIncluded ? "up to" : "below") + " version " + max
        : " [" + min + "," + max + (maxIncluded ? "]" : ")");
  }
}
