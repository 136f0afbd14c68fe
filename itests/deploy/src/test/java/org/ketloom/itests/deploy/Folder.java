package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.part.Ansatz;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.deploy.PluginStatus.State;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The folder of plugins of a test's container, and what the container makes of it. */
final class Folder {
  private static final String JARS = "ketloom.itests.jars";
  private static final String PLUGINS = "ketloom.plugins";
  private static final int POLL = 100;

  private final Services services;
  final Path path = Path.of(System.getProperty(PLUGINS));
  final Path jars = Path.of(System.getProperty(JARS));

  Folder(Services services) {
    this.services = services;
  }

  /** A container with an empty folder of plugins that is watched. */
  static Option container() {
    Path plugins;
    try {
      plugins = Files.createTempDirectory("plugins");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return composite(
        Container.base(),
        Container.features("core", "encodings", "ansaetze", "observables"),
        systemProperty(JARS).value(Jars.make().toString()),
        systemProperty(PLUGINS).value(plugins.toString()),
        systemProperty("ketloom.bundles")
            .value(Path.of(System.getProperty("ketloom.features"), "target/bundles").toString()),
        systemProperty("ketloom.conf").value(plugins.resolveSibling("conf").toString()),
        systemProperty("deploy.limit").value("600"),
        systemProperty("deploy.patience").value("300"),
        systemProperty("deploy.poll").value(Integer.toString(POLL)));
  }

  Deployer deployer() {
    return services.await(Deployer.class);
  }

  PartRegistry registry() {
    return services.await(PartRegistry.class);
  }

  /** Renames a jar into place, as {@code deploy add} and careful people do. */
  void drop(String jar, String as) throws IOException {
    Path temporary = path.resolve(as + ".part");
    Files.copy(jars.resolve(jar), temporary, StandardCopyOption.REPLACE_EXISTING);
    Files.move(temporary, path.resolve(as), StandardCopyOption.ATOMIC_MOVE);
  }

  void drop(String jar) throws IOException {
    drop(jar, jar);
  }

  void delete(String jar) throws IOException {
    Files.deleteIfExists(path.resolve(jar));
  }

  /** Waits until exactly these plugins are current: {@code test.wave 1.0.0}. */
  void awaitCurrent(String... plugins) {
    List<String> expected = Stream.of(plugins).sorted().toList();
    services.await(
        () -> "plugins " + expected + " (there is " + deployer().plugins() + ")",
        () -> current().equals(expected) ? expected : null);
  }

  List<String> current() {
    return deployer().plugins().stream()
        .filter(p -> p.state() == State.CURRENT)
        .map(PluginStatus::name)
        .sorted()
        .toList();
  }

  /** Waits for the refusal of a file, and gives its reason. */
  String awaitRefusal(String file) {
    return services.await("refusal of " + file, () -> refusal(file));
  }

  /** What is known of a plugin. */
  String why(String name) {
    return deployer().why(name).stream().map(Notice::text).collect(Collectors.joining("\n"));
  }

  String refusal(String file) {
    return deployer().plugins().stream()
        .filter(p -> p.state() == State.REFUSED && p.file().equals(file))
        .map(PluginStatus::detail)
        .findFirst()
        .orElse(null);
  }

  /** Versions of the parts of a name, the first choice first. */
  List<String> ansaetze(String name) {
    return registry().parts(Ansatz.KIND).stream()
        .filter(p -> p.name().equals(name))
        .map(p -> p.version().toString())
        .toList();
  }

  RegisteredPart ansatz(String name, String range) {
    return registry().find(Ansatz.KIND, name, range).orElseThrow();
  }

  /** Symbolic names and versions of the bundles of plugins. */
  List<String> bundles() {
    return Arrays.stream(services.context().getBundles())
        .filter(b -> b.getLocation().startsWith("ketloom:"))
        .map(b -> b.getSymbolicName() + " " + b.getVersion())
        .sorted()
        .toList();
  }

  /** Waits until all that isn't current is gone. */
  void awaitRetired() {
    services.await(
        () -> "retirement of all but " + current() + " (there is " + bundles() + ")",
        () -> bundles().equals(current()) ? true : null);
  }

  /** The deployer and all that runs with it begins anew, as after a restart of the container. */
  void restart() throws BundleException {
    Bundle runtime = services.bundle("org.ketloom.runtime");
    runtime.stop();
    runtime.start();
    deployer();
  }

  /** Nothing is deployed and nothing is in the folder. */
  void empty() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
        Files.delete(file);
      }
    }
    services.await(
        () -> "an empty folder (there is " + deployer().plugins() + ")",
        () -> {
          try {
            deployer().rollback(0);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return deployer().plugins().isEmpty() ? true : null;
        });
    assertEquals(List.of(), current());
  }
}
