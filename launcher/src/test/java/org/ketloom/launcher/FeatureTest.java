package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureTest {
  @TempDir Path folder;

  @Test
  void readsBundlesWithAndWithoutMetadata() throws Exception {
    Path file = folder.resolve("some.json");
    Files.writeString(
        file,
        """
        {
          "feature-resource-version": "1.0",
          "id": "g:f:1",
          "bundles": [
            "g:plain:1.0",
            { "id": "g:full:2.0", "start-order": 3, "start": "on-demand", "platform": "mars-x86" }
          ]
        }
        """);
    Feature feature = Feature.read(file);
    assertEquals("some", feature.name());
    assertEquals(
        List.of(
            new Feature.Entry("g:plain:1.0", Integer.MAX_VALUE, false, "", ""),
            new Feature.Entry("g:full:2.0", 3, true, "mars-x86", "")),
        feature.bundles());
    assertEquals("full-2.0.jar", feature.bundles().get(1).fileName());
    assertEquals(List.of(feature), Feature.readAll(folder));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ \"bundles\": [ | is not JSON",
        "nonsense | is not JSON",
        "{ \"name\": \"x\" } | has no list \"bundles\"",
        "{ \"bundles\": 3 } | has no list \"bundles\"",
        "{ \"bundles\": [ \"g:a\" ] } | group:artifact:version",
        "{ \"bundles\": [ \"g:../a:1\" ] } | group:artifact:version",
        "{ \"bundles\": [ 7 ] } | group:artifact:version",
        "{ \"bundles\": [ { \"id\": \"g:a:1\", \"strat\": 1 } ] } | unknown key \"strat\"",
        "{ \"bundles\": [ { \"id\": \"g:a:1\", \"start-order\": \"x\" } ] } | not an integer",
        "{ \"bundles\": [ { \"id\": \"g:a:1\", \"start\": \"later\" } ] } | not \"on-demand\"",
      })
  void namesTheFileAndTheFault(String json, String fault) throws IOException {
    Path file = folder.resolve("bad.json");
    Files.writeString(file, json);
    String message = assertThrows(LaunchException.class, () -> Feature.read(file)).getMessage();
    assertTrue(message.contains(file.toString()) && message.contains(fault), message);
  }

  @Test
  void namesTheFolderWithoutFeatures() {
    String empty = assertThrows(LaunchException.class, () -> Feature.readAll(folder)).getMessage();
    assertTrue(empty.contains("No feature (*.json) in " + folder), empty);
    Path none = folder.resolve("none");
    String missing = assertThrows(LaunchException.class, () -> Feature.readAll(none)).getMessage();
    assertTrue(missing.contains(none.toString()), missing);
  }
}
