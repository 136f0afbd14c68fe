package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no training. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for a POSIX shell")
class CommandIT {
  private static final String CIRCUIT =
      """
      {"n": 2, "n_x": 1, "n_theta": 1,
       "gates": [["RY", [0], 0], ["CNOT", [0, 1], null], ["RX", [1], 1]],
       "x": [[0.3], [1.2]], "theta": [0.4],
       "observables": "Z_i for i=0..n-1", "cotangent": [[1, 0], [0, 1]]}
      """;

  @TempDir Path folder;

  @Test
  void helpNamesEveryCommand() {
    String help = Distribution.run(folder, "--help").succeeded();
    for (String command :
        List.of(
            "demo",
            "train",
            "resume",
            "sample",
            "evaluate",
            "study",
            "parts",
            "blueprint",
            "circuit",
            "shell")) {
      assertTrue(help.contains("\n  " + command + " "), help);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sample", "blueprint validate", "circuit eval"})
  void everyHelpHasAnExample(String command) {
    String help = Distribution.run(folder, (command + " --help").split(" ")).succeeded();
    assertTrue(help.contains("Example"), help);
    assertTrue(help.contains("\n  ketloom " + command), help);
  }

  @Test
  void partsAreNamedWithTheirBundlesAndNd4jIsNotTouched() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    String parts =
        Distribution.run(folder, Map.of("KETLOOM_CACHE", cache.toString()), "parts", "--brief")
            .succeeded();
    for (String part :
        List.of(
            "encoding amplitude org.ketloom.encoding.amplitude",
            "encoding angle org.ketloom.encoding.angle",
            "encoding basis org.ketloom.encoding.basis",
            "encoding dense-angle org.ketloom.encoding.denseangle",
            "encoding phase org.ketloom.encoding.phase",
            "encoding reuploading org.ketloom.encoding.reuploading",
            "ansatz cluster-state org.ketloom.ansatz.clusterstate",
            "ansatz cnot-line org.ketloom.ansatz.cnotline",
            "ansatz controlled-ring org.ketloom.ansatz.controlledring",
            "ansatz hardware-efficient org.ketloom.ansatz.hardwareefficient",
            "ansatz sim org.ketloom.ansatz.sim",
            "ansatz style org.ketloom.ansatz.style",
            "ansatz two-qubit org.ketloom.ansatz.twoqubit",
            "observable adaptive org.ketloom.observable.adaptive",
            "observable pauli org.ketloom.observable.pauli",
            "engine density-matrix org.ketloom.engine.densitymatrix",
            "engine statevector org.ketloom.engine.statevector",
            "engine trajectories org.ketloom.engine.trajectories",
            "model hybrid-unet org.ketloom.model.diffusion",
            "model jo2026 org.ketloom.model.diffusion",
            "model last-qgan org.ketloom.model.lastqgan",
            "model latent-flow org.ketloom.model.latentflow",
            "dataset digits org.ketloom.data",
            "dataset mnist org.ketloom.data",
            "features classifier org.ketloom.metrics",
            "features onnx org.ketloom.metrics.onnx")) {
      String[] columns = part.split(" ");
      assertTrue(
          parts
              .lines()
              .anyMatch(
                  l ->
                      l.matches(
                          columns[0] + " +" + columns[1] + " +[0-9.]+ +" + columns[2] + " *")),
          () -> "no " + part + " in\n" + parts);
    }
    try (var files = Files.list(cache)) {
      assertEquals(List.of(), files.toList(), "native code was unpacked");
    }
  }

  @Test
  void aBlueprintIsValidated() throws IOException {
    Path file = folder.resolve("my.json");
    Files.writeString(file, Distribution.run(folder, "blueprint", "defaults").succeeded());
    String answer = Distribution.run(folder, "blueprint", "validate", "my.json").succeeded();
    assertTrue(answer.contains("my.json: READY"), answer);
    assertEquals(
        Files.readString(file),
        Distribution.run(folder, "blueprint", "show", "my.json").succeeded(),
        "a complete Blueprint stays as it is");
  }

  @Test
  void aBlueprintWithAnUnknownPartIsWaiting() throws IOException {
    Files.writeString(
        folder.resolve("my.json"),
        "{\"model\": \"hybrid-unet\", \"parts\": {\"ansatz\": \"two-cubit\"}}");
    var result = Distribution.run(folder, "blueprint", "validate", "my.json");
    assertEquals(1, result.status(), result::toString);
    assertTrue(
        result.output().contains("WAITING: parts.ansatz: no ansatz \"two-cubit\" is registered"),
        result::toString);
    assertTrue(result.output().contains("two-qubit"), result::toString);
  }

  @Test
  void aBlueprintWithAnUnknownOptionIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("my.json"),
        "{\"model\": \"hybrid-unet\","
            + " \"parts\": {\"encoding\": {\"name\": \"angle\", \"options\": {\"axes\": \"x\"}}}}");
    Distribution.run(folder, "blueprint", "validate", "my.json")
        .failed("my.json", "parts.encoding", "axes", "axis");
  }

  @Test
  void aBlueprintThatCanNotBeBuiltIsRefused() throws IOException {
    Files.writeString(folder.resolve("my.json"), "{\"model\": \"hybrid-unet\"}");
    Distribution.run(
            folder, "blueprint", "validate", "my.json", "--set", "model.options.features=20")
        .failed("my.json", "model.options.features", "6 wires", "20");
    Distribution.run(folder, "blueprint", "validate", "my.json", "--set", "model.options.wires=40")
        .failed("my.json", "40", "wires");
  }

  @Test
  void aShellRunsOneCommandAfterAnother() {
    String answer =
        Distribution.run(folder, "shell", "-c", "lb -s", "-c", "parts --brief").succeeded();
    assertTrue(answer.contains("org.ketloom.api"), answer);
    assertTrue(answer.contains("two-qubit"), answer);
    var failed = Distribution.run(folder, "shell", "-c", "parts nope", "-c", "parts --brief");
    assertEquals(1, failed.status(), failed::toString);
    assertFalse(failed.output().contains("two-qubit"), failed::toString);
  }

  @Test
  void aCircuitIsEvaluated() throws IOException {
    Path file = folder.resolve("circuit.json");
    Files.writeString(file, CIRCUIT);
    JsonNode values =
        new ObjectMapper()
            .readTree(Distribution.run(folder, "circuit", "eval", "circuit.json").succeeded());
    double[] x = {0.3, 1.2};
    for (int sample = 0; sample < x.length; sample++) {
      JsonNode outputs = values.get("outputs").get(sample);
      assertEquals(Math.cos(x[sample]), outputs.get(0).asDouble(), 1e-14);
      assertEquals(Math.cos(0.4) * Math.cos(x[sample]), outputs.get(1).asDouble(), 1e-14);
    }
    assertEquals(-Math.sin(0.3), values.get("grad_x").get(0).get(0).asDouble(), 1e-14);
    assertEquals(
        -Math.cos(0.4) * Math.sin(1.2), values.get("grad_x").get(1).get(0).asDouble(), 1e-14);
    assertEquals(-Math.sin(0.4) * Math.cos(1.2), values.get("grad_theta").get(0).asDouble(), 1e-14);
  }

  @Test
  void aCircuitIsComparedWithItsExpectedValues() throws IOException {
    Path file = folder.resolve("circuit.json");
    Files.writeString(file, CIRCUIT);
    Distribution.run(folder, "circuit", "eval", "--write-expected", "circuit.json").succeeded();
    Distribution.run(folder, "circuit", "eval", "--compare", "circuit.json").succeeded();
    String[] single = {"circuit", "eval", "--compare", "circuit.json", "--precision", "single"};
    assertEquals(1, Distribution.run(folder, single).status(), "to 1e-10");
    Distribution.run(
            folder,
            Stream.concat(Stream.of(single), Stream.of("--tolerance", "1e-6"))
                .toArray(String[]::new))
        .succeeded();

    String right = Files.readString(file);
    String wrong = right.replaceFirst("0\\.95533\\d+", "0.95534");
    assertFalse(right.equals(wrong), right);
    Files.writeString(file, wrong);
    var result = Distribution.run(folder, "circuit", "eval", "--compare", "circuit.json");
    assertEquals(1, result.status(), result::toString);
    assertTrue((result.output() + result.errors()).contains("outputs"), result::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w1_n4.json", "w3_n4.json", "noise_n2.json"})
  void theGoldenFilesAgree(String name) {
    String reference = System.getenv("KETLOOM_REFERENCE");
    assumeTrue(reference != null, "KETLOOM_REFERENCE doesn't name the folder of golden files");
    Path file = Path.of(reference).resolve(name);
    Distribution.run(folder, "circuit", "eval", "--compare", file.toString()).succeeded();
  }

  @Test
  void aNoisyCircuitIsPlannedOnEachEngine() throws IOException {
    Files.writeString(
        folder.resolve("noisy.json"),
        "{\"n\": 2, \"gates\": [[\"H\", [0]], [\"DEPOLARIZING\", [0], {\"value\": 0.1}]],"
            + " \"observables\": [\"Z0\"]}");
    String told =
        Distribution.run(folder, "circuit", "plan", "noisy.json", "--batch", "4").succeeded();
    assertTrue(told.contains("engines:\n"), told);
    assertTrue(told.matches("(?s).*\n  density-matrix: .* for a batch of 4\n.*"), told);
    assertTrue(told.matches("(?s).*\n  trajectories: .* for a batch of 4\n.*"), told);
    assertTrue(told.matches("(?s).*\n  statevector: .* takes circuits of pure states.*"), told);
  }

  @Test
  void anEngineTakesOptions() throws IOException {
    Files.writeString(
        folder.resolve("noisy.json"),
        "{\"n\": 2, \"gates\": [[\"RY\", [0], {\"value\": 0.7}], [\"AMPLITUDEDAMPING\", [0], {\"value\":"
            + " 0.3}]], \"observables\": [\"Z0\"]}");
    String[] eval = {"circuit", "eval", "noisy.json", "--engine", "trajectories"};
    String usual = Distribution.run(folder, eval).succeeded();
    assertEquals(usual, with(eval, "trajectories=100", "seed=0").succeeded());
    assertFalse(usual.equals(with(eval, "trajectories=1000").succeeded()), usual);
    assertFalse(usual.equals(with(eval, "seed=1").succeeded()), usual);
    var refused = with(eval, "trajectories=1");
    assertEquals(1, refused.status(), refused::toString);
    assertTrue(
        refused
            .errors()
            .contains("engine \"trajectories\": trajectories must be at least 2, found 1"),
        refused::toString);
    refused =
        Distribution.run(
            folder, "circuit", "eval", "noisy.json", "--engine-option", "trajectories=10");
    assertEquals(2, refused.status(), refused::toString);
    assertTrue(refused.errors().contains("--engine-option goes with --engine"), refused::toString);
    String plan =
        Distribution.run(
                folder,
                "circuit",
                "plan",
                "noisy.json",
                "--engine",
                "trajectories",
                "--engine-option",
                "trajectories=20")
            .succeeded();
    assertTrue(plan.contains("20 trajectories of each sample"), plan);
  }

  private Distribution.Result with(String[] command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    for (String option : options) {
      arguments.addAll(List.of("--engine-option", option));
    }
    return Distribution.run(folder, arguments.toArray(String[]::new));
  }
}
