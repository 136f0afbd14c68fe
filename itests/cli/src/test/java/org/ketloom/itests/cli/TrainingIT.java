package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trains a tiny model, interrupts it, continues, and draws. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends an interrupt signal")
class TrainingIT {
  private static final int EPOCHS = 30;

  @TempDir static Path folder;

  @BeforeAll
  static void trainAndInterrupt() throws Exception {
    // As people run it; the others don't have the optimising compiler, and give the same bits.
    Distribution.run(folder, Map.of("KETLOOM_JAVA_OPTS", ""), arguments("whole")).succeeded();

    Process process =
        Distribution.builder(folder, Map.of(), arguments("cut"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    StringBuilder output = new StringBuilder();
    try (BufferedReader reader = process.inputReader()) {
      boolean interrupted = false;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.append(line).append('\n');
        if (!interrupted && line.contains("step ")) {
          // Java treats it as Ctrl-C, which a process started in the background may ignore.
          new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
          interrupted = true;
        }
      }
    }
    assertNotEquals(0, process.waitFor(), output::toString);
    assertTrue(output.toString().contains("ketloom resume cut"), output::toString);
    assertTrue(lastCheckpoint("cut").compareTo(lastCheckpoint("whole")) < 0, output::toString);
  }

  private static String[] arguments(String run) {
    return Tiny.train(run, EPOCHS, "--set", "training.checkpointEvery=10");
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
  void anInterruptedRunGoesOnBitForBit() throws IOException {
    copy("cut", "again");
    Distribution.run(folder, "resume", "again").succeeded();
    assertEquals(lastCheckpoint("whole"), lastCheckpoint("again"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/checkpoints").resolve(lastCheckpoint("whole"))),
        Files.readAllBytes(folder.resolve("again/checkpoints").resolve(lastCheckpoint("again"))));
    assertEquals(
        Files.readString(folder.resolve("whole/loss.csv")),
        Files.readString(folder.resolve("again/loss.csv")));
  }

  @Test
  void runsAreTaggedComparedAndRemoved() throws IOException {
    copy("cut", "copy");
    Distribution.run(folder, "runs", "tag", "copy", "cut", "short").succeeded();
    String shown = Distribution.run(folder, "runs", "show", "copy").succeeded();
    assertTrue(shown.contains("tags         cut short\n"), shown);
    assertTrue(shown.matches("(?s).*\nloss +[0-9.]+ in epoch .*"), shown);
    assertTrue(shown.matches("(?s).*\ntime +0:[0-9]{2} of training; began .*"), shown);
    String compared =
        Distribution.run(folder, "runs", "compare", "whole", "copy", "--out", "both").succeeded();
    assertTrue(compared.contains("The Blueprints are equal."), compared);
    assertTrue(Files.readString(folder.resolve("both/loss.svg")).contains(">copy<"));
    Distribution.run(folder, "runs", "remove", "copy").failed("copy", "--yes");
    Distribution.run(folder, "resume", "copy").succeeded();
    assertEquals(
        Files.readString(folder.resolve("whole/loss.csv")),
        Files.readString(folder.resolve("copy/loss.csv")));
    Distribution.run(folder, "runs", "remove", "--yes", "copy").succeeded();
    assertFalse(Files.exists(folder.resolve("copy")));
  }

  @Test
  void aCheckpointOfAnotherBlueprintIsRefused() throws IOException {
    copy("cut", "other");
    Path blueprint = folder.resolve("other/blueprint.json");
    String text = Files.readString(blueprint);
    Files.writeString(blueprint, text.replace("\"layers\": 1", "\"layers\": 2"));
    assertNotEquals(text, Files.readString(blueprint));
    Map<String, Long> before = contents("other");
    Distribution.run(folder, "resume", "other").failed("other", "layers", "1", "2");
    assertEquals(before, contents("other"));
  }

  @Test
  void aDamagedCheckpointIsRefused() throws IOException {
    copy("cut", "damaged");
    Path checkpoint = folder.resolve("damaged/checkpoints").resolve(lastCheckpoint("damaged"));
    byte[] bytes = Files.readAllBytes(checkpoint);
    Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length / 2));
    Map<String, Long> before = contents("damaged");
    Distribution.run(folder, "resume", "damaged").failed(checkpoint.getFileName().toString());
    assertEquals(before, contents("damaged"));
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

  /** Steps 2, rows of 3: as a strip, and animated beside it. */
  @Test
  void sampleShowsTheWayFromNoise() throws IOException {
    List<String> trajectory =
        List.of("sample", "whole", "--option", "picture=trajectory", "--option", "length=3");
    String[] sample =
        Stream.concat(trajectory.stream(), Stream.of("--option", "steps=2", "--out", "way.png"))
            .toArray(String[]::new);
    Files.writeString(folder.resolve("way.gif"), "notes");
    Distribution.run(folder, sample).failed("way.gif", "is not a GIF");
    Files.delete(folder.resolve("way.gif"));
    String told = Distribution.run(folder, sample).succeeded();
    assertTrue(told.contains("way.gif"), told);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(folder.resolve("way.gif").toFile())) {
      reader.setInput(in);
      assertTrue(reader.getNumImages(true) > 10);
    }
    assertNotNull(ImageIO.read(folder.resolve("way.png").toFile()));
    Distribution.run(
            folder,
            Stream.concat(trajectory.stream(), Stream.of("--per-class", "4"))
                .toArray(String[]::new))
        .failed("--per-class 4", "length=3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"idx", "png-folder"})
  void whatIsDrawnCanBeTrainedOn(String format) throws IOException {
    String drawn = "drawn-" + format;
    String[] sample = {"sample", "whole", "--per-class", "3", "--format", format, "--out", drawn};
    Distribution.run(folder, sample).succeeded();
    Distribution.run(folder, sample).failed(drawn, "already exists");
    Distribution.run(folder, Tiny.train("on-" + format, 1, "--data", drawn)).succeeded();
    String blueprint = Files.readString(folder.resolve("on-" + format + "/blueprint.json"));
    assertTrue(blueprint.contains(folder.resolve(drawn).toString()), blueprint);
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

  private static void copy(String from, String to) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(to).resolve(folder.resolve(from).relativize(file)));
      }
    }
  }

  /** Checksums of a folder's files, the lock aside. */
  private static Map<String, Long> contents(String run) throws IOException {
    Map<String, Long> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve(run))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().contains("lock")) {
          CRC32 sum = new CRC32();
          sum.update(Files.readAllBytes(file));
          contents.put(file.toString(), sum.getValue());
        }
      }
    }
    return contents;
  }
}
