package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Options;
import org.ketloom.data.ImageFormat;
import org.ketloom.files.Safetensors;

/** Images that are written as data, and read again. */
class ImageFormatTest {
  private static final String DESCRIPTION =
      "{\"run\": \"mine\", \"step\": 12, \"options\": {\"steps\": 20}}";

  @TempDir Path folder;

  /** Images whose values are all different, as files of 8 bits have them, and beyond. */
  private static ImageBatch images(int channels, int... labels) {
    ImageShape shape = new ImageShape(channels, 3, 5);
    float[] pixels = new float[labels.length * shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (i * 37 % 256 / 127.5 - 1);
    }
    pixels[1] = -1.5f;
    pixels[2] = 2;
    return new ImageBatch(shape, pixels, labels);
  }

  private static int[] levels(ImageBatch images) {
    return IntStream.range(0, images.pixels().length)
        .map(i -> Math.round((Math.max(-1, Math.min(1, images.pixels()[i])) + 1) * 127.5f))
        .toArray();
  }

  private static Dataset open(DatasetProvider provider, Map<String, String> options)
      throws IOException {
    return ((DatasetProvider) Options.with((Record) provider, "data", options)).open(Split.TRAIN);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void idxComesBackByItsOwnReader(int channels) throws IOException {
    ImageBatch images = images(channels, 1, 0, 1, 1);
    Path to = folder.resolve("new/idx");
    ImageFormat.IDX.write(to, images, List.of("cat", "dog"), DESCRIPTION);
    Dataset read =
        open(
            new IdxFiles(),
            Map.of(
                "images",
                to.resolve("images.idx").toString(),
                "labels",
                to.resolve("labels.idx").toString(),
                "names",
                "cat,dog",
                "testFraction",
                "0"));
    assertEquals(images.shape(), read.shape());
    assertEquals(List.of("cat", "dog"), read.classes());
    ImageBatch again = read.get(0, 1, 2, 3);
    assertArrayEquals(images.labels(), again.labels());
    assertArrayEquals(levels(images), TestFiles.pixels(again));
    assertEquals(DESCRIPTION, Files.readString(to.resolve("description.json")));
  }

  @Test
  void idxHoldsMoreClassesThanAByte() throws IOException {
    List<String> many = IntStream.range(0, 300).mapToObj(i -> "class " + i).toList();
    Path to = folder.resolve("idx");
    ImageFormat.IDX.write(to, images(1, 299, 3), many, DESCRIPTION);
    assertArrayEquals(
        new int[] {299, 3}, IdxFile.read(to.resolve("labels.idx")).labels(many.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void pngComesBackByItsOwnReader(int channels) throws IOException {
    ImageBatch images = images(channels, 1, 0, 1);
    Path to = folder.resolve("png");
    ImageFormat.PNG_FOLDER.write(to, images, List.of("cat", "dog"), DESCRIPTION);
    assertTrue(Files.exists(to.resolve("dog/0002.png")));
    Dataset read =
        open(
            new ImageFolder(),
            Map.of(
                "dir",
                to.toString(),
                "colour",
                channels == 1 ? "grey" : "rgb",
                "testFraction",
                "0"));
    assertEquals(List.of("cat", "dog"), read.classes());
    // In the order of folders and files: image 1, then 0 and 2.
    ImageBatch again = read.get(1, 0, 2);
    assertArrayEquals(images.labels(), again.labels());
    assertArrayEquals(levels(images), TestFiles.pixels(again));
  }

  /** Names that no file may have, or that are alike, get folders of their own inside the folder. */
  @Test
  void classesOfAnyNameHaveFolders() throws IOException {
    Path to = folder.resolve("png");
    List<String> names = List.of("../out", "a/b", "Any", "x", "X", "..", "é 日本");
    ImageFormat.PNG_FOLDER.write(to, images(1, 0, 1, 2, 3, 4, 5, 6, -1), names, DESCRIPTION);
    try (var entries = Files.list(to)) {
      assertEquals(
          List.of("2-Any", "3-x", "4-X", "_.", "_._out", "a_b", "any", "description.json", "é 日本"),
          entries.map(f -> f.getFileName().toString()).sorted().toList());
    }
    try (var entries = Files.list(folder)) {
      assertEquals(List.of(to), entries.toList());
    }
  }

  @Test
  void npyIsWhatNumpyWrites() throws IOException {
    ImageBatch images = images(3, 1, -1);
    Path to = folder.resolve("npy");
    ImageFormat.NPY.write(to, images, List.of("cat", "dog"), DESCRIPTION);
    ByteBuffer values = npy(to.resolve("images.npy"), "'<f4'", "(2, 3, 5, 3)");
    float[] floats = new float[images.pixels().length];
    values.asFloatBuffer().get(floats);
    assertEquals(floats.length * 4, values.remaining());
    assertArrayEquals(images.pixels(), floats, "as they are, also beyond 1");
    ByteBuffer labels = npy(to.resolve("labels.npy"), "'<i8'", "(2,)");
    assertEquals(1, labels.getLong());
    assertEquals(-1, labels.getLong());
    assertFalse(labels.hasRemaining());
  }

  private static ByteBuffer npy(Path file, String type, String shape) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertArrayEquals(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, Arrays.copyOf(bytes, 8));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(8);
    byte[] header = new byte[buffer.getShort()];
    buffer.get(header);
    assertEquals(0, buffer.position() % 64);
    assertEquals(
        "{'descr': " + type + ", 'fortran_order': False, 'shape': " + shape + ", }",
        new String(header, StandardCharsets.US_ASCII).strip());
    assertEquals('\n', header[header.length - 1]);
    return buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void safetensorsHoldsTheDescription() throws IOException {
    ImageBatch images = images(1, 0, -1, 1);
    Path to = folder.resolve("drawn.safetensors");
    ImageFormat.SAFETENSORS.write(to, images, List.of("cat", "dog"), DESCRIPTION);
    Map<String, Tensor> tensors = Safetensors.read(to);
    assertEquals(new Tensor(List.of(3, 3, 5, 1), images.pixels()), tensors.get("images"));
    assertEquals(new Tensor(List.of(3), new long[] {0, -1, 1}), tensors.get("labels"));
    String text = Files.readString(to, StandardCharsets.ISO_8859_1);
    assertTrue(
        text.contains(
            "\"__metadata__\":{\"run\":\"mine\",\"step\":\"12\","
                + "\"options\":\"{\\\"steps\\\":20}\"}"),
        text);
  }

  @Test
  void whatAFormatCantHoldIsRefused() throws IOException {
    List<String> classes = List.of("cat");
    TestFiles.assertFails(
        IllegalArgumentException.class,
        () -> ImageFormat.IDX.write(folder.resolve("i"), images(1, 0, -1), classes, DESCRIPTION),
        "labels in IDX files are from 0",
        "any class");
    TestFiles.assertFails(
        IllegalArgumentException.class,
        () -> ImageFormat.PNG_FOLDER.write(folder.resolve("p"), images(4, 0), classes, DESCRIPTION),
        "1 or 3 channels",
        "have 4");
    ImageBatch broken = images(1, 0, 0);
    broken.pixels()[17] = Float.NaN;
    for (ImageFormat format : ImageFormat.values()) {
      TestFiles.assertFails(
          ArithmeticException.class,
          () -> format.write(folder.resolve("b"), broken, classes, DESCRIPTION),
          "image 1 holds a value that is not finite: NaN");
    }
    try (var left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aFormatHasOneName() {
    for (ImageFormat format : ImageFormat.values()) {
      assertEquals(format, ImageFormat.of(format.toString()));
    }
    TestFiles.assertFails(
        IllegalArgumentException.class,
        () -> ImageFormat.of("PNG"),
        "png-folder, npy, safetensors, idx; found \"PNG\"");
  }
}
