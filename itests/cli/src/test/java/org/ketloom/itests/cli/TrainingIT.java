package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trains a tiny model, interrupts it, goes on, and draws. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends an interrupt signal")
class TrainingIT {
  private static final int EPOCHS = 60;

  @TempDir static Path folder;

  @BeforeAll
  static void train() {
    Distribution.run(folder, Tiny.train("whole", EPOCHS, "--set", "training.checkpointEvery=20"))
        .succeeded();
  }

  @Test
  void aRunsFolderHoldsEverything() throws IOException {
    Path run = folder.resolve("whole");
    for (String file : List.of("blueprint.json", "manifest.json", "loss.csv", "loss.svg")) {
      assertTrue(Files.size(run.resolve(file)) > 0, file);
    }
    assertEquals(EPOCHS * 4 + 1, Files.readAllLines(run.resolve("loss.csv")).size());
    try (Stream<Path> grids = Files.list(run.resolve("samples"))) {
      List<Path> pictures = grids.toList();
      assertEquals(1, pictures.size(), pictures::toString);
      assertNotNull(ImageIO.read(pictures.get(0).toFile()));
    }
  }

  @Test
  void anInterruptedRunGoesOnBitForBit() throws Exception {
    Process process =
        Distribution.builder(
                folder, Map.of(), Tiny.train("cut", EPOCHS, "--set", "training.checkpointEvery=20"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    StringBuilder output = new StringBuilder();
    try (BufferedReader reader = process.inputReader()) {
      boolean interrupted = false;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.append(line).append('\n');
        if (!interrupted && Files.exists(folder.resolve("cut/loss.csv"))) {
          new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
          interrupted = true;
        }
      }
    }
    process.waitFor();
    assertTrue(output.toString().contains("ketloom resume cut"), output::toString);
    assertTrue(lastCheckpoint("cut").compareTo(lastCheckpoint("whole")) < 0, output::toString);

    Distribution.run(folder, "resume", "cut").succeeded();
    assertEquals(lastCheckpoint("whole"), lastCheckpoint("cut"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/checkpoints").resolve(lastCheckpoint("whole"))),
        Files.readAllBytes(folder.resolve("cut/checkpoints").resolve(lastCheckpoint("cut"))));
    assertEquals(
        Files.readString(folder.resolve("whole/loss.csv")),
        Files.readString(folder.resolve("cut/loss.csv")));
  }

  @Test
  void sampleDrawsTheSamePictureForTheSameSeed() throws IOException {
    for (String name : List.of("a.png", "b.png")) {
      Distribution.run(folder, "sample", "whole", "--per-class", "2", "--seed", "3", "--out", name)
          .succeeded();
    }
    Distribution.run(folder, "sample", "whole", "--per-class", "2", "--seed", "4", "--out", "c.png")
        .succeeded();
    assertNotNull(ImageIO.read(folder.resolve("a.png").toFile()));
    byte[] picture = Files.readAllBytes(folder.resolve("a.png"));
    assertArrayEquals(picture, Files.readAllBytes(folder.resolve("b.png")));
    assertTrue(Files.mismatch(folder.resolve("a.png"), folder.resolve("c.png")) >= 0);
  }

  @Test
  void aFinishedRunIsNotResumed() {
    Distribution.run(folder, "resume", "whole").failed("whole");
  }

  private static String lastCheckpoint(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run).resolve("checkpoints"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".safetensors"))
          .max(String::compareTo)
          .orElseThrow();
    }
  }
}
