package org.ketloom.runtime.run;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Pictures;
import org.ketloom.files.PixelFont;

/**
 * Images side by side in one PNG, row by row, small ones enlarged.
 *
 * @param rows from top to bottom; at least one has an image, and all images have one shape
 * @param caption what stands beneath; broken into lines, empty for nothing
 */
public record ImageGrid(List<Row> rows, String caption) {
  /** Small images are enlarged by a whole factor to at least this side, in pixels. */
  private static final int VISIBLE = 112;

  private static final int GAP = 2;
  private static final int MARGIN = 8;
  private static final int BACKGROUND = 0x505050;
  private static final int INK = 0xFFFFFF;

  /** Longer names are cut off, so that the images have the room. */
  private static final int LONGEST_NAME = 18;

  /**
   * A row.
   *
   * @param name stands before it, such as that of a class; empty for nothing
   * @param kind stands below the name, such as "real"; empty for nothing
   * @param images from left to right; may be empty
   */
  public record Row(String name, String kind, ImageBatch images) {
    private List<String> text() {
      return Stream.of(name, kind)
          .filter(line -> !line.isBlank())
          .map(
              line ->
                  line.length() > LONGEST_NAME ? line.substring(0, LONGEST_NAME - 2) + ".." : line)
          .toList();
    }
  }

  /** Checks that there is something to be seen. */
  public ImageGrid {
    rows = List.copyOf(rows);
    if (rows.stream().allMatch(row -> row.images().size() == 0)) {
      throw new IllegalArgumentException("a grid has at least one image");
    }
    if (rows.stream().map(row -> row.images().shape()).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "the images of a grid have one shape, found "
              + rows.stream().map(row -> row.images().shape()).distinct().toList());
    }
  }

  /** The labels of a grid with one row per class: each class {@code columns} times, in order. */
  public static int[] labels(int classes, int columns) {
    return IntStream.range(0, classes * columns).map(i -> i / columns).toArray();
  }

  /**
   * Rows of a batch.
   *
   * @param columns images per row, at least 1; the last row may have fewer
   * @param names what stands before each row; where there are too few, nothing
   */
  public static List<Row> rows(ImageBatch images, int columns, List<String> names) {
    if (columns < 1) {
      throw new IllegalArgumentException("a grid has at least one column, found " + columns);
    }
    List<Row> rows = new ArrayList<>();
    int size = images.shape().size();
    for (int from = 0; from < images.size(); from += columns) {
      int to = Math.min(from + columns, images.size());
      rows.add(
          new Row(
              rows.size() < names.size() ? names.get(rows.size()) : "",
              "",
              new ImageBatch(
                  images.shape(),
                  Arrays.copyOfRange(images.pixels(), from * size, to * size),
                  Arrays.copyOfRange(images.labels(), from, to))));
    }
    return rows;
  }

  /** A grid of images alone, see {@link #rows(ImageBatch, int, List)} and {@link #png(Map)}. */
  public static byte[] png(ImageBatch images, int columns, Map<String, String> text) {
    return new ImageGrid(rows(images, columns, List.of()), "").png(text);
  }

  /**
   * The grid as a PNG file's bytes, the same on every machine. One channel is grey; of three or
   * more the first three are red, green and blue; values are cut off at -1 and 1.
   *
   * @param text what the file says about itself, by the keywords of the PNG specification
   */
  public byte[] png(Map<String, String> text) {
    return Pictures.png(picture(VISIBLE), text);
  }

  /**
   * The grid as a picture, see {@link #png(Map)}.
   *
   * @param visible small images are enlarged by a whole factor to at least this side, in pixels
   */
  public BufferedImage picture(int visible) {
    ImageShape shape = rows.get(0).images().shape();
    int factor = Math.max(1, ceilDiv(visible, Math.max(shape.height(), shape.width())));
    int side =
        rows.stream()
            .flatMap(row -> row.text().stream())
            .mapToInt(PixelFont::width)
            .max()
            .orElse(-1);
    int left = side < 0 ? 0 : side + 2 * MARGIN;
    int cellWidth = shape.width() * factor + GAP;
    int columns = rows.stream().mapToInt(row -> row.images().size()).max().orElse(0);
    int imagesWidth = columns * cellWidth + GAP;
    int lines = rows.stream().mapToInt(row -> row.text().size()).max().orElse(0);
    int rowHeight = Math.max(shape.height() * factor, lines * PixelFont.LINE) + GAP;
    List<String> beneath = PixelFont.wrap(caption, left + imagesWidth - 2 * MARGIN);
    int imagesHeight = GAP;
    int[] tops = new int[rows.size()];
    for (int r = 0; r < tops.length; r++) {
      // Rows of one class stand together.
      boolean apart =
          r > 0
              && !rows.get(r).kind().isEmpty()
              && !rows.get(r).name().equals(rows.get(r - 1).name());
      tops[r] = imagesHeight + (apart ? MARGIN : 0);
      imagesHeight = tops[r] + rowHeight;
    }
    int height =
        imagesHeight + (beneath.isEmpty() ? 0 : beneath.size() * PixelFont.LINE + 2 * MARGIN);
    Canvas canvas = new Canvas(left + imagesWidth, height);
    for (int r = 0; r < tops.length; r++) {
      Row row = rows.get(r);
      for (int i = 0; i < row.images().size(); i++) {
        canvas.image(row.images(), i, left + GAP + i * cellWidth, tops[r], factor);
      }
      canvas.text(
          row.text(), MARGIN, tops[r] + (rowHeight - row.text().size() * PixelFont.LINE) / 2);
    }
    canvas.text(beneath, MARGIN, imagesHeight + MARGIN);
    return canvas.picture(shape.channels() < 3);
  }

  /**
   * Writes {@link #png(Map)} to a file, whole or not at all; folders are made.
   *
   * @throws IOException naming the file that can't be written
   */
  public void write(Path file, Map<String, String> text) throws IOException {
    byte[] png = png(text);
    AtomicFile.write(file, out -> out.write(png));
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** A picture while it is drawn. */
  private static final class Canvas {
    private final int width;
    private final int height;
    private final int[] rgb;

    Canvas(int width, int height) {
      this.width = width;
      this.height = height;
      this.rgb = new int[Math.multiplyExact(width, height)];
      Arrays.fill(rgb, BACKGROUND);
    }

    void image(ImageBatch images, int place, int left, int top, int factor) {
      ImageShape shape = images.shape();
      for (int y = 0; y < shape.height() * factor; y++) {
        for (int x = 0; x < shape.width() * factor; x++) {
          rgb[(top + y) * width + left + x] = colour(images, place, y / factor, x / factor);
        }
      }
    }

    void text(List<String> lines, int left, int top) {
      for (int i = 0; i < lines.size(); i++) {
        int y = top + i * PixelFont.LINE;
        PixelFont.draw(
            lines.get(i),
            (dx, dy) -> {
              if (left + dx < width && y + dy < height) {
                rgb[(y + dy) * width + left + dx] = INK;
              }
            });
      }
    }

    BufferedImage picture(boolean grey) {
      BufferedImage picture =
          new BufferedImage(
              width, height, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
      if (grey) {
        // Through the raster: setRGB would apply a gamma curve to grey.
        picture
            .getRaster()
            .setPixels(0, 0, width, height, Arrays.stream(rgb).map(c -> c & 255).toArray());
      } else {
        picture.setRGB(0, 0, width, height, rgb, 0, width);
      }
      return picture;
    }

    private static int colour(ImageBatch images, int image, int y, int x) {
      ImageShape shape = images.shape();
      int at = image * shape.size() + (y * shape.width() + x) * shape.channels();
      int red = Pictures.level(images.pixels()[at]);
      if (shape.channels() < 3) {
        return red << 16 | red << 8 | red;
      }
      return red << 16
          | Pictures.level(images.pixels()[at + 1]) << 8
          | Pictures.level(images.pixels()[at + 2]);
    }
  }
}
