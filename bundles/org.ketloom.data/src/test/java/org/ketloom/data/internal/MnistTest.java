package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.ketloom.data.internal.TestFiles.assertFails;
import static org.ketloom.data.internal.TestFiles.gzip;
import static org.ketloom.data.internal.TestFiles.idx;
import static org.ketloom.data.internal.TestFiles.pixels;
import static org.ketloom.data.internal.TestFiles.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;

class MnistTest {
  @TempDir Path dir;

  @Test
  void findsTheFilesUnderTheirUsualNames() throws IOException {
    Path nested = Files.createDirectories(dir.resolve("all/mnist"));
    write(dir.resolve("train-images-idx3-ubyte.gz"), gzip(idx(new int[] {1, 1, 1}, 10)));
    write(dir.resolve("train-labels-idx1-ubyte"), idx(new int[] {1}, 3));
    write(dir.resolve("t10k-images.idx3-ubyte"), idx(new int[] {1, 1, 1}, 20));
    write(dir.resolve("t10k-labels.idx1-ubyte.gz"), gzip(idx(new int[] {1}, 4)));
    write(nested.resolve("train-images-idx3-ubyte"), idx(new int[] {1, 1, 1}, 30));
    write(nested.resolve("train-labels-idx1-ubyte"), idx(new int[] {1}, 5));
    Dataset train = mnist(dir).open(Split.TRAIN);
    assertArrayEquals(new int[] {10}, pixels(train));
    assertArrayEquals(new int[] {3}, train.get(0).labels());
    assertEquals(10, train.classes().size());
    assertArrayEquals(new int[] {20}, pixels(mnist(dir).open(Split.TEST)));
    assertArrayEquals(new int[] {30}, pixels(mnist(dir.resolve("all")).open(Split.TRAIN)));
  }

  @Test
  void saysWhereToGetMissingFiles() {
    assertFails(
        IOException.class,
        () -> mnist(dir).open(Split.TEST),
        "data \"mnist\"",
        "t10k-images-idx3-ubyte.gz",
        dir);
    assertEquals(
        List.of(new Remedy.Download("mnist"), new Remedy.NameDataFolder()),
        HasRemedies.of(assertThrows(IOException.class, () -> mnist(dir).open(Split.TEST))));
    assertFails(
        IOException.class,
        () -> new FashionMnist(dir.toString(), List.of(), 0, 0).open(Split.TRAIN),
        "data \"fashion-mnist\"",
        "train-images-idx3-ubyte.gz");
  }

  @Test
  void refusesLabelsThatAreNoDigits() throws IOException {
    write(dir.resolve("train-images-idx3-ubyte"), idx(new int[] {1, 1, 1}, 10));
    String labels = write(dir.resolve("train-labels-idx1-ubyte"), idx(new int[] {1}, 10));
    assertFails(
        IOException.class,
        () -> mnist(dir).open(Split.TRAIN),
        labels,
        "label 0 is 10",
        "classes 0 to 9");
  }

  @Test
  void readsTheRealMnist() throws IOException {
    Mnist mnist = mnist(TestFiles.realData("mnist"));
    Dataset train = mnist.open(Split.TRAIN);
    Dataset test = mnist.open(Split.TEST);
    assertEquals(new ImageShape(1, 28, 28), train.shape());
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, counts(train));
    assertArrayEquals(
        new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, counts(test));
    assertArrayEquals(new int[] {5, 0, 4, 1, 9}, train.get(0, 1, 2, 3, 4).labels());
    assertArrayEquals(new int[] {7, 2, 1, 0, 4}, test.get(0, 1, 2, 3, 4).labels());
    assertEquals(
        "690ede4d775fd0b4969b642d41e91482f79d18202bdbfcda12513ac3e085f1b0", train.fingerprint());
    Mnist small = new Mnist(mnist.dir(), List.of(0, 1), 16, 1000);
    assertEquals(
        "06a87bfb17a1831e7765bd4269c33b51a51ecc407c00a666a806da6aae523bc7",
        small.open(Split.TRAIN).fingerprint());
  }

  @Test
  void readsTheRealFashionMnist() throws IOException {
    FashionMnist fashion =
        new FashionMnist(TestFiles.realData("fashion-mnist").toString(), List.of(), 0, 0);
    int[] even = new int[10];
    Arrays.fill(even, 6000);
    Dataset train = fashion.open(Split.TRAIN);
    assertArrayEquals(even, counts(train));
    assertEquals("Ankle boot", train.classes().get(train.get(0).labels()[0]));
    Arrays.fill(even, 1000);
    assertArrayEquals(even, counts(fashion.open(Split.TEST)));
  }

  private static Mnist mnist(Path dir) {
    return new Mnist(dir.toString(), List.of(), 0, 0);
  }

  static int[] counts(Dataset data) {
    int[] counts = new int[data.classes().size()];
    for (int from = 0; from < data.size(); from += 1000) {
      int[] places = IntStream.range(from, Math.min(from + 1000, data.size())).toArray();
      for (int label : data.get(places).labels()) {
        counts[label]++;
      }
    }
    return counts;
  }
}
