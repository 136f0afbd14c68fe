package org.ketloom.data.internal;

import java.io.IOException;
import java.util.List;
import org.ketloom.api.data.ImageShape;

/** Images of an IDX file with their labels. */
final class IdxImages implements LabelledImages {
  private static final int MAX_CHANNELS = 16;

  private final IdxFile file;
  private final ImageShape shape;
  private final double max;
  private final int[] labels;
  private final List<String> classes;

  /**
   * @param file images {@code [N][H][W]} (grey) or {@code [N][H][W][C]}
   * @param max the value that is white; 0 for that of the file's type
   * @param labels class of each image; not copied
   * @param labelled name of the file of the labels, for messages
   * @throws IOException naming the file if it doesn't hold images, or not as many as labels
   */
  IdxImages(IdxFile file, double max, int[] labels, Object labelled, List<String> classes)
      throws IOException {
    int[] axes = file.axes();
    if (axes.length != 3 && axes.length != 4) {
      throw new IOException(
          file.file()
              + " has "
              + axes.length
              + (axes.length == 1 ? " axis (" : " axes (")
              + IdxFile.sizes(axes)
              + "), but images have 3 (N, H, W) or 4 (N, H, W, C)"
              + (axes.length == 1 ? "; labels were given as images" : ""));
    }
    int channels = axes.length == 3 ? 1 : axes[3];
    if (channels > MAX_CHANNELS) {
      throw new IOException(
          file.file()
              + " has "
              + IdxFile.sizes(axes)
              + " values, that is "
              + channels
              + " channels, expected at most "
              + MAX_CHANNELS
              + "; the order of the axes is images, rows, columns, channels");
    }
    if (axes[0] != labels.length) {
      throw new IOException(
          file.file()
              + " holds "
              + axes[0]
              + " images, but "
              + labelled
              + " holds "
              + labels.length
              + " labels; they don't belong together");
    }
    this.file = file;
    this.shape = new ImageShape(channels, axes[1], axes[2]);
    this.max = max == 0 ? file.type().max : max;
    this.labels = labels;
    this.classes = List.copyOf(classes);
  }

  @Override
  public String source() {
    return file.file().toString();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public String name(int place) {
    return "image " + place + " of " + file.file();
  }

  @Override
  public Picture read(int place) throws IOException {
    int start = place * shape.size();
    byte[] pixels = new byte[shape.size()];
    if (file.type() == IdxFile.Type.UBYTE && max == 255) {
      System.arraycopy(file.data(), start, pixels, 0, pixels.length);
      return new Picture(shape, pixels);
    }
    int plane = shape.height() * shape.width();
    for (int k = 0; k < plane; k++) {
      for (int c = 0; c < shape.channels(); c++) {
        double value = file.value(start + k * shape.channels() + c);
        if (!(value >= 0 && value <= max)) {
          throw new IOException(
              name(place)
                  + ": the pixel in row "
                  + k / shape.width()
                  + ", column "
                  + k % shape.width()
                  + (shape.channels() > 1 ? ", channel " + c : "")
                  + " is "
                  + value
                  + ", expected 0 to "
                  + max
                  + (Double.isNaN(value)
                      ? "; mend the file"
                      : "; set the option max to the largest value"));
        }
        pixels[k * shape.channels() + c] = (byte) (int) (value / max * 255 + 0.5);
      }
    }
    return new Picture(shape, pixels);
  }
}
