package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Bad input ends in one line that names the culprit, and harms nothing. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for a POSIX shell")
class BadInputIT {
  private static final int BYTES = 0x08;
  private static final int FLOATS = 0x0D;

  @TempDir Path folder;

  @AfterEach
  void noRunIsLeft() {
    assertFalse(Files.exists(folder.resolve("run")), "a run's folder was left behind");
  }

  @Test
  void truncatedIdx() throws IOException {
    Files.write(folder.resolve("images"), Arrays.copyOf(idx(BYTES, 10, 8, 8).array(), 500));
    idx("images").failed("images", "truncated");
  }

  @Test
  void labelsInThePlaceOfImages() throws IOException {
    Files.write(folder.resolve("labels"), idx(BYTES, 10).array());
    idx("labels").failed("labels");
  }

  @Test
  void notAnIdxFile() throws IOException {
    Files.writeString(folder.resolve("notes"), "These are no images at all.");
    idx("notes").failed("notes");
  }

  @Test
  void fewerLabelsThanImages() throws IOException {
    Files.write(folder.resolve("images"), idx(BYTES, 10, 8, 8).array());
    Files.write(folder.resolve("labels"), idx(BYTES, 9).array());
    idx("images", "--set", "data.options.labels=" + folder.resolve("labels"))
        .failed("labels", "10", "9");
  }

  @Test
  void notANumberInTheData() throws IOException {
    ByteBuffer images = idx(FLOATS, 10, 8, 8);
    images.putFloat(16 + 4 * (3 * 64 + 5), Float.NaN);
    Files.write(folder.resolve("images"), images.array());
    idx("images").failed("images", "NaN", "3");
  }

  @Test
  void imagesOfMixedSizes() throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures/class"));
    picture(pictures.resolve("a.png"), 8);
    picture(pictures.resolve("b.png"), 9);
    Distribution.run(folder, "train", "--data", "pictures", "--run", "run")
        .failed("b.png", "8", "9", "size");
  }

  @Test
  void folderWithoutImages() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Distribution.run(folder, "train", "--data", "empty", "--run", "run").failed("empty");
  }

  @Test
  void unknownDataSet() {
    Distribution.run(folder, "train", "--data", "nowhere", "--run", "run")
        .failed("nowhere", "digits");
  }

  @Test
  void unknownPart() {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "parts.ansatz=nope"))
        .failed("parts.ansatz", "nope", "two-qubit");
  }

  @Test
  void unknownOption() {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "parts.encoding.options.axes=x"))
        .failed("axes", "axis");
  }

  @Test
  void wrongValue() {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "model.options.layers=many"))
        .failed("layers", "many");
  }

  @Test
  void moreFeaturesThanTheEncodingTakes() {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "model.options.features=4"))
        .failed("4", "3");
    Distribution.run(
            folder, "circuit", "draw", "--encoding", "angle", "--features", "9", "--wires", "4")
        .failed("9", "4");
  }

  @Test
  void noQubits() {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "model.options.wires=0"))
        .failed("wires", "0");
    Distribution.run(folder, "circuit", "draw", "--encoding", "angle", "--wires", "0").failed("0");
  }

  @Test
  void fortyQubits() throws IOException {
    Distribution.run(folder, Tiny.train("run", 1, "--set", "model.options.wires=40")).failed("40");
    Files.writeString(
        folder.resolve("circuit.json"),
        """
        {"n": 40, "n_x": 1, "n_theta": 0, "gates": [["RY", [0], 0]], "x": [[0.3]], "theta": [],
         "observables": "Z_i for i=0..n-1"}
        """);
    Distribution.run(folder, "circuit", "eval", "circuit.json").failed("40");
  }

  @Test
  void aRunsFolderThatExists() throws IOException {
    Path file = Files.createDirectories(folder.resolve("mine")).resolve("precious.txt");
    Files.writeString(file, "keep");
    Distribution.run(folder, Tiny.train("mine", 1)).failed("mine");
    assertEquals("keep", Files.readString(file));
    try (var files = Files.list(file.getParent())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aFolderThatIsNoRun() {
    Distribution.run(folder, "resume", "nowhere").failed("nowhere");
    Distribution.run(folder, "sample", "nowhere").failed("nowhere");
  }

  @Test
  void aFolderThatCanNotBeMade() throws IOException {
    Files.writeString(folder.resolve("file"), "keep");
    Distribution.run(folder, Tiny.train("file/run", 1)).failed("file");
    assertEquals("keep", Files.readString(folder.resolve("file")));
  }

  @Test
  void aReadOnlyDisk() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "there is no /proc, where nothing can be made");
    Distribution.run(folder, Tiny.train("/proc/ketloom-run", 1)).failed("/proc/ketloom-run");
  }

  @Test
  void aBlueprintThatIsNoJson() throws IOException {
    Files.writeString(folder.resolve("my.json"), "{\n\"model\" \"hybrid-unet\"}");
    Distribution.run(folder, "blueprint", "validate", "my.json").failed("my.json", "line 2");
  }

  @Test
  void unknownCommand() {
    var result = Distribution.run(folder, "trian");
    assertEquals(2, result.status(), result::toString);
    assertTrue(result.errors().contains("ketloom: "), result::toString);
    assertTrue(result.errors().contains("train"), result::toString);
  }

  @Test
  void verboseShowsWhere() {
    var result =
        Distribution.run(folder, Tiny.train("run", 1, "--set", "parts.ansatz=nope", "--verbose"));
    assertNotEquals(0, result.status());
    assertTrue(result.errors().contains("ketloom: "), result::toString);
    assertTrue(result.errors().contains("\tat org.ketloom."), result::toString);
  }

  private Distribution.Result idx(String file, String... more) {
    return Distribution.run(
        folder,
        Stream.concat(
                Stream.of(
                    "train",
                    "--data",
                    "idx",
                    "--run",
                    "run",
                    "--set",
                    "data.options.images=" + folder.resolve(file)),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** An IDX file whose values are all zero. */
  private static ByteBuffer idx(int type, int... sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    ByteBuffer file =
        ByteBuffer.allocate(4 + 4 * sizes.length + count * (type == FLOATS ? Float.BYTES : 1));
    file.putInt(type << 8 | sizes.length);
    for (int size : sizes) {
      file.putInt(size);
    }
    return file;
  }

  private static void picture(Path file, int side) throws IOException {
    ImageIO.write(
        new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
  }
}
