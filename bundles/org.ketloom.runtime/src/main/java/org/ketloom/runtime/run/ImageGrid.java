package org.ketloom.runtime.run;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.files.AtomicFile;

/** Images side by side in one PNG, row by row, small ones enlarged. */
public final class ImageGrid {
  /** Small images are enlarged by a whole factor to at least this side, in pixels. */
  private static final int VISIBLE = 112;

  private static final int GAP = 2;
  private static final int GAP_COLOUR = 0x505050;

  private ImageGrid() {}

  /** The labels of a grid with one row per class: each class {@code columns} times, in order. */
  public static int[] labels(int classes, int columns) {
    return IntStream.range(0, classes * columns).map(i -> i / columns).toArray();
  }

  /**
   * The grid as a PNG file's bytes. One channel is grey; of three or more the first three are red,
   * green and blue; values are cut off at -1 and 1.
   *
   * @param columns images per row, at least 1
   * @param text what the file says about itself, by the keywords of the PNG specification
   */
  public static byte[] png(ImageBatch images, int columns, Map<String, String> text) {
    if (images.size() == 0 || columns < 1) {
      throw new IllegalArgumentException(
          "a grid has at least one image and one column, found "
              + images.size()
              + " and "
              + columns);
    }
    ImageShape shape = images.shape();
    int factor = Math.max(1, ceilDiv(VISIBLE, Math.max(shape.height(), shape.width())));
    int cellHeight = shape.height() * factor + GAP;
    int cellWidth = shape.width() * factor + GAP;
    int rows = ceilDiv(images.size(), columns);
    int width = Math.min(columns, images.size()) * cellWidth + GAP;
    int height = rows * cellHeight + GAP;
    int[] rgb = new int[width * height];
    Arrays.fill(rgb, GAP_COLOUR);
    for (int i = 0; i < images.size(); i++) {
      int top = GAP + i / columns * cellHeight;
      int left = GAP + i % columns * cellWidth;
      for (int y = 0; y < shape.height() * factor; y++) {
        for (int x = 0; x < shape.width() * factor; x++) {
          rgb[(top + y) * width + left + x] = colour(images, i, y / factor, x / factor);
        }
      }
    }
    int type = shape.channels() < 3 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage picture = new BufferedImage(width, height, type);
    if (type == BufferedImage.TYPE_BYTE_GRAY) {
      // Through the raster: setRGB would apply a gamma curve to grey.
      picture
          .getRaster()
          .setPixels(0, 0, width, height, Arrays.stream(rgb).map(c -> c & 255).toArray());
    } else {
      picture.setRGB(0, 0, width, height, rgb, 0, width);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), null);
      metadata.mergeTree(IIOMetadataFormatImpl.standardMetadataFormatName, entries(text));
      writer.setOutput(stream);
      writer.write(new IIOImage(picture, null, metadata));
    } catch (IOException e) {
      throw new IllegalStateException("a picture in memory can't be written", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * Writes {@link #png} to a file, whole or not at all; folders are made.
   *
   * @throws IOException naming the file that can't be written
   */
  public static void write(Path file, ImageBatch images, int columns, Map<String, String> text)
      throws IOException {
    byte[] png = png(images, columns, text);
    AtomicFile.write(file, out -> out.write(png));
  }

  private static IIOMetadataNode entries(Map<String, String> text) {
    IIOMetadataNode all = new IIOMetadataNode("Text");
    new TreeMap<>(text)
        .forEach(
            (keyword, value) -> {
              IIOMetadataNode entry = new IIOMetadataNode("TextEntry");
              entry.setAttribute("keyword", keyword);
              entry.setAttribute("value", value);
              all.appendChild(entry);
            });
    IIOMetadataNode root = new IIOMetadataNode(IIOMetadataFormatImpl.standardMetadataFormatName);
    root.appendChild(all);
    return root;
  }

  private static int colour(ImageBatch images, int image, int y, int x) {
    ImageShape shape = images.shape();
    int at = image * shape.size() + (y * shape.width() + x) * shape.channels();
    int red = level(images.pixels()[at]);
    if (shape.channels() < 3) {
      return red << 16 | red << 8 | red;
    }
    return red << 16 | level(images.pixels()[at + 1]) << 8 | level(images.pixels()[at + 2]);
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private static int level(float value) {
    return Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
  }
}
