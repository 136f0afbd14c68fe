package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.ketloom.data.internal.TestFiles.assertFails;
import static org.ketloom.data.internal.TestFiles.gzip;
import static org.ketloom.data.internal.TestFiles.idx;
import static org.ketloom.data.internal.TestFiles.pixels;
import static org.ketloom.data.internal.TestFiles.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;

class IdxFilesTest {
  private static final int[] GREY = {3, 1, 2};
  private static final int[] VALUES = {0, 1, 2, 3, 4, 255};

  @TempDir Path dir;
  private String images;
  private String labels;

  @BeforeEach
  void files() throws IOException {
    images = write(dir.resolve("images"), idx(GREY, VALUES));
    labels = write(dir.resolve("labels"), idx(new int[] {3}, 2, 0, 2));
  }

  @Test
  void readsGreyImages() throws IOException {
    Dataset data = all(Map.of()).open(Split.TRAIN);
    assertEquals(new ImageShape(1, 1, 2), data.shape());
    assertArrayEquals(VALUES, pixels(data));
    assertArrayEquals(new int[] {2, 0, 2}, data.get(0, 1, 2).labels());
    assertEquals(List.of("0", "1", "2"), data.classes());
  }

  @Test
  void readsGzipWhateverTheName() throws IOException {
    for (String name : List.of("i.gz", "i")) {
      images = write(dir.resolve(name), gzip(idx(GREY, VALUES)));
      assertArrayEquals(VALUES, pixels(all(Map.of()).open(Split.TRAIN)));
    }
  }

  @Test
  void keepsChannelsLast() throws IOException {
    images = write(dir.resolve("rgb"), idx(new int[] {1, 1, 2, 3}, 1, 2, 3, 4, 5, 6));
    labels = "";
    Dataset data = all(Map.of()).open(Split.TRAIN);
    assertEquals(new ImageShape(3, 1, 2), data.shape());
    assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, pixels(data));
    assertEquals(1, data.classes().size());
  }

  @Test
  void scalesToTheMaximum() throws IOException {
    images = write(dir.resolve("sixteen"), idx(GREY, 0, 4, 8, 12, 16, 15));
    assertArrayEquals(
        new int[] {0, 64, 128, 191, 255, 239}, pixels(all(Map.of("max", 16)).open(Split.TRAIN)));
    assertFails(
        IOException.class,
        () -> all(Map.of("max", 12)).open(Split.TRAIN),
        "image 2 of " + images,
        "row 0, column 0 is 16.0",
        "0 to 12.0",
        "option max");
  }

  @ParameterizedTest
  @CsvSource({"9, 127", "11, 32767", "12, 2147483647", "13, 1", "14, 1"})
  void readsEveryType(int type, double max) throws IOException {
    byte[] half = value(type, max / 5);
    images =
        write(
            dir.resolve("typed"),
            idx(type, new int[] {3, 1, 1}, join(value(type, 0), half, value(type, max))));
    int[] found = pixels(all(Map.of()).open(Split.TRAIN));
    assertArrayEquals(new int[] {0, type == 9 ? 50 : 51, 255}, found);
  }

  @ParameterizedTest
  @CsvSource({"13, NaN", "14, NaN", "13, Infinity", "14, -0.5", "12, -1", "9, -1"})
  void refusesValuesThatAreNoPixels(int type, double bad) throws IOException {
    byte[] zero = value(type, 0);
    images =
        write(
            dir.resolve("bad"),
            idx(type, new int[] {1, 2, 2}, join(zero, zero, value(type, bad), zero)));
    labels = "";
    assertFails(
        IOException.class,
        () -> all(Map.of()).open(Split.TRAIN),
        "image 0 of " + images,
        "row 1, column 0 is " + bad,
        "expected 0 to");
  }

  @Test
  void resizesKeepsClassesAndLimits() throws IOException {
    images = write(dir.resolve("i"), idx(new int[] {3, 2, 2}, 0, 4, 8, 4, 1, 1, 1, 1, 7, 7, 7, 7));
    Dataset small = all(Map.of("size", 1)).open(Split.TRAIN);
    assertArrayEquals(new int[] {4, 1, 7}, pixels(small));
    Dataset kept = all(Map.of("size", 1, "classes", List.of(2, 1))).open(Split.TRAIN);
    assertArrayEquals(new int[] {4, 7}, pixels(kept));
    assertArrayEquals(new int[] {0, 0}, kept.get(0, 1).labels());
    assertEquals(List.of("2", "1"), kept.classes());
    assertArrayEquals(
        new int[] {4, 1}, pixels(all(Map.of("size", 1, "count", 2)).open(Split.TRAIN)));
    assertFails(
        IllegalArgumentException.class,
        () -> all(Map.of("classes", List.of(3))).open(Split.TRAIN),
        "keeps 3",
        "classes 0 to 2");
    assertFails(
        IOException.class,
        () -> all(Map.of("classes", List.of(1))).open(Split.TRAIN),
        images,
        "none of 3 images");
  }

  @Test
  void holdsBackAFixedPart() throws IOException {
    int[] values = IntStream.range(0, 100).toArray();
    images = write(dir.resolve("i"), idx(new int[] {100, 1, 1}, values));
    labels = write(dir.resolve("l"), idx(new int[] {100}, new int[100]));
    IdxFiles tenth = all(Map.of("testFraction", 0.1));
    int[] train = pixels(tenth.open(Split.TRAIN));
    int[] test = pixels(tenth.open(Split.TEST));
    assertEquals(10, test.length);
    assertArrayEquals(
        values, IntStream.concat(Arrays.stream(train), Arrays.stream(test)).sorted().toArray());
    assertArrayEquals(Arrays.stream(train).sorted().toArray(), train);
    assertArrayEquals(test, pixels(tenth.open(Split.TEST)));
    int[] other = pixels(all(Map.of("testFraction", 0.1, "seed", 1)).open(Split.TEST));
    assertNotEquals(Arrays.toString(test), Arrays.toString(other));
    assertFails(IOException.class, () -> all(Map.of()).open(Split.TEST), images, "testFraction");
  }

  /**
   * What isn't exact in binary is meant as it is written; what was cut off stays so for old runs.
   */
  @ParameterizedTest
  @CsvSource({
    "100, 0.29, 29, 28",
    "100, 0.58, 58, 57",
    "50, 0.58, 29, 28",
    "1000, 0.57, 570, 570",
    "100, 0.295, 29, 29",
    "3, 0.3333333333333333, 1, 1",
    "10, 0.19, 1, 1",
    "100, 0.1, 10, 10"
  })
  void theFractionIsTakenAsItIsWritten(int n, double fraction, int held, int once)
      throws IOException {
    images = write(dir.resolve("i"), idx(new int[] {n, 1, 1}, new int[n]));
    labels = write(dir.resolve("l"), idx(new int[] {n}, new int[n]));
    IdxFiles files = all(Map.of("testFraction", fraction));
    assertEquals(held, files.open(Split.TEST).size());
    assertEquals(n - held, files.open(Split.TRAIN).size());
    DatasetProvider.Former former = files.former().get(0);
    assertEquals(once, former.open(Split.TEST).size());
    assertEquals(n - once, former.open(Split.TRAIN).size());
  }

  @Test
  @Timeout(30)
  void pipesAreRefused() throws Exception {
    Path pipe = dir.resolve("pipe");
    TestFiles.pipe(pipe);
    images = pipe.toString();
    assertFails(
        IOException.class,
        () -> all(Map.of()).open(Split.TRAIN),
        pipe + " is a named pipe, not a regular file; give the path of an IDX file");
  }

  @Test
  void readsTestFiles() throws IOException {
    String testImages = write(dir.resolve("ti"), idx(new int[] {1, 1, 2}, 9, 8));
    String testLabels = write(dir.resolve("tl"), idx(new int[] {1}, 1));
    IdxFiles both = all(Map.of("testImages", testImages, "testLabels", testLabels));
    Dataset test = both.open(Split.TEST);
    assertArrayEquals(new int[] {9, 8}, pixels(test));
    assertArrayEquals(new int[] {1}, test.get(0).labels());
    assertEquals(List.of("0", "1", "2"), test.classes());
    assertEquals(3, both.open(Split.TRAIN).size());
    write(dir.resolve("tl"), idx(new int[] {1}, 3));
    assertFails(
        IOException.class,
        () -> both.open(Split.TEST),
        testLabels,
        "label 0 is 3",
        "classes 0 to 2");
    assertFails(
        IllegalArgumentException.class,
        () -> all(Map.of("testImages", testImages)),
        "testImages and testLabels");
  }

  @Test
  void refusesLabelsOutsideOfTheNames() {
    assertFails(
        IOException.class,
        () -> all(Map.of("names", "cat, dog")).open(Split.TRAIN),
        labels,
        "label 0 is 2",
        "classes 0 to 1");
  }

  @Test
  void refusesWhatIsNotIdx() throws IOException {
    for (byte[] bad :
        new byte[][] {
          {},
          {0, 0, 8},
          {1, 0, 8, 3, 0, 0, 0, 1},
          {0, 0, 7, 1, 0, 0, 0, 1, 5},
          {0, 0, 8, 0},
          "PNG picture".getBytes(StandardCharsets.US_ASCII)
        }) {
      write(dir.resolve("images"), bad);
      assertFails(
          IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "not an IDX file");
    }
    images = write(dir.resolve("named.gz"), idx(GREY, VALUES));
    assertFails(
        IOException.class,
        () -> all(Map.of()).open(Split.TRAIN),
        images,
        "named .gz but is not gzip",
        "00 00 08 03",
        "1f 8b");
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    byte[] whole = idx(GREY, VALUES);
    for (int length = 4; length < whole.length; length++) {
      write(dir.resolve("images"), Arrays.copyOf(whole, length));
      assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "truncated");
    }
    byte[] zipped = gzip(whole);
    for (int length = 2; length < zipped.length; length++) {
      write(dir.resolve("images"), Arrays.copyOf(zipped, length));
      assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "truncated");
    }
    zipped[zipped.length - 6] ^= 1;
    write(dir.resolve("images"), zipped);
    assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "damaged");
  }

  @Test
  void refusesTrailingBytesAndWildSizes() throws IOException {
    byte[] whole = idx(GREY, VALUES);
    write(dir.resolve("images"), Arrays.copyOf(whole, whole.length + 1));
    assertFails(
        IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "longer than it says");
    write(dir.resolve("images"), idx(new int[] {0, 28, 28}));
    assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "0x28x28");
    write(dir.resolve("images"), idx(new int[] {-1, 28, 28}));
    assertFails(
        IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "4294967295x28x28");
    write(dir.resolve("images"), idx(new int[] {Integer.MAX_VALUE, 28, 28}));
    assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "2 GB");
    write(dir.resolve("images"), idx(new int[] {2_000_000, 28, 28}));
    assertFails(IOException.class, () -> all(Map.of()).open(Split.TRAIN), images, "found 0");
  }

  @Test
  void refusesSwappedAndForeignFiles() throws IOException {
    assertFails(
        IOException.class,
        () -> all(Map.of("images", labels)).open(Split.TRAIN),
        labels,
        "labels were given as images");
    assertFails(
        IOException.class,
        () -> all(Map.of("labels", images)).open(Split.TRAIN),
        images,
        "images were given as labels");
    String four = write(dir.resolve("four"), idx(new int[] {4}, 0, 0, 0, 0));
    assertFails(
        IOException.class,
        () -> all(Map.of("labels", four)).open(Split.TRAIN),
        images + " holds 3 images",
        four + " holds 4 labels");
    String planes = write(dir.resolve("chw"), idx(new int[] {1, 3, 20, 20}, new int[1200]));
    assertFails(
        IOException.class,
        () -> all(Map.of("images", planes)).open(Split.TRAIN),
        planes,
        "20 channels",
        "images, rows, columns, channels");
    String real = write(dir.resolve("real"), idx(13, new int[] {3}, new byte[12]));
    assertFails(
        IOException.class,
        () -> all(Map.of("labels", real)).open(Split.TRAIN),
        real,
        "float",
        "whole numbers");
  }

  @Test
  void refusesMissingFilesAndOptions() {
    String gone = dir.resolve("gone").toString();
    assertFails(
        IOException.class,
        () -> all(Map.of("images", gone)).open(Split.TRAIN),
        gone + " does not exist");
    assertFails(
        IOException.class,
        () -> all(Map.of("images", dir.toString())).open(Split.TRAIN),
        dir + " is a folder, not a regular file");
    assertFails(
        IllegalArgumentException.class, () -> new IdxFiles().open(Split.TRAIN), "option images");
    for (var wrong :
        List.of(
            Map.of("size", -1),
            Map.of("size", 5000),
            Map.of("count", -1),
            Map.of("max", -1),
            Map.of("testFraction", 1),
            Map.of("classes", List.of(1, 1)),
            Map.of("classes", List.of(-1)))) {
      assertFails(
          IllegalArgumentException.class,
          () -> all(wrong),
          "data \"idx\": ",
          wrong.keySet().iterator().next(),
          "found");
    }
  }

  /** The 8x8 digits have values from 0 to 16 and no test files. */
  @Test
  void readsTheRealDigits() throws IOException {
    Path digits = TestFiles.realData("digits");
    images = digits.resolve("digits-images-idx3-ubyte.gz").toString();
    labels = digits.resolve("digits-labels-idx1-ubyte.gz").toString();
    Dataset data = all(Map.of("max", 16)).open(Split.TRAIN);
    assertEquals(new ImageShape(1, 8, 8), data.shape());
    assertArrayEquals(
        new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, MnistTest.counts(data));
    assertEquals(255, Arrays.stream(pixels(data)).max().orElseThrow());
    Map<String, Double> tenth = Map.of("max", 16.0, "testFraction", 0.1);
    assertEquals(179, all(tenth).open(Split.TEST).size());
    assertEquals(1618, all(tenth).open(Split.TRAIN).size());
  }

  @Test
  void readsRealColourImages() throws IOException {
    Path eurosat = TestFiles.realData("eurosat");
    Map<String, Object> files =
        Map.of(
            "images", eurosat.resolve("eurosat32-5k-train-images-idx4-ubyte.gz").toString(),
            "labels", eurosat.resolve("eurosat32-5k-train-labels-idx1-ubyte.gz").toString(),
            "testImages", eurosat.resolve("eurosat32-5k-test-images-idx4-ubyte.gz").toString(),
            "testLabels", eurosat.resolve("eurosat32-5k-test-labels-idx1-ubyte.gz").toString());
    Dataset train = all(files).open(Split.TRAIN);
    Dataset test = all(files).open(Split.TEST);
    assertEquals(new ImageShape(3, 32, 32), train.shape());
    int[] even = new int[10];
    Arrays.fill(even, 400);
    assertArrayEquals(even, MnistTest.counts(train));
    Arrays.fill(even, 100);
    assertArrayEquals(even, MnistTest.counts(test));
  }

  private IdxFiles all(Map<String, ?> changes) {
    IdxFiles base = new IdxFiles(images, labels, "", "", List.of(), List.of(), 0, 0, 0, 0, 0);
    return Options.with(base, "data \"idx\"", changes);
  }

  private static byte[] value(int type, double value) {
    return switch (type) {
      case 9 -> new byte[] {(byte) value};
      case 11 -> ByteBuffer.allocate(2).putShort((short) value).array();
      case 12 -> ByteBuffer.allocate(4).putInt((int) value).array();
      case 13 -> ByteBuffer.allocate(4).putFloat((float) value).array();
      default -> ByteBuffer.allocate(8).putDouble(value).array();
    };
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(parts.length * parts[0].length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
