package org.ketloom.data.internal;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ketloom.api.data.ImageShape;

/** Decodes PNG and JPEG files. What is transparent is put on black. */
final class ImageFile {
  private static final long PNG = 0x89504E470D0A1A0AL;
  private static final int PNG_END = 0x49454E44;

  private ImageFile() {}

  /**
   * Reads an image.
   *
   * @param rgb whether it is made RGB, or grey (luma of ITU-R BT.601)
   * @throws IOException naming the file if it can't be decoded
   */
  static Picture read(Path file, boolean rgb) throws IOException {
    BufferedImage image = decode(file);
    int height = image.getHeight();
    int width = image.getWidth();
    boolean grey =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(image.getColorModel() instanceof IndexColorModel);
    byte[] pixels = new byte[(rgb ? 3 : 1) * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        // getRGB treats grey values as linear light and brightens them.
        int colour = grey ? grey(image, x, y) : image.getRGB(x, y);
        int alpha = colour >>> 24;
        int r = over(colour >> 16 & 0xFF, alpha);
        int g = over(colour >> 8 & 0xFF, alpha);
        int b = over(colour & 0xFF, alpha);
        if (rgb) {
          pixels[3 * at] = (byte) r;
          pixels[3 * at + 1] = (byte) g;
          pixels[3 * at + 2] = (byte) b;
        } else {
          pixels[at] = (byte) ((299 * r + 587 * g + 114 * b + 500) / 1000);
        }
      }
    }
    return new Picture(new ImageShape(rgb ? 3 : 1, height, width), pixels);
  }

  private static BufferedImage decode(Path file) throws IOException {
    List<String> warnings = new ArrayList<>();
    BufferedImage image;
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(checked(file)))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is neither PNG nor JPEG");
      }
      ImageReader reader = readers.next();
      try {
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(in, true, true);
        image = reader.read(0);
      } finally {
        reader.dispose();
      }
      // A truncated JPEG is filled up with grey, and only a warning says so.
      for (String warning : warnings) {
        if (warning.startsWith("Truncated") || warning.contains("premature end")) {
          throw new IOException("it is truncated");
        }
      }
      return image;
    } catch (IOException | RuntimeException e) {
      // Readers answer damaged files with all kinds of runtime exceptions.
      throw new IOException(
          file + " can't be decoded: " + e.getMessage() + "; replace or remove it", e);
    }
  }

  /** The bytes of a file; those of a PNG are checked, since its reader passes over what is lost. */
  private static byte[] checked(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer png = ByteBuffer.wrap(bytes);
    if (bytes.length < 8 || png.getLong() != PNG) {
      return bytes;
    }
    CRC32 crc = new CRC32();
    for (int type = 0; type != PNG_END; ) {
      int length = png.remaining() < 12 ? -1 : png.getInt();
      if (length < 0 || length > png.remaining() - 8) {
        throw new IOException("it is truncated");
      }
      crc.reset();
      crc.update(bytes, png.position(), length + 4);
      type = png.getInt();
      png.position(png.position() + length);
      if (png.getInt() != (int) crc.getValue()) {
        throw new IOException("it is damaged: a checksum in it is wrong");
      }
    }
    return bytes;
  }

  private static int grey(BufferedImage image, int x, int y) {
    Raster raster = image.getRaster();
    int bits = raster.getSampleModel().getSampleSize(0);
    int value = eightBits(raster.getSample(x, y, 0), bits);
    int alpha = raster.getNumBands() > 1 ? eightBits(raster.getSample(x, y, 1), bits) : 255;
    return alpha << 24 | value << 16 | value << 8 | value;
  }

  private static int eightBits(int sample, int bits) {
    return (int) ((sample * 255L * 2 / ((1L << bits) - 1) + 1) / 2);
  }

  private static int over(int value, int alpha) {
    return (value * alpha + 127) / 255;
  }
}
