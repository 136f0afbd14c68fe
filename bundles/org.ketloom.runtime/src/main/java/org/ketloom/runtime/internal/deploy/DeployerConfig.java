package org.ketloom.runtime.internal.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Settings of the deployer, out of framework properties:
 *
 * <pre>
 * ketloom.plugins     folder of plugins; without it nothing is deployed
 * ketloom.bundles     folder of jars that could be installed too, for hints
 * deploy.begin        immediately, which is the default, or when-asked: not before somebody asks for
 *                     the plugins
 * deploy.verify       none, digest or signed (see {@link JarVerification})
 * deploy.allowed      list for digest, by default allowed.sha256 in the folder ketloom.conf
 * deploy.trusted      certificates for signed, by default trusted.pem in the folder ketloom.conf
 * deploy.limit        milliseconds that a call into a plugin may take, by default 2000
 * deploy.patience     milliseconds to wait for what a component needs, by default 1000
 * deploy.wait         milliseconds that a caller waits for what he asked for, by default 120000
 * deploy.launch       milliseconds to wait for the plugins that are there at first, by default 30000
 * deploy.poll         milliseconds between two looks at the folder of plugins, by default 250
 * deploy.limit.*      how much a jar may hold (see {@link JarLimits})
 * </pre>
 *
 * @param plugins folder of plugins; empty if there is none
 * @param bundles folders of jars that could be installed too
 * @param whenAsked whether nothing is taken in before somebody asks for it
 * @param verification what is demanded of a jar
 * @param limits how much a jar may hold
 * @param callLimit most time for a call into a plugin
 * @param componentTimeout how long to wait for what a component needs
 * @param requestTimeout how long a caller waits for what he asked for
 * @param launchTimeout how long to wait for the plugins that are there at first
 * @param poll time between two looks at the folder
 */
record DeployerConfig(
    Optional<Path> plugins,
    List<Path> bundles,
    boolean whenAsked,
    JarVerification verification,
    JarLimits limits,
    Duration callLimit,
    Duration componentTimeout,
    Duration requestTimeout,
    Duration launchTimeout,
    Duration poll) {
  private static final String BEGIN = "deploy.begin";

  /**
   * Reads the properties.
   *
   * @param property value of a property; null or blank for the default
   * @throws IllegalArgumentException naming a property, its value and what is expected
   */
  static DeployerConfig of(UnaryOperator<String> property) {
    UnaryOperator<String> set =
        name -> {
          String value = property.apply(name);
          return value == null || value.isBlank() ? null : value.strip();
        };
    Path conf = Path.of(or(set, "ketloom.conf", "."));
    String begin = or(set, BEGIN, "immediately");
    if (!List.of("immediately", "when-asked").contains(begin)) {
      throw new IllegalArgumentException(
          BEGIN + " is \"" + begin + "\"; it takes immediately or when-asked");
    }
    return new DeployerConfig(
        Optional.ofNullable(set.apply("ketloom.plugins"))
            .map(folder -> Path.of(folder).toAbsolutePath().normalize()),
        Optional.ofNullable(set.apply("ketloom.bundles")).map(Path::of).stream().toList(),
        begin.equals("when-asked"),
        new JarVerification(
            JarVerification.level(or(set, "deploy.verify", "none")),
            conf.resolve(or(set, "deploy.allowed", "allowed.sha256")),
            conf.resolve(or(set, "deploy.trusted", "trusted.pem"))),
        JarLimits.of(set),
        millis(set, "deploy.limit", 2000),
        millis(set, "deploy.patience", 1000),
        millis(set, "deploy.wait", 120_000),
        millis(set, "deploy.launch", 30_000),
        millis(set, "deploy.poll", 250));
  }

  private static String or(UnaryOperator<String> set, String name, String defaultValue) {
    String value = set.apply(name);
    return value == null ? defaultValue : value;
  }

  private static Duration millis(UnaryOperator<String> set, String name, long defaultValue) {
    String value = or(set, name, Long.toString(defaultValue));
    try {
      long millis = Long.parseLong(value);
      if (millis > 0 && millis <= Integer.MAX_VALUE) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException e) {
      // Told with the numbers that are out of range.
    }
    throw new IllegalArgumentException(
        name + " is \"" + value + "\", expected milliseconds, from 1 to " + Integer.MAX_VALUE);
  }
}
