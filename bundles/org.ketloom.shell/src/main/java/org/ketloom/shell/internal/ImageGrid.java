package org.ketloom.shell.internal;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;

/** Images side by side in one picture. */
final class ImageGrid {
  private static final int GAP = 2;
  private static final int LEAST_CELL = 56;

  private ImageGrid() {}

  /**
   * Writes a PNG, small images enlarged by a whole factor.
   *
   * @param images grey (1 channel) or RGB (3)
   * @param columns images per row
   * @param file where to; replaced only by a whole picture
   */
  static void write(ImageBatch images, int columns, Path file) throws IOException {
    BufferedImage picture = picture(images, columns);
    Path target = file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      try (OutputStream stream = Files.newOutputStream(temporary)) {
        ImageIO.setUseCache(false);
        if (!ImageIO.write(picture, "png", stream)) {
          throw new IOException("this Java writes no PNG");
        }
      }
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw new IOException(file + " can't be written: " + Messages.of(e), e);
    }
  }

  static BufferedImage picture(ImageBatch images, int columns) {
    ImageShape shape = images.shape();
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new IllegalArgumentException(
          "a picture is made of images of 1 or 3 channels, found " + shape);
    }
    int factor = Math.max(1, LEAST_CELL / Math.max(shape.height(), shape.width()));
    int rows = (images.size() + columns - 1) / columns;
    int cellHeight = shape.height() * factor + GAP;
    int cellWidth = shape.width() * factor + GAP;
    BufferedImage picture =
        new BufferedImage(
            columns * cellWidth + GAP, rows * cellHeight + GAP, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        picture.setRGB(x, y, 0x404040);
      }
    }
    for (int i = 0; i < images.size(); i++) {
      int top = GAP + i / columns * cellHeight;
      int left = GAP + i % columns * cellWidth;
      for (int y = 0; y < shape.height() * factor; y++) {
        for (int x = 0; x < shape.width() * factor; x++) {
          picture.setRGB(left + x, top + y, colour(images, i, y / factor, x / factor));
        }
      }
    }
    return picture;
  }

  private static int colour(ImageBatch images, int image, int y, int x) {
    ImageShape shape = images.shape();
    int plane = shape.height() * shape.width();
    int colour = 0;
    for (int c = 0; c < 3; c++) {
      int channel = shape.channels() == 1 ? 0 : c;
      float value = images.pixels()[image * shape.size() + channel * plane + y * shape.width() + x];
      int level = Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
      colour = colour << 8 | level;
    }
    return colour;
  }
}
