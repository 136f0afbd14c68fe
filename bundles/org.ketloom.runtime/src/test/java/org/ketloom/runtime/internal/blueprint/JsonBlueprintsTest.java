package org.ketloom.runtime.internal.blueprint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.part.Encoding;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.TrackedParts;

class JsonBlueprintsTest {
  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);

  private Blueprint complete(String json) {
    return blueprints.complete(blueprints.parse(json, "my.json"));
  }

  @Test
  void everythingButTheModelHasADefault() {
    Blueprint blueprint = complete("{\"model\": \"toy\"}");
    assertEquals(Map.of("rate", 0.05, "nanFrom", -1L, "note", ""), blueprint.model().options());
    assertEquals(List.of("encoding", "ansatz"), List.copyOf(blueprint.parts().keySet()));
    assertEquals(
        Map.of("axis", "y", "scale", Math.PI, "wires", List.of()),
        blueprint.parts().get("encoding").options());
    // The model's preset, not the part's own default.
    assertEquals(Map.of("repeats", 2), blueprint.parts().get("ansatz").options());
    assertEquals("digits", blueprint.data().name());
    assertEquals(new Blueprint.Training(2, 4, 1, 1), blueprint.training());
    assertEquals(42, blueprint.seed());
    assertEquals(
        blueprint,
        blueprints.complete(blueprints.ofModel("toy")),
        "ofModel leaves all to defaults");
  }

  @Test
  void whatIsSaidWinsOverDefaults() {
    Blueprint blueprint =
        complete(
            """
            {"model": {"name": "toy", "version": "[1,2)", "options": {"rate": 1}},
             "parts": {"encoding": {"options": {"axis": "x", "wires": [0, 1]}}, "ansatz": "layers"},
             "data": {"options": {"images": 9}},
             "training": {"epochs": 7}, "seed": -5}
            """);
    assertEquals(Optional.of("[1,2)"), blueprint.model().version());
    assertEquals(1.0, blueprint.model().options().get("rate"));
    assertEquals("x", blueprint.parts().get("encoding").options().get("axis"));
    assertEquals(List.of(0, 1), blueprint.parts().get("encoding").options().get("wires"));
    assertEquals(9, blueprint.data().options().get("images"));
    assertEquals(new Blueprint.Training(7, 4, 1, 1), blueprint.training());
    assertEquals(-5, blueprint.seed());
  }

  @Test
  void aCompleteBlueprintSurvivesItsJson() {
    Blueprint blueprint = complete("{\"model\": \"toy\", \"training\": {\"epochs\": 3}}");
    String json = blueprints.json(blueprint);
    assertEquals(blueprint, complete(json));
    assertEquals(json, blueprints.json(complete(json)));
    assertEquals(blueprint, blueprints.complete(blueprints.draft(blueprint)));
    assertTrue(json.startsWith("{\n  \"model\": {\n    \"name\": \"toy\""), json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\": \"toy\",\\n \"model\": \"toy\"}|my.json, line 2|\"model\" is given twice",
        "{\"model\": \"toy\" // comment\\n}|my.json, line 1|unexpected /",
        "{\"model\": \"toy\"} {}|my.json, line 1|there is more after the end",
        "{\"model\": \"toy\",\\n|my.json, line 2|the text ends too early",
        "[1]|my.json: |a JSON object",
        "{}|my.json: model: |names its model",
        "{\"modle\": \"toy\"}|my.json: modle: |did you mean \"model\"",
        "{\"model\": 3}|my.json: model: |found 3",
        "{\"model\": \"\"}|my.json: model: |found \"\"",
        "{\"model\": {\"nam\": \"toy\"}}|my.json: model.nam: |did you mean \"name\"",
        "{\"model\": {\"options\": {}}}|my.json: model.name: |is missing",
        "{\"model\": {\"name\": \"toy\", \"version\": \"[1,\"}}|my.json: model.version: |version range",
        "{\"model\": \"toy\", \"parts\": []}|my.json: parts: |takes an object",
        "{\"model\": \"toy\", \"data\": null}|my.json: data: |found null",
        "{\"model\": \"toy\", \"seed\": 1.5}|my.json: seed: |found 1.5",
        "{\"model\": \"toy\", \"seed\": 9223372036854775808}|my.json: seed: |64 bits",
        "{\"model\": \"toy\", \"training\": {\"epochs\": \"5\"}}|my.json: training.epochs: |found \"5\"",
        "{\"model\": \"toy\", \"training\": {\"epoch\": 5}}|my.json: training.epoch: |did you mean \"epochs\"",
        "{\"model\": {\"name\": \"toy\", \"options\": {\"rate\": {}}}}|my.json: model.options.rate: |found {}",
      })
  void aWrongFormIsRefusedWithItsPlace(String json, String place, String reason) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> blueprints.parse(json.replace("\\n", "\n"), "my.json"))
            .getMessage();
    assertTrue(message.startsWith(place), message);
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"parts\": {\"ansatzz\": \"layers\"}|parts.ansatzz: |did you mean \"ansatz\"",
        "\"parts\": {\"ansatz\": {\"options\": {\"repeat\": 3}}}|parts.ansatz.options.repeat: |did you mean \"repeats\"? there is repeats",
        "\"parts\": {\"ansatz\": {\"options\": {\"repeats\": \"3\"}}}|parts.ansatz.options.repeats: |takes a whole number, found \"3\"",
        "\"parts\": {\"ansatz\": {\"options\": {\"repeats\": 2.5}}}|parts.ansatz.options.repeats: |takes a whole number, found 2.5",
        "\"parts\": {\"ansatz\": {\"options\": {\"repeats\": 3000000000}}}|parts.ansatz.options.repeats: |takes a whole number",
        "\"parts\": {\"encoding\": {\"options\": {\"axis\": \"z\"}}}|parts.encoding.options.axis: |y, found \"z\"",
        "\"parts\": {\"encoding\": {\"options\": {\"wires\": [0, \"a\"]}}}|parts.encoding.options.wires: |a list of whole numbers",
        "\"parts\": {\"encoding\": {\"options\": {\"scale\": -1}}}|parts.encoding.options: |scale must be greater than 0, found -1",
        "\"training\": {\"epochs\": 0}|training.epochs |must be at least 1, found 0",
      })
  void aWrongValueIsRefusedWithItsPath(String members, String place, String reason) {

    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> complete("{\"model\": \"toy\", " + members + "}"))
            .getMessage();
    assertTrue(message.startsWith("my.json: " + place), message);
    assertTrue(message.contains(reason), message);
  }

  @Test
  void aMissingPartIsNamedWithWhatIsThere() {
    assertWaiting(
        "{\"model\": \"toi\"}", "model: no model \"toi\" is registered; did you mean \"toy\"");
    assertWaiting(
        "{\"model\": \"toy\", \"parts\": {\"encoding\": {\"name\": \"turn\", \"version\": \"2\"}}}",
        "parts.encoding: no encoding \"turn\" of version 2 is registered");
    assertWaiting("{\"model\": \"toy\", \"data\": \"mnist\"}", "there is digits");
  }

  private void assertWaiting(String json, String reason) {
    String message = assertThrows(IllegalStateException.class, () -> complete(json)).getMessage();
    assertTrue(message.startsWith("my.json is WAITING: "), message);
    assertTrue(message.contains(reason), message);
  }

  @Test
  void assignmentsChangeSingleValues() {
    Fakes.add(registry, 9, "more", "1.0.0", Encoding.class, "other", new Fakes.Turn());
    Draft draft =
        blueprints.set(
            blueprints.parse(
                "{\"model\": \"toy\", \"parts\": {\"encoding\": {\"name\": \"turn\","
                    + " \"options\": {\"axis\": \"x\"}}}}",
                "my.json"),
            List.of(
                "parts.encoding=other",
                "parts.ansatz.options.repeats=5",
                "parts.encoding.options.wires=3,4",
                "model.options.rate=1e-3",
                "model.options.note=a=b",
                "data.options.images=8",
                "training.epochs=9",
                "seed=7"));
    Blueprint blueprint = blueprints.complete(draft);
    assertEquals("other", blueprint.parts().get("encoding").name());
    assertEquals("y", blueprint.parts().get("encoding").options().get("axis"), "dropped");
    assertEquals(List.of(3, 4), blueprint.parts().get("encoding").options().get("wires"));
    assertEquals(5, blueprint.parts().get("ansatz").options().get("repeats"));
    assertEquals(1e-3, blueprint.model().options().get("rate"));
    assertEquals("a=b", blueprint.model().options().get("note"));
    assertEquals(8, blueprint.data().options().get("images"));
    assertEquals(9, blueprint.training().epochs());
    assertEquals(7, blueprint.seed());
    Draft same = blueprints.set(draft, List.of("parts.encoding=other"));
    assertEquals(blueprint, blueprints.complete(same), "naming the same part keeps its options");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "seed; path=value",
        "=3; path=value",
        "sed=3; did you mean \"seed\"",
        "seed.x=3; a single value",
        "parts=angle; a single value",
        "model.options=3; a single value",
        "training.epochs=many; found \"many\"",
        "training.epoch=3; did you mean \"epochs\"",
        "model=; takes a part's name",
        "parts.ansatz.version=[; version range",
      })
  void aWrongAssignmentIsNamed(String assignment, String reason) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> blueprints.set(blueprints.ofModel("toy"), List.of(assignment)))
            .getMessage();
    assertTrue(message.startsWith("\"" + assignment + "\""), message);
    assertTrue(message.contains(reason), message);
  }

  @Test
  void aFingerprintKnowsContentNotForm() {
    Blueprint one =
        complete("{\"model\": {\"name\": \"toy\", \"options\": {\"rate\": 0.5}}, \"seed\": 1}");
    Blueprint same =
        complete("{\"seed\": 1, \"model\": {\"options\": {\"rate\": 5e-1}, \"name\": \"toy\"}}");
    assertEquals(blueprints.fingerprint(one), blueprints.fingerprint(same));
    Blueprint other =
        complete(
            blueprints
                .set(blueprints.draft(one), List.of("seed=2", "model.options.rate=0.25"))
                .json());
    assertNotEquals(blueprints.fingerprint(one), blueprints.fingerprint(other));
    assertEquals(
        List.of("model.options.rate: 0.5 here, 0.25 there", "seed: 1 here, 2 there"),
        blueprints.differences(one, other));
    assertEquals(List.of(), blueprints.differences(one, same));
  }

  @Test
  void aFileIsReadWithItsNameInErrors(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("b.json");
    assertTrue(
        assertThrows(IOException.class, () -> blueprints.read(file))
            .getMessage()
            .startsWith(file + " can't be read: "));
    Files.write(file, new byte[] {'"', (byte) 0xFF, '"'});
    assertTrue(
        assertThrows(IOException.class, () -> blueprints.read(file))
            .getMessage()
            .contains("UTF-8"));
    Files.writeString(file, "{\"model\": \"toy\"}", StandardCharsets.UTF_8);
    assertEquals(complete("{\"model\": \"toy\"}"), blueprints.complete(blueprints.read(file)));
  }
}
