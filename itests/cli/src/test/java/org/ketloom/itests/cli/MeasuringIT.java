package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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
