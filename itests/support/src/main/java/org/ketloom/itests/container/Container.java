package org.ketloom.itests.container;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.systemTimeout;
import static org.ops4j.pax.exam.CoreOptions.url;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.felix.utils.json.JSONParser;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.options.UrlProvisionOption;
import org.osgi.framework.Constants;

/**
 * Options of test containers, to be put together by a test's {@code @Configuration}. Bundles come
 * from the folder {@code target/bundles} of the features module, by reference: that is what is
 * shipped, and nothing needs to be installed in a repository.
 */
public final class Container {
  /** Folder of the features module. */
  private static final Path FEATURES = Path.of(required("ketloom.features"));

  private record Entry(Path jar, int startOrder, boolean started) {}

  private Container() {}

  /** What every test needs in its container: JUnit, and {@link Services}. */
  public static Option base() {
    return composite(
        url("link:classpath:META-INF/links/org.ops4j.pax.exam.invoker.junit.link").startLevel(2),
        url("link:classpath:META-INF/links/org.apache.servicemix.bundles.junit.link").startLevel(2),
        url("link:classpath:META-INF/links/org.apache.servicemix.bundles.hamcrest.link")
            .startLevel(2),
        systemProperty("pax.exam.invoker").value("junit"),
        // The logger of the JVM around the container, instead of a logging bundle.
        systemPackage("org.slf4j;version=1.7.36"),
        frameworkProperty("felix.log.level").value("1"),
        systemTimeout(20_000),
        of(jarOf(Services.class), true));
  }

  /** The bundles of some features in their start order. */
  public static Option features(String... names) {
    List<Entry> entries = new ArrayList<>();
    for (String name : names) {
      entries.addAll(read(name));
    }
    return composite(
        entries.stream()
            .sorted(Comparator.comparingInt(Entry::startOrder))
            .map(e -> (Option) of(e.jar(), e.started()))
            .toArray(Option[]::new));
  }

  /** The jars of some features, in the order of the features. */
  public static List<Path> jars(String... names) {
    return Stream.of(names).flatMap(name -> read(name).stream()).map(Entry::jar).toList();
  }

  /** A bundle that a test made. */
  public static Option jar(Path jar) {
    return of(jar, true);
  }

  private static UrlProvisionOption of(Path jar, boolean started) {
    UrlProvisionOption option = bundle("reference:" + jar.toUri());
    return started && !isFragment(jar) ? option : option.noStart();
  }

  private static List<Entry> read(String feature) {
    Path file = FEATURES.resolve(feature + ".json");
    try (InputStream in = Files.newInputStream(file)) {
      List<Entry> entries = new ArrayList<>();
      for (Object entry : (List<?>) new JSONParser(in).getParsed().get("bundles")) {
        Map<?, ?> bundle = (Map<?, ?>) entry;
        String[] id = ((String) bundle.get("id")).split(":");
        Path jar = FEATURES.resolve("target/bundles").resolve(id[1] + "-" + id[2] + ".jar");
        if (Files.exists(jar)) {
          entries.add(
              new Entry(
                  jar,
                  ((Number) bundle.get("start-order")).intValue(),
                  !"on-demand".equals(bundle.get("start"))));
        } else if (!bundle.containsKey("platform")) {
          throw new IllegalStateException(
              file + " names " + bundle.get("id") + ", but there is no " + jar);
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("feature " + feature + " can't be read from " + file, e);
    }
  }

  private static boolean isFragment(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes().getValue(Constants.FRAGMENT_HOST) != null;
    } catch (IOException e) {
      throw new UncheckedIOException("bundle " + jar + " can't be read", e);
    }
  }

  /** The jar on the class path that a class comes from. */
  public static Path jarOf(Class<?> type) {
    URI location;
    try {
      location = type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    Path jar = Path.of(location);
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          jar + " is not a jar; run the integration tests by mvn verify, which packs it first");
    }
    return jar;
  }

  private static String required(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "system property " + property + " isn't set; run the integration tests by Maven");
    }
    return value;
  }
}
