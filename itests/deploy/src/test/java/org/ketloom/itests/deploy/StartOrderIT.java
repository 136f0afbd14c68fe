package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** Whatever order the bundles are started in, the same plugins are current at the end. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class StartOrderIT {
  private static final String BUNDLES = "ketloom.itests.bundles";
  private static final int ORDERS = 4;

  private final Services services = new Services(StartOrderIT.class);

  @Configuration
  public static Option[] container() throws IOException {
    Path jars = Jars.make();
    Path plugins = Files.createTempDirectory("plugins");
    for (String jar : List.of("wave-1.1.0.jar", "wave-2.0.0.jar", "rival.jar", "lying.jar")) {
      Files.copy(jars.resolve(jar), plugins.resolve(jar));
    }
    List<Path> bundles = Container.jars("core", "ansaetze");
    return CoreOptions.options(
        Container.base(),
        // Declarative Services are there from the beginning: the test itself needs their API.
        CoreOptions.composite(
            bundles.stream()
                .filter(jar -> !isKetloom(jar))
                .map(Container::jar)
                .toArray(Option[]::new)),
        CoreOptions.systemProperty("ketloom.plugins").value(plugins.toString()),
        CoreOptions.systemProperty("deploy.patience").value("300"),
        CoreOptions.systemProperty(BUNDLES)
            .value(
                bundles.stream()
                    .filter(StartOrderIT::isKetloom)
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator))));
  }

  private static boolean isKetloom(Path jar) {
    return jar.getFileName().toString().startsWith("org.ketloom.");
  }

  @Test
  public void theOrderDoesNotMatter() throws Exception {
    List<String> jars = List.of(System.getProperty(BUNDLES).split(File.pathSeparator));
    for (int seed = 0; seed < ORDERS; seed++) {
      List<String> order = new ArrayList<>(jars);
      Collections.shuffle(order, new Random(seed));
      List<Bundle> bundles = new ArrayList<>();
      // Half of the orders install one by one, so that much is missing at first.
      for (String jar : order) {
        Bundle bundle = services.context().installBundle("reference:" + Path.of(jar).toUri());
        bundles.add(bundle);
        if (seed % 2 == 0) {
          tryToStart(bundle);
        }
      }
      for (int round = 0; round < 2; round++) {
        bundles.forEach(StartOrderIT::tryToStart);
      }
      List<String> expected = List.of("test.rival 1.5.0", "test.wave 1.1.0", "test.wave 2.0.0");
      services.await(
          expected + " in order " + seed, () -> current().equals(expected) ? expected : null);
      Collections.reverse(bundles);
      for (Bundle bundle : bundles) {
        bundle.uninstall();
      }
      for (Bundle bundle : services.context().getBundles()) {
        if (bundle.getLocation().startsWith("ketloom:")) {
          bundle.uninstall();
        }
      }
      refresh();
    }
  }

  private static void tryToStart(Bundle bundle) {
    try {
      bundle.start();
    } catch (org.osgi.framework.BundleException e) {
      // What it needs isn't there yet: it is started again when all are.
    }
  }

  /** Names of the plugins whose services are registered, without classes of bundles that go. */
  private List<String> current() {
    try {
      ServiceReference<?>[] deployers =
          services.context().getAllServiceReferences("org.ketloom.runtime.deploy.Deployer", null);
      if (deployers == null) {
        return List.of();
      }
      Object deployer = services.context().getService(deployers[0]);
      if (deployer == null) {
        return List.of();
      }
      List<String> names = new ArrayList<>();
      for (Object status : (List<?>) deployer.getClass().getMethod("plugins").invoke(deployer)) {
        if (status.getClass().getMethod("state").invoke(status).toString().equals("CURRENT")) {
          names.add(status.getClass().getMethod("name").invoke(status).toString());
        }
      }
      services.context().ungetService(deployers[0]);
      return names.stream().sorted().toList();
    } catch (ReflectiveOperationException | org.osgi.framework.InvalidSyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private void refresh() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    FrameworkListener listener = event -> done.countDown();
    services.context().getBundle(0).adapt(FrameworkWiring.class).refreshBundles(null, listener);
    assertEquals(true, done.await(60, TimeUnit.SECONDS));
    assertEquals(
        List.of(),
        Arrays.stream(services.context().getBundles())
            .filter(b -> b.getLocation().startsWith("ketloom:"))
            .toList());
  }
}
