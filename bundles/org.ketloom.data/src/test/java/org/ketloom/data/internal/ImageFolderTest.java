package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.data.internal.TestFiles.assertFails;
import static org.ketloom.data.internal.TestFiles.pixels;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;

class ImageFolderTest {
  @TempDir Path dir;

  @Test
  void subFoldersAreTheClasses() throws IOException {
    grey("dog/b.png", 2, 30);
    grey("dog/a.PNG", 2, 20);
    grey("cat/z.png", 2, 10);
    Files.writeString(dir.resolve("README.txt"), "not an image");
    Files.writeString(dir.resolve("dog/notes"), "not an image");
    Files.createDirectories(dir.resolve(".hidden"));
    Files.writeString(dir.resolve("dog/.x.png"), "not an image");
    Dataset data = folder(Map.of("colour", "grey")).open(Split.TRAIN);
    assertEquals(List.of("cat", "dog"), data.classes());
    assertArrayEquals(new int[] {0, 1, 1}, data.get(0, 1, 2).labels());
    assertArrayEquals(new int[] {10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30}, pixels(data));
  }

  @Test
  void fewerImagesAreTakenFromEachClassInTurn() throws IOException {
    for (int i = 1; i <= 3; i++) {
      grey("cat/" + i + ".png", 1, i);
      grey("dog/" + i + ".png", 1, 10 + i);
    }
    Dataset data = folder(Map.of("colour", "grey", "count", 3)).open(Split.TRAIN);
    assertArrayEquals(new int[] {0, 1, 0}, data.get(0, 1, 2).labels());
    assertArrayEquals(new int[] {1, 11, 2}, pixels(data));
    Dataset dogs =
        folder(Map.of("colour", "grey", "count", 2, "classes", List.of(1))).open(Split.TRAIN);
    assertArrayEquals(new int[] {11, 12}, pixels(dogs));
  }

  @Test
  void aFolderOfImagesIsOneClass() throws IOException {
    rgb("images/a.png", 2, 0x0A141E);
    Dataset data = folder(Map.of("dir", dir.resolve("images").toString())).open(Split.TRAIN);
    assertEquals(List.of("images"), data.classes());
    assertEquals(new ImageShape(3, 2, 2), data.shape());
    assertArrayEquals(new int[] {10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30}, pixels(data));
  }

  @Test
  void readsEveryKindOfPixels() throws IOException {
    grey("1.png", 1, 100);
    rgb("2.png", 1, 0xFF0000);
    BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x80FFFFFF);
    ImageIO.write(clear, "png", dir.resolve("3.png").toFile());
    BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x8080);
    ImageIO.write(deep, "png", dir.resolve("4.png").toFile());
    BufferedImage bits = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(0, 0, 0xFFFFFFFF);
    ImageIO.write(bits, "png", dir.resolve("5.png").toFile());
    assertArrayEquals(
        new int[] {100, 76, 128, 128, 255},
        pixels(folder(Map.of("colour", "grey")).open(Split.TRAIN)));
    assertArrayEquals(
        new int[] {100, 100, 100, 255, 0, 0, 128, 128, 128, 128, 128, 128, 255, 255, 255},
        pixels(folder(Map.of()).open(Split.TRAIN)));
  }

  @Test
  void readsJpeg() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x4080C0);
    }
    assertTrue(ImageIO.write(image, "jpg", dir.resolve("a.jpeg").toFile()));
    int[] found = pixels(folder(Map.of()).open(Split.TRAIN));
    for (int i = 0; i < found.length; i++) {
      assertEquals(new int[] {0x40, 0x80, 0xC0}[i % 3], found[i], 3);
    }
  }

  @Test
  void refusesMixedSizesUnlessResized() throws IOException {
    grey("a.png", 4, 50);
    grey("b.png", 4, 50);
    grey("c.png", 5, 60);
    assertFails(
        IOException.class,
        () -> folder(Map.of("colour", "grey")).open(Split.TRAIN),
        dir.resolve("c.png") + " is 1x5x5",
        dir.resolve("a.png") + " is 1x4x4",
        "option size");
    Dataset data = folder(Map.of("colour", "grey", "size", 2)).open(Split.TRAIN);
    assertArrayEquals(new int[] {50, 50, 50, 50, 50, 50, 50, 50, 60, 60, 60, 60}, pixels(data));
  }

  @Test
  void refusesImagesThatCannotBeDecoded() throws IOException {
    grey("a.png", 4, 50);
    Path bad = dir.resolve("b.png");
    Files.writeString(bad, "not an image");
    assertFails(
        IOException.class, () -> folder(Map.of()).open(Split.TRAIN), bad, "neither PNG nor JPEG");
    byte[] png = Files.readAllBytes(dir.resolve("a.png"));
    refusesEveryBeginning(bad, png);
    png[45] ^= 1;
    Files.write(bad, png);
    assertFails(
        IOException.class, () -> folder(Map.of()).open(Split.TRAIN), bad, "damaged", "checksum");
    rgb("c.png", 64, 0x4080C0);
    assertTrue(ImageIO.write(ImageIO.read(dir.resolve("c.png").toFile()), "jpg", bad.toFile()));
    Files.delete(dir.resolve("c.png"));
    refusesEveryBeginning(bad, Files.readAllBytes(bad));
  }

  private void refusesEveryBeginning(Path file, byte[] whole) throws IOException {
    for (int length = 0; length < whole.length; length += 11) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertFails(
          IOException.class,
          () -> ImageFile.read(file, true, Reading.CURRENT),
          file,
          "can't be decoded");
    }
  }

  @Test
  void refusesEmptyAndUnclearFolders() throws IOException {
    assertFails(
        IOException.class,
        () -> folder(Map.of()).open(Split.TRAIN),
        dir,
        "no PNG or JPEG file and no sub-folders");
    grey("cat/a.png", 2, 1);
    Path empty = Files.createDirectories(dir.resolve("dog"));
    assertFails(
        IOException.class, () -> folder(Map.of()).open(Split.TRAIN), empty, "no PNG or JPEG");
    Files.delete(empty);
    grey("loose.png", 2, 1);
    assertFails(
        IOException.class,
        () -> folder(Map.of()).open(Split.TRAIN),
        dir,
        "loose.png",
        "cat",
        "sub-folder of its class");
    assertFails(
        IOException.class,
        () -> folder(Map.of("dir", dir.resolve("gone").toString())).open(Split.TRAIN),
        "gone does not exist");
    assertFails(
        IOException.class,
        () -> folder(Map.of("dir", dir.resolve("loose.png").toString())).open(Split.TRAIN),
        "loose.png is not a folder");
    assertFails(
        IllegalArgumentException.class, () -> new ImageFolder().open(Split.TRAIN), "option dir");
  }

  @Test
  void aTestFolderHasTheSameClasses() throws IOException {
    grey("train/cat/a.png", 1, 1);
    grey("train/dog/a.png", 1, 2);
    grey("test/dog/a.png", 1, 3);
    Map<String, String> folders =
        Map.of(
            "dir", dir.resolve("train").toString(),
            "testDir", dir.resolve("test").toString(),
            "colour", "grey");
    Dataset test = folder(folders).open(Split.TEST);
    assertEquals(List.of("cat", "dog"), test.classes());
    assertArrayEquals(new int[] {1}, test.get(0).labels());
    assertArrayEquals(new int[] {3}, pixels(test));
    assertEquals(2, folder(folders).open(Split.TRAIN).size());
    grey("test/cow/a.png", 1, 4);
    assertFails(IOException.class, () -> folder(folders).open(Split.TEST), "\"cow\"", "cat, dog");
  }

  @Test
  @Timeout(30)
  void whatIsNoRegularFileIsNotPassedOver() throws Exception {
    grey("a.png", 1, 1);
    Path pipe = dir.resolve("b.png");
    TestFiles.pipe(pipe);
    assertFails(
        IOException.class,
        () -> folder(Map.of()).open(Split.TRAIN),
        pipe + " is a named pipe, not a regular file");
  }

  @Test
  void howAFolderWasReadOnceIsKept() throws IOException {
    for (int i = 0; i < 100; i++) {
      grey(String.format("%03d.png", i), 1, i);
    }
    ImageFolder images = folder(Map.of("colour", "grey", "testFraction", 0.29));
    assertEquals(29, images.open(Split.TEST).size());
    assertEquals(28, images.former().get(0).open(Split.TEST).size());
    assertEquals(72, images.former().get(0).open(Split.TRAIN).size());
  }

  private ImageFolder folder(Map<String, ?> changes) {
    ImageFolder base =
        new ImageFolder(dir.toString(), "", ImageFolder.Colour.RGB, List.of(), 0, 0, 0, 0);
    return Options.with(base, "data \"images\"", changes);
  }

  private void grey(String name, int size, int value) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    WritableRaster raster = image.getRaster();
    for (int i = 0; i < size * size; i++) {
      raster.setSample(i % size, i / size, 0, value);
    }
    write(name, image);
  }

  private void rgb(String name, int size, int colour) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      image.setRGB(i % size, i / size, colour);
    }
    write(name, image);
  }

  private void write(String name, BufferedImage image) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(image, "png", file.toFile()));
  }
}
