package org.ketloom.itests.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.files.fixture.Draws;
import org.ketloom.files.fixture.KnowsRuns;
import org.ketloom.runtime.fixture.Runs;

/** The rules find what they are there for. */
class RulesTest {
  private static final String TABLE =
      """
      | folder | is | may import |
      | --- | --- | --- |
      | `bundles/org.ketloom.api` | contracts | nothing |
      | `bundles/org.ketloom.files` | files | api |
      | `bundles/org.ketloom.ansatz.*` | ansätze | api |
      | `bundles/org.ketloom.metrics`, `.onnx` | metrics | api, files |
      | `bundles/org.ketloom.model.diffusion` | a model | api |
      | `bundles/org.ketloom.runtime` | runs | api, files |
      | `bundles/org.ketloom.shell` | commands | all but models |
      """;
  private static final List<String> BUNDLES =
      List.of(
          "org.ketloom.ansatz.one",
          "org.ketloom.ansatz.two",
          "org.ketloom.api",
          "org.ketloom.files",
          "org.ketloom.metrics",
          "org.ketloom.metrics.onnx",
          "org.ketloom.model.diffusion",
          "org.ketloom.runtime",
          "org.ketloom.shell");

  @TempDir Path folder;

  private MapOfTheHouse map(String table, List<String> bundles) throws Exception {
    return MapOfTheHouse.read(Files.writeString(folder.resolve("CONTRIBUTING.md"), table), bundles);
  }

  @Test
  void aTableIsReadAsItIsMeant() throws Exception {
    MapOfTheHouse map = map(TABLE, BUNDLES);
    assertEquals(Set.of(), map.allowed("org.ketloom.api"));
    assertEquals(Set.of("org.ketloom.api"), map.allowed("org.ketloom.ansatz.one"));
    assertEquals(
        Set.of("org.ketloom.api", "org.ketloom.files", "org.ketloom.metrics"),
        map.allowed("org.ketloom.metrics.onnx"));
    Set<String> shell = map.allowed("org.ketloom.shell");
    assertTrue(shell.contains("org.ketloom.runtime"));
    assertFalse(shell.contains("org.ketloom.model.diffusion"));
  }

  @Test
  void aBundleWithoutARowIsNamed() throws Exception {
    MapOfTheHouse map = map(TABLE, BUNDLES);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> map.allowed("org.ketloom.noise"));
    assertEquals(
        "the map of the house in CONTRIBUTING.md has no row for org.ketloom.noise: add one that"
            + " says what it may import",
        e.getMessage());
  }

  @Test
  void aForbiddenImportFailsWithTheRulesReason() throws Exception {
    House house = new House(folder, BUNDLES);
    JavaClasses fixtures = new ClassFileImporter().importClasses(KnowsRuns.class, Runs.class);
    Arrows arrows = new Arrows(house::owner, map(TABLE, BUNDLES)::allowed);
    ArchRule rule =
        classes().should(arrows.keepTo("the map of the house")).because("arrows point one way");
    AssertionError e = assertThrows(AssertionError.class, () -> rule.check(fixtures));
    assertTrue(e.getMessage().contains("because arrows point one way"), e.getMessage());
    assertTrue(
        e.getMessage()
            .contains("org.ketloom.files may use org.ketloom.api, not org.ketloom.runtime: "),
        e.getMessage());
    assertTrue(e.getMessage().contains("KnowsRuns.java:"), e.getMessage());
    assertEquals(
        Map.of("org.ketloom.files", Set.of("org.ketloom.runtime"), "org.ketloom.runtime", Set.of()),
        arrows.found(fixtures));
  }

  @Test
  void numbersThatTheJdkDrawsAreFound() {
    JavaClasses fixtures = new ClassFileImporter().importClasses(Draws.class);
    AssertionError e =
        assertThrows(AssertionError.class, () -> HouseTest.randomNumbers().check(fixtures));
    assertTrue(e.getMessage().contains("because a run is repeated by its seed"), e.getMessage());
    assertTrue(
        e.getMessage().contains("RandomGenerator.nextGaussian()> in (Draws.java:"), e.getMessage());
  }

  @Test
  void aPictureLeavesOutWhatFollows() {
    String svg =
        new Picture("a, b, c", Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.of()))
            .svg();
    assertEquals(2, svg.split("<polyline ", -1).length - 1, svg);
    assertEquals(3, svg.split("<text ", -1).length - 1, svg);
  }

  @Test
  void aCycleCantBeDrawn() {
    Picture picture = new Picture("a, b", Map.of("a", Set.of("b"), "b", Set.of("a")));
    assertThrows(IllegalStateException.class, picture::svg);
  }
}
