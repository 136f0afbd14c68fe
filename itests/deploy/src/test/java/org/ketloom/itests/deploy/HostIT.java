package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;

/** In the framework of a host that watches a folder of its own: Ketloom leaves that alone. */
@RunWith(PaxExam.class)
public class HostIT {
  private static final String FOLDER = "felix.fileinstall.dir";
  private static final String JARS = "host.jars";

  private final Services services = new Services(HostIT.class);

  @Configuration
  public Option[] container() throws IOException {
    Path folder = Files.createTempDirectory("host");
    Path jars = Files.createTempDirectory("jars");
    for (String name : List.of("first", "second")) {
      Files.move(Plugin.jar("host." + name, "1.0.0", Map.of()), jars.resolve(name + ".jar"));
    }
    return new Option[] {
      Folder.container(),
      Container.jar(Container.jarOf(ArtifactInstaller.class)),
      CoreOptions.frameworkProperty(FOLDER).value(folder.toString()),
      CoreOptions.frameworkProperty("felix.fileinstall.poll").value("100"),
      CoreOptions.frameworkProperty("felix.fileinstall.log.level").value("0"),
      CoreOptions.frameworkProperty("felix.fileinstall.tmpdir")
          .value(folder.resolveSibling(folder.getFileName() + "-tmp").toString()),
      CoreOptions.systemProperty(JARS).value(jars.toString())
    };
  }

  private Bundle fileInstall() {
    return Arrays.stream(services.context().getBundles())
        .filter(b -> "org.apache.felix.fileinstall".equals(b.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }

  private void drop(String name) {
    try {
      Path folder = Path.of(services.context().getProperty(FOLDER));
      Path temporary = folder.resolve(name + ".part");
      Files.copy(Path.of(System.getProperty(JARS), name + ".jar"), temporary);
      Files.move(temporary, folder.resolve(name + ".jar"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    services.await(
        "bundle host." + name,
        () ->
            Arrays.stream(services.context().getBundles())
                .filter(b -> ("host." + name).equals(b.getSymbolicName()))
                .filter(b -> b.getState() == Bundle.ACTIVE)
                .findFirst()
                .orElse(null));
  }

  @Test
  public void itsWatchingGoesOnWhileKetloomIsRestarted() throws Exception {
    Folder ketlooms = new Folder(services);
    ketlooms.deployer();
    List<Object> registered = services(fileInstall());
    drop("first");
    ketlooms.restart();
    services.bundle("org.ketloom.runtime").stop();
    assertEquals(Bundle.ACTIVE, fileInstall().getState());
    assertEquals(registered, services(fileInstall()));
    drop("second");
    services.bundle("org.ketloom.runtime").start();
    ketlooms.drop(Jars.wave("1.0.0"));
    ketlooms.awaitCurrent("test.wave 1.0.0");
    assertEquals(registered, services(fileInstall()));
    ketlooms.empty();
  }

  private static List<Object> services(Bundle bundle) {
    return Arrays.<Object>asList(
        Arrays.stream(bundle.getRegisteredServices())
            .map(r -> List.of((String[]) r.getProperty("objectClass")).toString())
            .sorted()
            .toArray());
  }
}
