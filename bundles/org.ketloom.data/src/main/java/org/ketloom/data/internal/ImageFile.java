package org.ketloom.data.internal;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ketloom.api.data.ImageShape;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;

/**
 * Decodes PNG and JPEG files, and turns them as their EXIF orientation says. What is transparent is
 * put on black.
 */
final class ImageFile {
  /** Bytes that are read of a file. */
  private static final int LARGEST = 1 << 28;

  /** Pixels, which a file of a few bytes can claim; as many need half a gigabyte. */
  private static final long MOST_PIXELS = 1 << 27;

  private ImageFile() {}

  /**
   * Reads an image.
   *
   * @param rgb whether it is made RGB, or grey (luma of ITU-R BT.601)
   * @throws IOException naming the file if it can't be decoded, or not in its right colours
   */
  static Picture read(Path file, boolean rgb, Reading reading) throws IOException {
    ImageHeader header;
    BufferedImage image;
    try {
      byte[] bytes = RegularFile.readHere(file, LARGEST);
      header = ImageHeader.of(bytes);
      if (reading != Reading.FIRST && header.channels() > 3) {
        throw new IOException(
            "it has "
                + header.channels()
                + " channels (CMYK or YCCK, whose colours depend on a press), expected grey or RGB");
      }
      image = decode(reading == Reading.FIRST ? bytes : header.opaque(bytes), reading);
    } catch (RegularFile.NotRegularException | RegularFile.TooLargeException e) {
      throw new IOException(e.getMessage() + "; replace or remove it", e);
    } catch (IOException | RuntimeException e) {
      // Readers answer damaged files with all kinds of runtime exceptions.
      throw new IOException(
          file + " can't be decoded: " + Causes.of(e) + "; replace or remove it", e);
    }
    if (reading == Reading.FIRST) {
      return pixels(image, rgb, -1);
    }
    return pixels(image, rgb, header.transparent()).oriented(header.orientation());
  }

  private static Picture pixels(BufferedImage image, boolean rgb, int transparent) {
    int height = image.getHeight();
    int width = image.getWidth();
    boolean grey =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(image.getColorModel() instanceof IndexColorModel);
    Raster raster = image.getRaster();
    byte[] pixels = new byte[(rgb ? 3 : 1) * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (transparent >= 0 && raster.getSample(x, y, 0) == transparent) {
          continue;
        }
        int at = y * width + x;
        // getRGB treats grey values as linear light and brightens them.
        int colour = grey ? grey(raster, x, y) : image.getRGB(x, y);
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

  private static BufferedImage decode(byte[] bytes, Reading reading) throws IOException {
    List<String> warnings = new ArrayList<>();
    BufferedImage image;
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is neither PNG nor JPEG");
      }
      ImageReader reader = readers.next();
      try {
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw new IOException(
              "it has "
                  + reader.getWidth(0)
                  + "x"
                  + reader.getHeight(0)
                  + " pixels, expected at most "
                  + MOST_PIXELS);
        }
        image = reader.read(0);
      } finally {
        reader.dispose();
      }
    }
    // A JPEG that is cut off or damaged is filled up, and only a warning says so.
    for (String warning : warnings) {
      if (warning.startsWith("Truncated") || warning.contains("premature end")) {
        throw new IOException("it is truncated");
      }
      if (reading != Reading.FIRST && isDamage(warning)) {
        throw new IOException("it is damaged: the decoder says \"" + warning + "\"");
      }
    }
    return image;
  }

  /** Whether a warning of the JPEG decoder is about the image itself (libjpeg's jerror.h). */
  private static boolean isDamage(String warning) {
    return warning.startsWith("Corrupt JPEG data")
        || warning.startsWith("Inconsistent progression")
        || warning.startsWith("Invalid SOS parameters");
  }

  private static int grey(Raster raster, int x, int y) {
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
