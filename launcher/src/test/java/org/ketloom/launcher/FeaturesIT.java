package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** The real features with the real bundles. */
class FeaturesIT {
  private static final Path FEATURES = Path.of("..", "features").toAbsolutePath().normalize();

  @TempDir Path plugins;

  private Layout layout(String... start) {
    return new Layout(
        FEATURES.resolve("target").resolve("bundles"),
        FEATURES,
        plugins,
        plugins.resolve("conf"),
        List.of(start));
  }

  @Test
  void everythingResolvesAndStarts() throws Exception {
    try (Container container = new Container(layout(), f -> {})) {
      assertEquals(List.of(), container.warnings());
      List<Bundle> ours =
          Arrays.stream(container.context().getBundles())
              .filter(b -> b.getSymbolicName().startsWith("org.ketloom."))
              .toList();
      assertTrue(ours.size() > 15, ours::toString);
      for (Bundle bundle : ours) {
        boolean fragment = bundle.getHeaders().get("Fragment-Host") != null;
        boolean onDemand = bundle.getSymbolicName().equals("org.ketloom.http");
        assertEquals(
            fragment || onDemand ? Bundle.RESOLVED : Bundle.ACTIVE,
            bundle.getState(),
            bundle::toString);
      }
    }
  }

  @Test
  void nd4jComputesInABundle() throws Exception {
    Jars.bundle(
        plugins.resolve("nd4j-user.jar"),
        "nd4j.user",
        "1.0.0",
        Map.of(
            "Bundle-Activator", Nd4jCommand.class.getName(), "Import-Package", Nd4jCommand.IMPORTS),
        Nd4jCommand.class);
    try (Container container = new Container(layout("core", "numerics"), f -> {})) {
      assertEquals(List.of(), container.warnings());
      ServiceReference<?>[] references =
          container.context().getAllServiceReferences(null, "(ketloom.test=nd4j)");
      @SuppressWarnings("unchecked")
      var command = (ToIntFunction<String[]>) container.context().getService(references[0]);
      // 12 for the product; a pixel has 4, 6 or 9 neighbours: 4 * 4 + 8 * 6 + 4 * 9 = 100.
      assertEquals(12100, command.applyAsInt(new String[0]));
    }
  }

  @Test
  void namesTheServiceThatAComponentWaitsFor() throws Exception {
    Path jar = plugins.resolve("waiter.jar");
    Jars.bundle(
        jar,
        "waiter",
        "1.0.0",
        Map.of(
            "Service-Component", "waiter.xml",
            "Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\""));
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Files.writeString(
          zip.getPath("waiter.xml"),
          """
          <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="the.waiter">
            <implementation class="java.lang.Object"/>
            <service><provide interface="java.lang.Object"/></service>
            <reference name="r" interface="java.lang.Runnable" target="(color=blue)"/>
          </scr:component>
          """);
    }
    try (Container container = new Container(layout("core"), f -> {})) {
      assertEquals(1, container.warnings().size(), () -> container.warnings().toString());
      String warning = container.warnings().get(0);
      assertTrue(warning.startsWith("plugin waiter.jar is left out: waiter 1.0.0"), warning);
      container.context().installBundle(jar.toUri().toString()).start();
      String message =
          assertThrows(LaunchException.class, () -> container.command(10)).getMessage();
      assertTrue(
          message.contains("\n  the.waiter waits for java.lang.Runnable (color=blue)"), message);
    }
  }
}
