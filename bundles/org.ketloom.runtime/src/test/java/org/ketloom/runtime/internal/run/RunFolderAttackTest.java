package org.ketloom.runtime.internal.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.files.Causes;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;

/** A run's folder that came from somebody who means no good, or from a disk that failed. */
@Timeout(120)
class RunFolderAttackTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);
  private final FolderRuns runs =
      new FolderRuns(
          blueprints,
          new PartComposer(registry, blueprints),
          registry,
          new LeaseTable(),
          new LiveRuns(),
          Duration.ZERO,
          Duration.ofMinutes(1),
          System::nanoTime);

  private final Set<String> wrong = new LinkedHashSet<>();
  private Path good;

  @AfterEach
  void everythingWasToldWell() {
    assertEquals("", String.join("\n", wrong));
  }

  /** What one does with a folder. */
  private interface Use {
    void of(Path run) throws IOException;
  }

  private final List<Use> uses =
      List.of(
          run -> runs.info(run),
          run -> runs.open(run, OptionalInt.empty()).close(),
          run -> {
            try (Run resumed = runs.resume(run, RunListener.NONE)) {
              resumed.train();
            }
          });

  @BeforeEach
  void aRunThatWasStopped() throws IOException {
    good = folder.resolve("good");
    Run[] run = new Run[1];
    RunListener stop =
        new RunListener() {
          @Override
          public void step(Step event) {
            if (event.step() == 7) {
              run[0].stop();
            }
          }
        };
    run[0] = runs.start(blueprints.complete(blueprints.ofModel("toy")), good, stop);
    try (Run started = run[0]) {
      started.train();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest.json",
        "blueprint.json",
        "checkpoints/step-000000005.json",
        "checkpoints/step-000000007.json"
      })
  void anyValueThatIsWrongIsToldWithItsFile(String name) throws IOException {
    JsonNode whole = JSON.readTree(good.resolve(name).toFile());
    List<JsonPointer> places = new ArrayList<>();
    places(whole, JsonPointer.empty(), places);
    assertTrue(places.size() > 5, places.toString());
    List<String> values =
        List.of(
            "null",
            "-1",
            "1" + "0".repeat(40),
            "\"\\u001b[2J\\u202e\"",
            "\"../../elsewhere\"",
            "[]",
            "[".repeat(900) + "]".repeat(900));
    for (JsonPointer place : places) {
      Path run = copy();
      for (String value : values) {
        JsonNode changed = whole.deepCopy();
        put(changed, place, JSON.readTree(value));
        Files.write(run.resolve(name), JSON.writeValueAsBytes(changed));
        // What only looks; what goes on is tried with each content below.
        for (Use use : uses.subList(0, 2)) {
          outcome(use, run, name + ": " + place + " = " + abbreviated(value));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest.json",
        "blueprint.json",
        "loss.csv",
        "checkpoints/step-000000007.json",
        "checkpoints/step-000000007.safetensors"
      })
  void anyContentThatIsWrongIsToldWithItsFile(String name) throws IOException {
    byte[] whole = Files.readAllBytes(good.resolve(name));
    check(name, new byte[0], "empty");
    check(name, Arrays.copyOf(whole, whole.length / 2), "half");
    check(name, Arrays.copyOf(whole, whole.length + 7), "zeros behind");
    check(name, new byte[] {(byte) 0xFF, (byte) 0xFE, 'x'}, "no text");
    check(name, utf8("[".repeat(100_000)), "nested");
    check(name, utf8("{\"a\": 1, \"a\": 2}"), "twice");
    check(name, utf8("step,epoch,loss\n1,1," + "9".repeat(100_000) + "x\n"), "long line");
  }

  /** Each file in turn is a pipe that nobody writes to, a folder, or a link that leads nowhere. */
  @ParameterizedTest
  @ValueSource(strings = {"pipe", "folder", "nowhere", "device"})
  void whatIsNoRegularFileHangsNobodyAndIsNotOverwritten(String what) throws Exception {
    for (String name :
        List.of(
            "manifest.json",
            "blueprint.json",
            "loss.csv",
            ".lock",
            "checkpoints/step-000000007.json",
            "checkpoints/step-000000007.safetensors")) {
      for (Use use : uses) {
        Path run = copy();
        Path file = run.resolve(name);
        Files.delete(file);
        switch (what) {
          case "pipe" ->
              assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
          case "folder" -> Files.createDirectory(file);
          case "device" -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
          default -> Files.createSymbolicLink(file, folder.resolve("made-by-a-link"));
        }
        outcome(use, run, name + " is a " + what);
        assertFalse(Files.exists(folder.resolve("made-by-a-link")), name);
      }
    }
  }

  /** A log that is a link to another file of the user, to which steps would be added. */
  @Test
  void aLogThatIsALinkIsRefusedAndWhatItLeadsToIsKept() throws IOException {
    Path run = copy();
    Path other = Files.move(run.resolve("loss.csv"), folder.resolve("other.csv"));
    byte[] before = Files.readAllBytes(other);
    Files.createSymbolicLink(run.resolve("loss.csv"), other);
    IOException e =
        assertThrows(
            IOException.class,
            () -> {
              try (Run resumed = runs.resume(run, RunListener.NONE)) {
                resumed.train();
              }
            });
    assertTrue(e.getMessage().contains("loss.csv"), e.getMessage());
    assertTrue(e.getMessage().contains("is a link, not a regular file"), e.getMessage());
    assertArrayEquals(before, Files.readAllBytes(other));
  }

  private void check(String name, byte[] content, String what) throws IOException {
    for (Use use : uses) {
      Path run = copy();
      Files.write(run.resolve(name), content);
      outcome(use, run, name + ": " + what);
    }
  }

  /** It works, or says in one line which file of the run is wrong. */
  private void outcome(Use use, Path run, String what) {
    try {
      use.of(run);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      String line = Causes.line(e);
      if (!line.contains(run.toString())) {
        wrong.add(what + " isn't located: " + line);
      }
      for (String inner : List.of("Exception", "No enum constant", "java.", "Cannot ")) {
        if (line.contains(inner)) {
          wrong.add(what + " is told in the program's words: " + line);
        }
      }
    } catch (RuntimeException | Error e) {
      wrong.add(what + " is told as " + e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path copy() throws IOException {
    Path runsFolder = Files.createTempDirectory(folder, "runs");
    Path run = runsFolder.resolve("run");
    Files.walkFileTree(
        good,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(run.resolve(good.relativize(dir)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, run.resolve(good.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
    return run;
  }

  private static void places(JsonNode node, JsonPointer at, List<JsonPointer> places) {
    if (node instanceof ObjectNode object) {
      object
          .fieldNames()
          .forEachRemaining(
              name -> {
                JsonPointer inner = at.appendProperty(name);
                places.add(inner);
                places(object.get(name), inner, places);
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        places.add(at.appendIndex(i));
        places(array.get(i), at.appendIndex(i), places);
      }
    }
  }

  private static void put(JsonNode root, JsonPointer place, JsonNode value) {
    JsonNode parent = root.at(place.head());
    if (parent instanceof ObjectNode object) {
      object.set(place.last().getMatchingProperty(), value);
    } else {
      ((ArrayNode) parent).set(place.last().getMatchingIndex(), value);
    }
  }

  private static String abbreviated(String value) {
    return value.length() > 40 ? value.substring(0, 40) : value;
  }
}
