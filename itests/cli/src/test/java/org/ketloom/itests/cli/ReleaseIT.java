package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What release 0.1.0 wrote: a run that was stopped in its first epoch, another of a plugin's part,
 * and a folder of plugins with the plugin deployed; and the loss that 0.1.0 itself continues with.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for a POSIX shell")
class ReleaseIT {
  private static final int STOPPED_AT = 14;

  /** ND4J's kernels differ in the last digits from processor to processor; training adds to it. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @BeforeEach
  void copyWhatTheReleaseWrote() throws IOException {
    Path source = Path.of("src/test/resources/release-0.1.0").toAbsolutePath();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = folder.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  @Test
  void aRunGoesOnAsItWouldHave() throws IOException {
    Distribution.run(folder, Map.of("OMP_NUM_THREADS", "1"), "resume", "run").succeeded();

    List<String> expected = Files.readAllLines(folder.resolve("loss-to-the-end.csv"));
    List<String> found = Files.readAllLines(folder.resolve("run/loss.csv"));
    assertEquals(expected.size(), found.size());
    assertEquals(expected.subList(0, STOPPED_AT + 1), found.subList(0, STOPPED_AT + 1));
    for (int row = STOPPED_AT + 1; row < expected.size(); row++) {
      String[] then = expected.get(row).split(",");
      String[] now = found.get(row).split(",");
      assertEquals(then.length, now.length, "row " + row);
      for (int column = 0; column < then.length; column++) {
        double value = Double.parseDouble(then[column]);
        assertEquals(
            value,
            Double.parseDouble(now[column]),
            TOLERANCE * Math.max(1, Math.abs(value)),
            "row " + row + ", column " + column);
      }
    }
  }

  @Test
  void aPluginOfTheOldApiIsRefusedWithWhatToDo() {
    Map<String, String> environment =
        Map.of("KETLOOM_PLUGINS", folder.resolve("plugins").toString());

    Distribution.Result resumed =
        Distribution.run(folder, environment, "resume", "run-of-a-plugin");
    assertTrue(resumed.status() != 0, resumed::toString);
    assertTrue(resumed.errors().contains("ladder"), resumed::toString);

    String list = Distribution.run(folder, environment, "deploy", "list").succeeded();
    assertTrue(list.contains("example.ladder"), list);
    String why =
        Distribution.run(folder, environment, "deploy", "why", "example.ladder").succeeded();
    assertTrue(why.contains("is built for API 1, this is API 2: build it again"), why);
  }
}
