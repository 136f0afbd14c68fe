package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class ContainerTest {
  private static final Map<String, String> NONE = Map.of();

  @TempDir Path home;
  private Path bundles;
  private Path features;
  private Path conf;

  @BeforeEach
  void folders() {
    bundles = home.resolve("bundles");
    features = home.resolve("features");
    conf = home.resolve("conf");
  }

  private Layout layout(String... start) {
    return new Layout(bundles, features, home.resolve("plugins"), conf, List.of(start));
  }

  private void bundle(String name, Map<String, String> headers, Class<?>... classes)
      throws IOException {
    Jars.bundle(bundles.resolve(name + "-1.0.0.jar"), name, "1.0.0", headers, classes);
  }

  private void command() throws IOException {
    bundle(
        "command",
        Map.of(
            "Bundle-Activator",
            EchoCommand.class.getName(),
            "Import-Package",
            "org.osgi.framework"),
        EchoCommand.class,
        EchoCommand.Command.class);
  }

  private String failure(String... start) {
    return assertThrows(LaunchException.class, () -> new Container(layout(start), f -> {}).close())
        .getMessage();
  }

  @Test
  void handsTheArgumentsOverAndLeavesNothingBehind() throws Exception {
    command();
    Jars.feature(features, "shell", "command");
    Path storage;
    try (Container container = new Container(layout(), f -> {})) {
      storage = Path.of(container.context().getProperty("org.osgi.framework.storage"));
      assertTrue(Files.exists(storage));
      assertEquals(5, container.command(1000).applyAsInt(new String[] {"status", "5"}));
    }
    assertFalse(Files.exists(storage));
  }

  @Test
  void numbersBundlesWithoutRewritingAFileForEach() throws Exception {
    bundle("a", NONE);
    bundle("b", NONE);
    bundle("c", NONE);
    Jars.feature(features, "f", "a", "b", "c");
    try (Container container = new Container(layout(), f -> {})) {
      assertEquals(
          List.of(0L, 1L, 2L, 3L),
          Arrays.stream(container.context().getBundles()).map(Bundle::getBundleId).toList());
      Path storage = Path.of(container.context().getProperty("org.osgi.framework.storage"));
      try (Stream<Path> files = Files.walk(storage)) {
        assertEquals(
            List.of(),
            files.filter(Files::isRegularFile).filter(f -> f.endsWith("bundle.id")).toList());
      }
    }
  }

  @Test
  void startsInOrderAndNeitherFragmentsNorWhatIsOnDemand() throws Exception {
    bundle("a", NONE);
    bundle("b", NONE);
    bundle("later", NONE);
    bundle("fragment", Map.of("Fragment-Host", "a"));
    bundle("alien", NONE);
    Jars.feature(
        features,
        "f",
        "b,\"start-order\": 2",
        "a,\"start-order\": 1",
        "fragment,\"start-order\": 1",
        "later,\"start\": \"on-demand\"",
        "alien,\"platform\": \"mars-x86\"",
        "unbuilt,\"platform\": \"" + Layout.platform() + "\"");
    try (Container container = new Container(layout(), f -> {})) {
      List<String> states =
          Arrays.stream(container.context().getBundles())
              .skip(1)
              .map(b -> b.getSymbolicName() + " " + b.getState())
              .toList();
      assertEquals(
          List.of(
              "a " + Bundle.ACTIVE,
              "fragment " + Bundle.RESOLVED,
              "b " + Bundle.ACTIVE,
              "later " + Bundle.RESOLVED),
          states);
    }
  }

  @Test
  void namesWhatIsMissingWhoCouldProvideItAndWhoWaits() throws Exception {
    bundle("library", Map.of("Export-Package", "library.api;version=\"1.2.0\""));
    bundle(
        "user",
        Map.of(
            "Import-Package", "library.api;version=\"[1,2)\"",
            "Export-Package", "user.api;version=\"1.0.0\""));
    bundle("waiting", Map.of("Import-Package", "user.api"));
    Jars.feature(features, "libraries", "library");
    Jars.feature(features, "users", "waiting", "user");
    new Container(layout(), f -> {}).close();
    assertEquals(
        """
        Not everything can be installed:
          feature users: user 1.0.0 needs package library.api [1.0.0,2.0.0), \
        which library 1.0.0 of feature libraries could provide: install that feature too
          feature users: waiting 1.0.0 waits for user 1.0.0""",
        failure("users"));
  }

  @Test
  void namesTheVersionThatIsThereAndWhatNobodyHas() throws Exception {
    bundle("library", Map.of("Export-Package", "library.api;version=\"1.2.0\""));
    bundle("user", Map.of("Import-Package", "library.api;version=\"[2,3)\""));
    bundle("lost", Map.of("Import-Package", "nowhere.api"));
    bundle("orphan", Map.of("Fragment-Host", "nobody"));
    Jars.feature(features, "f", "library", "user", "lost", "orphan");
    String message = failure();
    assertTrue(
        message.contains(
            "user 1.0.0 needs package library.api [2.0.0,3.0.0),"
                + " but there is only version 1.2.0 of library 1.0.0"),
        message);
    assertTrue(
        message.contains(
            "lost 1.0.0 needs package nowhere.api,"
                + " which no bundle of any known feature provides"),
        message);
    assertTrue(message.contains("orphan 1.0.0 needs host nobody"), message);
  }

  @Test
  void namesTheJarThatIsMissingOrDamaged() throws Exception {
    Jars.feature(features, "f", "gone");
    String gone = failure();
    Path jar = bundles.resolve("gone-1.0.0.jar");
    assertTrue(gone.startsWith("Feature f, bundle test:gone:1.0.0: " + jar + " is missing"), gone);

    bundle("gone", NONE);
    byte[] whole = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
    String truncated = failure();
    assertTrue(truncated.contains(jar + " is damaged"), truncated);
  }

  @Test
  void namesTheFeatureThatIsNotThere() throws Exception {
    Jars.feature(features, "f");
    assertTrue(failure("g").contains("No feature g in " + features + ": there is f"), failure("g"));
  }

  @Test
  void saysThatNobodyOffersTheCommandLine() throws Exception {
    bundle("a", NONE);
    Jars.feature(features, "f", "a");
    try (Container container = new Container(layout(), f -> {})) {
      String message =
          assertThrows(LaunchException.class, () -> container.command(10)).getMessage();
      assertTrue(message.contains("Declarative Services is not running"), message);
    }
  }

  @Test
  void whatHasToBeDoneFirstIsDoneAndWarns() throws Exception {
    bundle(
        "first",
        Map.of(
            "Bundle-Activator", FirstThing.class.getName(), "Import-Package", "org.osgi.framework"),
        FirstThing.class);
    Jars.feature(features, "f", "first");
    Files.createDirectories(conf);
    Files.writeString(conf.resolve("ketloom.properties"), "deploy.verify = digest\n");
    try (Container container = new Container(layout(), f -> {})) {
      assertEquals(
          List.of(
              "plugins of " + home.resolve("plugins"),
              "settings of " + conf,
              "deploy.verify is digest"),
          container.warnings());
    }
  }

  @Test
  void namesSettingsThatCannotBeRead() throws Exception {
    Jars.feature(features, "f");
    Files.createDirectories(conf);
    Files.writeString(conf.resolve("ketloom.properties"), "a = \\u12\n");
    String message = failure();
    assertTrue(
        message.startsWith("Can't read the settings in " + conf.resolve("ketloom.properties")),
        message);
  }
}
