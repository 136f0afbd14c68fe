package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.TurnsAnsatz;

/** Evaluations and studies of tiny models: the metrics in the container. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for a POSIX shell")
class MeasuringIT {
  @TempDir Path folder;

  @Test
  void aRunIsFollowedAndEvaluated() throws IOException {
    String text =
        Distribution.run(
                folder,
                Tiny.train(
                    "run",
                    2,
                    "--set",
                    "data.options.count=1000",
                    "--evaluate-every",
                    "2",
                    "--evaluate-samples",
                    "100"))
            .succeeded();
    assertTrue(text.contains("evaluation after epoch 2:  frechet-distance"), text);
    List<String> rows = Files.readAllLines(folder.resolve("run/evaluation.csv"));
    assertEquals(2, rows.size(), rows::toString);
    assertTrue(rows.get(1).startsWith("2,100.0,100.0,"), rows::toString);

    String table =
        Distribution.run(folder, "evaluate", "run", "--samples", "100", "--bins", "10").succeeded();
    assertTrue(table.contains("frechet-distance"), table);
    assertTrue(table.contains("class-agreement"), table);
    assertTrue(
        Files.exists(folder.resolve("run/evaluations/epoch-0002-classifier-100-bins-10.json")));
    String few = Distribution.run(folder, "evaluate", "run", "--samples", "100").failed();
    assertTrue(few.contains("NDB with 100 bins needs at least 500 drawn images, found 100"), few);
  }

  /** Rotations about y entangle nothing, and move each of three wires in one direction. */
  @Test
  void aPluginsAnsatzIsMeasuredBesideOthers() throws IOException {
    Map<String, String> environment =
        Map.of("KETLOOM_PLUGINS", folder.resolve("plugins").toString());
    Path jar = Plugin.jar("test.turns", "org.ketloom.api.part,*", TurnsAnsatz.class);
    Distribution.run(folder, environment, "deploy", "add", jar.toString()).succeeded();
    String[] bench = {
      "circuit",
      "bench",
      "--ansatz",
      "turns,two-qubit",
      "--wires",
      "3",
      "--layers",
      "2",
      "--pairs",
      "200",
      "--trainability",
      "5",
      "--out",
      "bench"
    };
    String text = Distribution.run(folder, environment, bench).succeeded();
    assertEquals(
        1, text.lines().filter(l -> l.matches("turns +3 +2 +6 .* 0\\.000 .*")).count(), text);
    assertEquals(1, text.lines().filter(l -> l.matches("two-qubit +3 +2 .*")).count(), text);
    String report = Files.readString(folder.resolve("bench/report.md"));
    assertTrue(report.contains("| turns | 2 | 6 | 200 |"), report);
    assertTrue(report.contains("![Spectrum of the normalised Fisher information]"), report);
    String row =
        Files.readAllLines(folder.resolve("bench/bench.csv")).stream()
            .filter(l -> l.startsWith(",turns,"))
            .findFirst()
            .orElseThrow();
    double[] spectrum =
        Arrays.stream(row.substring(row.lastIndexOf(',') + 1).split(" "))
            .mapToDouble(Double::parseDouble)
            .toArray();
    assertArrayEquals(new double[] {2, 2, 2, 0, 0, 0}, spectrum, 1e-9);

    String again = Distribution.run(folder, environment, bench).succeeded();
    assertTrue(again.contains("2 measured before"), again);
  }

  @Test
  void barrenPlateausAreStudied() throws IOException {
    Files.writeString(
        folder.resolve("plateaus.json"),
        """
        {"kind": "gradient-variance", "ansatz": "hardware-efficient", "qubits": [2, 3, 4],
         "depths": ["linear"], "widths": ["full"], "samples": 50}
        """);
    String text = Distribution.run(folder, "study", "plateaus.json").succeeded();
    assertTrue(text.contains("| full | linear |"), text);
    assertTrue(Files.exists(folder.resolve("studies/plateaus/gradient-variance.svg")));
  }

  /** A model that is trained without noise, drawn under it: by a study, and by hand. */
  @Test
  void aTrainedRunIsDrawnUnderNoise() throws IOException {
    Files.writeString(
        folder.resolve("noise.json"),
        """
        {"blueprint": {
           "model": {"name": "hybrid-unet", "options": {
             "channels": [6, 8], "embedding": 8, "wires": 3, "layers": 1, "timesteps": 4}},
           "data": {"name": "digits", "options": {"size": 8, "count": 1000}},
           "training": {"epochs": 1, "batchSize": 64, "checkpointEvery": 1, "sampleEvery": 0}},
         "drawing": {"0": ["parts.noise=none"],
                     "0.3": ["parts.noise=uniform", "parts.noise.options.depolarizing=0.3"]},
         "evaluation": {"samples": 70, "bins": 5}}
        """);
    String table = Distribution.run(folder, "study", "noise.json").succeeded();
    assertTrue(table.contains("| drawing 0.3 | 1 of 1 |"), table);
    Path study = folder.resolve("studies/noise");
    assertTrue(Files.readString(study.resolve("drawing.svg")).contains("strength while drawing"));
    List<String> rows = Files.readAllLines(study.resolve("runs.csv"));
    assertEquals(3, rows.size(), rows::toString);
    assertTrue(rows.get(1).startsWith("0,1,") && rows.get(2).startsWith("0.3,1,"), rows::toString);
    assertNotEquals(rows.get(1).split(",")[2], rows.get(2).split(",")[2], "the distance");

    String run = "studies/noise/cells/base/seed-1";
    Distribution.run(folder, "sample", run, "--out", "plain.png").succeeded();
    Distribution.run(folder, "sample", run, "--out", "none.png", "--set", "parts.noise=none")
        .succeeded();
    Distribution.run(
            folder,
            "sample",
            run,
            "--out",
            "noisy.png",
            "--set",
            "parts.noise=uniform",
            "--set",
            "parts.noise.options.depolarizing=0.3")
        .succeeded();
    assertArrayEquals(pixels("plain.png"), pixels("none.png"));
    assertFalse(Arrays.equals(pixels("plain.png"), pixels("noisy.png")));
    Distribution.run(folder, "sample", run, "--set", "parts.noise=noisy")
        .failed("parts.noise: no noise \"noisy\" is registered");
  }

  private int[] pixels(String file) throws IOException {
    BufferedImage image = ImageIO.read(folder.resolve(file).toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void anImpossibleCellIsNamedBeforeAnythingRuns() throws IOException {
    Files.writeString(
        folder.resolve("grid.json"),
        """
        {"blueprint": {"model": "hybrid-unet", "data": {"name": "digits", "options": {"count": 6000}}},
         "axes": {"k": {"1": ["parts.observable.options.locality=1"],
                        "9": ["parts.observable.options.locality=9"]}}}
        """);
    String error = Distribution.run(folder, "study", "grid.json").failed();
    assertTrue(error.contains("1 of 2 cells can't be run, so nothing was run: k 9: "), error);
  }
}
