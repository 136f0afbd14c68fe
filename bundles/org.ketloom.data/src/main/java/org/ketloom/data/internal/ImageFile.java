package org.ketloom.data.internal;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ketloom.api.data.ImageShape;

/** Decodes PNG and JPEG files. What is transparent is put on black. */
final class ImageFile {
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
    int plane = height * width;
    boolean grey =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(image.getColorModel() instanceof IndexColorModel);
    byte[] pixels = new byte[(rgb ? 3 : 1) * plane];
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
          pixels[at] = (byte) r;
          pixels[plane + at] = (byte) g;
          pixels[2 * plane + at] = (byte) b;
        } else {
          pixels[at] = (byte) ((299 * r + 587 * g + 114 * b + 500) / 1000);
        }
      }
    }
    return new Picture(new ImageShape(rgb ? 3 : 1, height, width), pixels);
  }

  private static BufferedImage decode(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        ImageInputStream in = new MemoryCacheImageInputStream(bytes)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is neither PNG nor JPEG");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // Readers answer damaged files with all kinds of runtime exceptions.
      throw new IOException(
          file + " can't be decoded: " + e.getMessage() + "; replace or remove it", e);
    }
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
