package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ketloom.data.internal.TestFiles.assertFails;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;

/** On small files in the published forms, which are written here. */
class Sat4Test {
  private static final int[] LABELS = {2, 0, 3, 1, 0};

  @TempDir private Path folder;

  /** Every value of every image is another function of its place. */
  private static int pixel(int image, int row, int column, int channel) {
    return (image * 101 + row * 7 + column * 3 + channel * 59) % 256;
  }

  /** A MAT-file of some elements. */
  private static byte[] mat(ByteOrder order, boolean packed, byte[]... elements)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] header = new byte[128];
    Arrays.fill(header, (byte) ' ');
    byte[] text = "MATLAB 5.0 MAT-file, written by a test".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 0, text.length);
    ByteBuffer.wrap(header)
        .order(order)
        .putShort(124, (short) 0x0100)
        .putShort(126, (short) 0x4D49);
    file.write(header);
    for (byte[] element : elements) {
      if (packed) {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
          out.write(element);
        }
        file.write(tag(order, 15, deflated.size()));
        file.write(deflated.toByteArray());
      } else {
        file.write(element);
      }
    }
    return file.toByteArray();
  }

  private static byte[] tag(ByteOrder order, int type, int length) {
    return ByteBuffer.allocate(8).order(order).putInt(type).putInt(length).array();
  }

  /** A matrix element: flags, sizes, name, values. */
  private static byte[] matrix(
      ByteOrder order, int kind, String name, int[] dims, int type, byte[] values)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(tag(order, 6, 8));
    body.write(ByteBuffer.allocate(8).order(order).putInt(kind).array());
    body.write(tag(order, 5, 4 * dims.length));
    ByteBuffer sizes = ByteBuffer.allocate((4 * dims.length + 7) / 8 * 8).order(order);
    Arrays.stream(dims).forEach(sizes::putInt);
    body.write(sizes.array());
    byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
    if (letters.length <= 4) {
      body.write(
          ByteBuffer.allocate(8)
              .order(order)
              .putInt(letters.length << 16 | 1)
              .put(letters)
              .array());
    } else {
      body.write(tag(order, 1, letters.length));
      body.write(Arrays.copyOf(letters, (letters.length + 7) / 8 * 8));
    }
    body.write(tag(order, type, values.length));
    body.write(Arrays.copyOf(values, (values.length + 7) / 8 * 8));
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    element.write(tag(order, 14, body.size()));
    element.write(body.toByteArray());
    return element.toByteArray();
  }

  private static byte[] images(ByteOrder order, String name, int n) throws IOException {
    byte[] values = new byte[28 * 28 * 4 * n];
    int at = 0;
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 4; c++) {
        for (int x = 0; x < 28; x++) {
          for (int y = 0; y < 28; y++) {
            values[at++] = (byte) pixel(i, y, x, c);
          }
        }
      }
    }
    return matrix(order, 9, name, new int[] {28, 28, 4, n}, 2, values);
  }

  /** Labels as bytes 4xN, or as doubles Nx4. */
  private static byte[] labels(ByteOrder order, String name, boolean doubles, int... labels)
      throws IOException {
    int n = labels.length;
    if (!doubles) {
      byte[] values = new byte[4 * n];
      for (int i = 0; i < n; i++) {
        values[4 * i + labels[i]] = 1;
      }
      return matrix(order, 9, name, new int[] {4, n}, 2, values);
    }
    ByteBuffer values = ByteBuffer.allocate(32 * n).order(order);
    for (int i = 0; i < n; i++) {
      values.putDouble(8 * (labels[i] * n + i), 1);
    }
    return matrix(order, 6, name, new int[] {n, 4}, 9, values.array());
  }

  private static void check(Dataset data, int... places) {
    assertEquals(new ImageShape(4, 28, 28), data.shape());
    assertEquals(places.length, data.size());
    for (int i = 0; i < places.length; i++) {
      int[] pixels = TestFiles.pixels(data.get(i));
      for (int c = 0; c < 4; c++) {
        for (int y = 0; y < 28; y++) {
          for (int x = 0; x < 28; x++) {
            assertEquals(pixel(places[i], y, x, c), pixels[(y * 28 + x) * 4 + c]);
          }
        }
      }
    }
  }

  private Sat4 sat4(Path path) {
    return new Sat4(path.toString(), List.of(), 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void matFile(boolean big, boolean packed) throws IOException {
    ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Path file = folder.resolve("sat-4-full.mat");
    TestFiles.write(
        file,
        mat(
            order,
            packed,
            // A cell array, which is passed over, and a short name.
            matrix(order, 1, "annotations", new int[] {1, 1}, 2, new byte[8]),
            matrix(order, 9, "abc", new int[] {1, 1}, 2, new byte[1]),
            images(order, "test_x", 2),
            labels(order, "test_y", true, 1, 3),
            images(order, "train_x", 5),
            labels(order, "train_y", false, LABELS)));
    for (Path path : List.of(file, folder)) {
      Dataset train = sat4(path).open(Split.TRAIN);
      check(train, 0, 1, 2, 3, 4);
      assertArrayEquals(LABELS, train.get(0, 1, 2, 3, 4).labels());
      assertEquals(List.of("barren land", "trees", "grassland", "other"), train.classes());
    }
    Dataset test = sat4(file).open(Split.TEST);
    check(test, 0, 1);
    assertArrayEquals(new int[] {1, 3}, test.get(0, 1).labels());

    check(new Sat4(file.toString(), List.of(), 0, 2).open(Split.TRAIN), 0, 1);
    Dataset barren = new Sat4(file.toString(), List.of(0, 1), 0, 2).open(Split.TRAIN);
    check(barren, 1, 3);
    assertArrayEquals(new int[] {0, 1}, barren.get(0, 1).labels());
    assertEquals(
        new ImageShape(4, 16, 16),
        new Sat4(file.toString(), List.of(), 16, 0).open(Split.TRAIN).shape());
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void csvFiles(boolean packed) throws IOException {
    StringBuilder images = new StringBuilder();
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < LABELS.length; i++) {
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          for (int c = 0; c < 4; c++) {
            images.append(y + x + c == 0 ? "" : ",").append(pixel(i, y, x, c));
          }
        }
      }
      images.append('\n');
      for (int k = 0; k < 4; k++) {
        labels.append(k == 0 ? "" : ",").append(LABELS[i] == k ? 1 : 0);
      }
      labels.append("\r\n");
    }
    String end = packed ? ".csv.gz" : ".csv";
    write("X_train_sat4" + end, images.toString(), packed);
    write("y_train_sat4" + end, labels.toString(), packed);
    Dataset data = sat4(folder).open(Split.TRAIN);
    check(data, 0, 1, 2, 3, 4);
    assertArrayEquals(LABELS, data.get(0, 1, 2, 3, 4).labels());
    check(new Sat4(folder.toString(), List.of(3), 0, 0).open(Split.TRAIN), 2);
    assertFails(IOException.class, () -> sat4(folder).open(Split.TEST), "X_test_sat4.csv", folder);

    write("y_train_sat4" + end, labels + "0,0,1,0\n", packed);
    assertFails(
        IOException.class, () -> sat4(folder).open(Split.TRAIN), "holds 5 images", "6 labels");
    write("y_train_sat4" + end, labels.toString().replaceFirst("0,0,0,1", "0,1,0,1"), packed);
    assertFails(IOException.class, () -> sat4(folder).open(Split.TRAIN), "line 3", "[0, 1, 0, 1]");
    write("y_train_sat4" + end, labels.toString(), packed);
    write("X_train_sat4" + end, images.toString().replaceFirst("\n", ",1\n"), packed);
    assertFails(
        IOException.class, () -> sat4(folder).open(Split.TRAIN), "line 1", "3136 whole numbers");
    if (packed) {
      write("X_train_sat4" + end, images.toString(), packed);
      for (String name : List.of("y_train_sat4" + end, "X_train_sat4" + end)) {
        Path file = folder.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertFails(
            IOException.class, () -> sat4(folder).open(Split.TRAIN), name + " is truncated");
        Files.write(file, new byte[] {1, 2, 3, 4});
        assertFails(IOException.class, () -> sat4(folder).open(Split.TRAIN), name + " is damaged");
        Files.write(file, whole);
      }
    }
    write("X_train_sat4" + end, images.toString().replaceFirst("^0", "256"), packed);
    assertFails(IOException.class, () -> sat4(folder).open(Split.TRAIN), "0 to 255", "first 0");
  }

  private void write(String name, String text, boolean packed) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    TestFiles.write(folder.resolve(name), packed ? TestFiles.gzip(bytes) : bytes);
  }

  @Test
  void otherLayoutsAreRefused() throws IOException {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    Path file = folder.resolve("other.mat");
    byte[] grey = matrix(order, 9, "train_x", new int[] {28, 28, 3, 1}, 2, new byte[28 * 28 * 3]);
    TestFiles.write(file, mat(order, false, grey, labels(order, "train_y", false, 1)));
    assertFails(
        IOException.class,
        () -> sat4(file).open(Split.TRAIN),
        file,
        "train_x is 28x28x3x1",
        "expected 28x28x4x1");
    TestFiles.write(file, mat(order, true, images(order, "train_x", 2)));
    assertFails(
        IOException.class,
        () -> sat4(file).open(Split.TRAIN),
        "no array of numbers train_y",
        "train_x");
    TestFiles.write(
        file,
        mat(
            order,
            true,
            images(order, "train_x", 2),
            matrix(order, 9, "train_y", new int[] {2, 1}, 2, new byte[] {1, 0})));
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "train_y is 2x1", "4xN");
    TestFiles.write(
        file,
        mat(
            order,
            true,
            images(order, "train_x", 2),
            matrix(order, 9, "train_y", new int[] {4, 2}, 2, new byte[8])));
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "image 0", "[0, 0, 0, 0]");
    ByteBuffer halves = ByteBuffer.allocate(64).order(order).putDouble(0.5);
    TestFiles.write(
        file,
        mat(
            order,
            true,
            images(order, "train_x", 2),
            matrix(order, 6, "train_y", new int[] {4, 2}, 9, halves.array())));
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "value 0 of train_y is 0.5");
  }

  @Test
  void brokenFilesAreRefused() throws IOException {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    Path file = folder.resolve("broken.mat");
    byte[] whole =
        mat(order, false, images(order, "train_x", 1), labels(order, "train_y", false, 1));
    TestFiles.write(file, Arrays.copyOf(whole, whole.length - 9));
    assertFails(
        IOException.class,
        () -> sat4(file).open(Split.TRAIN),
        file,
        "is truncated; download it again");
    TestFiles.write(file, Arrays.copyOf(whole, 100));
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "only 100 bytes");
    byte[] garbled = whole.clone();
    garbled[126] = 'x';
    TestFiles.write(file, garbled);
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "byte order mark");
    byte[] newer = whole.clone();
    System.arraycopy("MATLAB 7.3".getBytes(StandardCharsets.US_ASCII), 0, newer, 0, 10);
    TestFiles.write(file, newer);
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), "7.3", "-v7");
    byte[] packed = mat(order, true, images(order, "train_x", 1));
    packed[140] ^= 0x55;
    packed[141] ^= 0x55;
    TestFiles.write(file, packed);
    assertFails(IOException.class, () -> sat4(file).open(Split.TRAIN), file);
    assertFails(
        IOException.class, () -> sat4(folder.resolve("none")).open(Split.TRAIN), "sat4", "none");
    assertFails(IllegalArgumentException.class, () -> new Sat4().open(Split.TRAIN), "option path");
    Files.delete(file);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void whatIsClaimedButNotThereTakesNoMemory(boolean packed) throws IOException {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    Path file = folder.resolve("claims.mat");
    byte[] x = matrix(order, 9, "train_x", new int[] {28, 28, 4, 7_000_000}, 2, new byte[8]);
    byte[] y = matrix(order, 9, "train_y", new int[] {4, 7_000_000}, 2, new byte[8]);
    ByteBuffer.wrap(y).order(order).putInt(y.length - 12, 28_000_000);
    TestFiles.write(file, mat(order, packed, x, y));
    assertFails(
        IOException.class,
        () -> sat4(file).open(Split.TRAIN),
        file + " is damaged: train_y claims 28000000 bytes, more than its element of ");
    for (int n : new int[] {500_000_000, 0, -5, 1 << 30}) {
      byte[] labels = matrix(order, 9, "train_y", new int[] {4, n}, 2, new byte[8]);
      TestFiles.write(file, mat(order, packed, x, labels));
      assertFails(
          IOException.class,
          () -> sat4(file).open(Split.TRAIN),
          file
              + ": train_y is 4x"
              + Integer.toUnsignedString(n)
              + ", expected 1 to 8000000 labels");
    }
  }

  /** Ten megabytes in one line, and nine million labels, both in a few kilobytes of gzip. */
  @Test
  void csvFilesOfAnotherKindAreToldBeforeTheMemoryIsFull() throws IOException {
    write("X_train_sat4.csv.gz", "1,".repeat(5_000_000), true);
    write("y_train_sat4.csv.gz", "1,0,0,0\n", true);
    assertFails(
        IOException.class,
        () -> sat4(folder).open(Split.TRAIN),
        "X_train_sat4.csv.gz has a line of more than 100000 characters");
    write("y_train_sat4.csv.gz", "1,0,0,0\n".repeat(8_000_001), true);
    assertFails(
        IOException.class,
        () -> sat4(folder).open(Split.TRAIN),
        "y_train_sat4.csv.gz holds more than 8000000 labels");
    write("y_train_sat4.csv.gz", "1,0,0,0\n".repeat(800_000), true);
    assertFails(
        IOException.class,
        () -> sat4(folder).open(Split.TRAIN),
        "X_train_sat4.csv.gz: 800000 images are more than 2 GB; set count");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sat-4-full.mat", "y_train_sat4.csv", "X_train_sat4.csv.gz"})
  @Timeout(30)
  void pipesAreRefused(String name) throws Exception {
    write("y_train_sat4.csv", "1,0,0,0\n", false);
    write("X_train_sat4.csv.gz", "1", true);
    Path pipe = folder.resolve(name);
    Files.deleteIfExists(pipe);
    TestFiles.pipe(pipe);
    assertFails(
        IOException.class,
        () -> sat4(folder).open(Split.TRAIN),
        pipe + " is a named pipe, not a regular file");
  }
}
