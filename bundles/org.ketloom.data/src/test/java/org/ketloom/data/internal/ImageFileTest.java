package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.data.internal.TestFiles.assertFails;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.data.ImageShape;

/** Images as cameras, printers and editors make them, and as they arrive when a disk fails. */
class ImageFileTest {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;

  @TempDir Path dir;

  /** Pixels 1 to 6 in two rows of three, as they are to be seen. */
  @ParameterizedTest
  @CsvSource({
    "1, 2, 3, 123456",
    "2, 2, 3, 321654",
    "3, 2, 3, 654321",
    "4, 2, 3, 456123",
    "5, 3, 2, 142536",
    "6, 3, 2, 415263",
    "7, 3, 2, 635241",
    "8, 3, 2, 362514",
    "9, 2, 3, 123456",
  })
  void exifOrientationIsApplied(int orientation, int height, int width, String seen)
      throws IOException {
    byte[] rows = {0, 10, 20, 30, 0, 40, 50, 60};
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      byte[] png = png(3, 2, 8, GREY, rows, "eXIf", exif(orientation, order));
      for (boolean rgb : new boolean[] {false, true}) {
        Picture picture = read(png, rgb);
        assertEquals(new ImageShape(rgb ? 3 : 1, height, width), picture.shape());
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < 6; i++) {
          found.append(picture.pixels()[rgb ? 3 * i + 2 : i] / 10);
        }
        assertEquals(seen, found.toString());
      }
    }
  }

  /** A JPEG whose left half is dark: turned clockwise, its top is. */
  @Test
  void exifOrientationOfJpegsIsApplied() throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 128; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, i % 16 < 8 ? 20 : 220);
    }
    byte[] jpeg = jpeg(image);
    assertEquals(new ImageShape(1, 8, 16), read(jpeg, false).shape());
    byte[] block = exif(6, ByteOrder.LITTLE_ENDIAN);
    byte[] app1 =
        ByteBuffer.allocate(6 + block.length)
            .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
            .put(block)
            .array();
    Picture turned = read(insert(jpeg, 0xE1, app1), false);
    assertEquals(new ImageShape(1, 16, 8), turned.shape());
    for (int i = 0; i < 128; i++) {
      assertEquals(i / 8 < 8 ? 20 : 220, turned.pixels()[i] & 0xFF, 3);
    }
  }

  /** What can't be read of EXIF tells no orientation, and keeps nobody from reading the image. */
  @Test
  void damagedExifIsPassedOver() throws IOException {
    byte[] whole = exif(6, ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int k = 0; k < damaged.length / 4; k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Picture picture = read(png(1, 1, 8, GREY, new byte[] {0, 7}, "eXIf", damaged), false);
      assertArrayEquals(new byte[] {7}, picture.pixels());
    }
  }

  /** Two pixels: one of the level that is transparent, and the one beside it. */
  @ParameterizedTest
  @CsvSource({"1, 128, 1, 0", "2, 192, 3, 0", "4, 240, 15, 0", "4, 175, 10, 255", "8, 0, 200, 5"})
  void theTransparentLevelOfAGreyPngIsBlack(int bits, int packed, int level, int other)
      throws IOException {
    byte[] row =
        bits == 8 ? new byte[] {0, (byte) level, (byte) other} : new byte[] {0, (byte) packed};
    byte[] transparent = {0, (byte) level};
    byte[] png = png(2, 1, bits, GREY, row, "tRNS", transparent);
    assertArrayEquals(new byte[] {0, (byte) other}, read(png, false).pixels());
    assertArrayEquals(
        new byte[] {0, 0, 0, (byte) other, (byte) other, (byte) other}, read(png, true).pixels());
  }

  @Test
  void otherTransparentColoursAreBlackToo() throws IOException {
    byte[] deep = png(2, 1, 16, GREY, new byte[] {0, 1, 2, (byte) 0x80, 0}, "tRNS", 1, 2);
    assertArrayEquals(new byte[] {0, (byte) 128}, read(deep, false).pixels());
    byte[] rgb = png(2, 1, 8, RGB, new byte[] {0, 9, 8, 7, 9, 8, 6}, "tRNS", 0, 9, 0, 8, 0, 7);
    assertArrayEquals(new byte[] {0, 0, 0, 9, 8, 6}, read(rgb, true).pixels());
    byte[] plain = png(2, 1, 4, GREY, new byte[] {0, (byte) 0xF0}, "tEXt");
    assertArrayEquals(new byte[] {(byte) 255, 0}, read(plain, false).pixels());
    ByteArrayOutputStream palette = new ByteArrayOutputStream();
    palette.write(start(2, 1, 8, PALETTE));
    palette.write(chunk("PLTE", new byte[] {9, 8, 7, 6, 5, 4}));
    palette.write(chunk("tRNS", new byte[] {0}));
    palette.write(end(new byte[] {0, 0, 1}));
    assertArrayEquals(new byte[] {0, 0, 0, 6, 5, 4}, read(palette.toByteArray(), true).pixels());
  }

  /** CMYK as Adobe's programs write it, YCCK, and without the marker that tells them apart. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void jpegsOfFourChannelsAreRefused(int transform) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setSample(i / 4 % 8, i / 32, i % 4, i);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(raster, null, null));
    } finally {
      writer.dispose();
    }
    byte[] jpeg = bytes.toByteArray();
    if (transform >= 0) {
      byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
      jpeg = insert(jpeg, 0xEE, adobe);
    }
    Path file = Files.write(dir.resolve("print.jpg"), jpeg);
    assertFails(
        IOException.class,
        () -> ImageFile.read(file, true, Reading.CURRENT),
        file + " can't be decoded: it has 4 channels (CMYK or YCCK",
        "expected grey or RGB",
        "replace or remove it");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x11, 0x55, 0xAA})
  void aJpegThatIsDamagedInTheMiddleIsRefused(int value) throws IOException {
    byte[] whole = jpeg(noise(128));
    assertEquals(new ImageShape(1, 128, 128), read(whole, false).shape());
    for (int at = whole.length / 3; at < whole.length - 400; at += 251) {
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, at, at + 128, (byte) value);
      Path file = Files.write(dir.resolve("bad.jpg"), damaged);
      assertFails(
          IOException.class,
          () -> ImageFile.read(file, false, Reading.CURRENT),
          file + " can't be decoded: it is ");
    }
  }

  @Test
  void whatARunBeganWithIsReadAsItWas() throws IOException {
    byte[] png = png(2, 1, 4, GREY, new byte[] {0, (byte) 0xF0}, "tRNS", 0, 15);
    Path file = Files.write(dir.resolve("a.png"), png);
    assertArrayEquals(
        new byte[] {(byte) 255, 0}, ImageFile.read(file, false, Reading.FIRST).pixels());
    byte[] turned = png(2, 1, 8, GREY, new byte[] {0, 1, 2}, "eXIf", exif(6, ByteOrder.BIG_ENDIAN));
    Files.write(file, turned);
    assertEquals(new ImageShape(1, 1, 2), ImageFile.read(file, false, Reading.FIRST).shape());
  }

  @Test
  void anImageOfAbsurdSizeIsRefusedBeforeItIsDecoded() throws IOException {
    byte[] huge = png(60_000, 60_000, 1, GREY, new byte[100], "tEXt");
    Path file = Files.write(dir.resolve("huge.png"), huge);
    assertFails(
        IOException.class,
        () -> ImageFile.read(file, false, Reading.CURRENT),
        file + " can't be decoded: it has 60000x60000 pixels, expected at most 134217728");
  }

  @Test
  @Timeout(30)
  void whatIsNoRegularFileIsRefused() throws Exception {
    Path pipe = dir.resolve("pipe.png");
    TestFiles.pipe(pipe);
    assertFails(
        IOException.class,
        () -> ImageFile.read(pipe, false, Reading.CURRENT),
        pipe + " is a named pipe, not a regular file");
    Path nowhere = Files.createSymbolicLink(dir.resolve("nowhere.png"), dir.resolve("gone"));
    assertFails(IOException.class, () -> ImageFile.read(nowhere, false, Reading.CURRENT), nowhere);
  }

  private Picture read(byte[] image, boolean rgb) throws IOException {
    Path file = Files.write(dir.resolve("image"), image);
    return ImageFile.read(file, rgb, Reading.CURRENT);
  }

  private static BufferedImage noise(int size) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(7);
    for (int i = 0; i < size * size; i++) {
      image.getRaster().setSample(i % size, i / size, 0, random.nextInt(256));
    }
    return image;
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, "jpg", bytes));
    return bytes.toByteArray();
  }

  /** A JPEG with one more segment at its beginning. */
  private static byte[] insert(byte[] jpeg, int marker, byte[] data) {
    return ByteBuffer.allocate(jpeg.length + 4 + data.length)
        .put(jpeg, 0, 2)
        .put((byte) 0xFF)
        .put((byte) marker)
        .putShort((short) (2 + data.length))
        .put(data)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** An EXIF block of a camera's maker and the orientation. */
  private static byte[] exif(int orientation, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
    tiff.putShort((short) (order == ByteOrder.BIG_ENDIAN ? 0x4D4D : 0x4949));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 271).putShort((short) 2).putInt(1).putInt(0);
    tiff.putShort((short) 274).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  private static byte[] png(
      int width, int height, int bits, int colour, byte[] rows, String chunk, int... data)
      throws IOException {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) data[i];
    }
    return png(width, height, bits, colour, rows, chunk, bytes);
  }

  private static byte[] png(
      int width, int height, int bits, int colour, byte[] rows, String chunk, byte[] data)
      throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(start(width, height, bits, colour));
    png.write(chunk(chunk, data));
    png.write(end(rows));
    return png.toByteArray();
  }

  private static byte[] start(int width, int height, int bits, int colour) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    byte[] first =
        chunk("IHDR", header.put((byte) bits).put((byte) colour).put(new byte[3]).array());
    return ByteBuffer.allocate(8 + first.length).putLong(0x89504E470D0A1A0AL).put(first).array();
  }

  private static byte[] end(byte[] rows) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(rows);
    }
    ByteArrayOutputStream end = new ByteArrayOutputStream();
    end.write(chunk("IDAT", packed.toByteArray()));
    end.write(chunk("IEND", new byte[0]));
    return end.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) crc.getValue()).array();
  }
}
