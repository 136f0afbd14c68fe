package org.ketloom.features;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.utils.json.JSONParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the features, the modules and the versions of the parent pom from drifting apart. */
class FeaturesTest {
  private record Bundle(String feature, String id, Map<String, Object> metadata) {
    String platform() {
      return (String) metadata.get("platform");
    }
  }

  /** What others carry, so that it isn't installed. */
  private static final Set<String> CARRIED = Set.of("org.ketloom.diagnosis");

  private static final List<Bundle> BUNDLES = new ArrayList<>();

  @BeforeAll
  static void readFeatures() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("."))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".json", "");
        Map<String, Object> feature;
        try (InputStream in = Files.newInputStream(file)) {
          feature = new JSONParser(in).getParsed();
        }
        assertEquals("1.0", feature.get("feature-resource-version"), file::toString);
        assertEquals(name, feature.get("name"), file::toString);
        assertTrue(
            ((String) feature.get("id"))
                .startsWith("org.ketloom:org.ketloom.features:osgifeature:" + name + ":"),
            file::toString);
        for (Object entry : (List<?>) feature.get("bundles")) {
          @SuppressWarnings("unchecked")
          var bundle = (Map<String, Object>) entry;
          BUNDLES.add(new Bundle(name, (String) bundle.get("id"), bundle));
        }
      }
    }
    assertFalse(BUNDLES.isEmpty());
  }

  /** What Maven resolved for the dependencies of this module, as {@code group:artifact:version}. */
  private static Set<String> dependencies() throws IOException {
    var line = Pattern.compile("^ +([^: ]+):([^:]+):jar:([^:]+):(compile|runtime)");
    return Files.readAllLines(Path.of("target", "bundles.txt")).stream()
        .map(line::matcher)
        .filter(m -> m.find())
        .map(m -> m.group(1) + ":" + m.group(2) + ":" + m.group(3))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void bundlesAreTheDependenciesOfThisModuleInTheVersionsOfTheParentPom() throws IOException {
    Set<String> dependencies = dependencies();
    String platform =
        dependencies.stream()
            .filter(id -> id.contains(".nd4j.native."))
            .map(id -> id.split(":")[1].replace("org.ketloom.nd4j.native.", ""))
            .findFirst()
            .orElseThrow();
    Set<String> bundles =
        BUNDLES.stream()
            .filter(b -> b.platform() == null || b.platform().equals(platform))
            .map(Bundle::id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(String.join("\n", dependencies), String.join("\n", bundles));
  }

  @Test
  void everyBundleModuleThatOthersDoNotCarryIsInExactlyOneFeature() throws IOException {
    List<String> inFeatures =
        BUNDLES.stream()
            .filter(b -> b.id().startsWith("org.ketloom:"))
            .map(b -> b.id().split(":")[1])
            .sorted()
            .toList();
    try (Stream<Path> folders = Files.list(Path.of("..", "bundles"))) {
      List<String> modules =
          folders
              .filter(f -> Files.exists(f.resolve("pom.xml")))
              .map(f -> f.getFileName().toString())
              .filter(f -> !CARRIED.contains(f))
              .sorted()
              .toList();
      assertEquals(String.join("\n", modules), String.join("\n", inFeatures));
    }
  }

  @Test
  void noBundleIsInTwoFeatures() {
    List<String> ids = BUNDLES.stream().map(Bundle::id).sorted().toList();
    assertEquals(ids.stream().distinct().toList(), ids);
  }

  @Test
  void metadataIsWhatTheLauncherKnows() {
    assertAll(
        BUNDLES.stream()
            .map(
                b ->
                    () -> {
                      String where = b.feature() + ".json: " + b.id();
                      var known = Set.of("id", "start-order", "start", "platform", "offline");
                      assertTrue(known.containsAll(b.metadata().keySet()), where);
                      assertTrue(b.metadata().get("start-order") instanceof Long, where);
                      assertTrue(
                          Set.of("on-demand", "always")
                              .contains(b.metadata().getOrDefault("start", "always")),
                          where);
                    }));
  }
}
