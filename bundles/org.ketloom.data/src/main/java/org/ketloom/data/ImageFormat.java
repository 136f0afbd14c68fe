package org.ketloom.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;

/** How labelled images are written down for other programs, and for Ketloom's own data sets. */
public enum ImageFormat {
  /**
   * A folder with a sub-folder of PNG files per class, {@code cat/0007.png}, as the data set {@code
   * images} reads it: 8 bits per value, images of 1 or 3 channels. Files bear the place of the
   * image in the batch; images of any class are in {@code any}.
   */
  PNG_FOLDER("a folder with a sub-folder of PNG files per class"),
  /**
   * A folder with {@code images.npy}, little-endian 32-bit floats in [-1, 1] of shape {@code
   * [images][row][column][channel]}, and {@code labels.npy}, 64-bit integers, -1 for any class.
   */
  NPY("a folder with images.npy (float32 in [-1, 1], N x H x W x C) and labels.npy (int64)"),
  /** One file with the tensors {@code images} and {@code labels}, as in {@link #NPY}. */
  SAFETENSORS("one file with the tensors images and labels, as in npy, and the description"),
  /**
   * A folder with {@code images.idx}, bytes of shape {@code [images][row][column]} or {@code
   * [images][row][column][channel]}, and {@code labels.idx}, as the data set {@code idx} reads
   * them.
   */
  IDX("a folder with images.idx and labels.idx, 8 bits per value, which --data reads");

  private final String description;

  ImageFormat(String description) {
    this.description = description;
  }

  /** The format of a name. */
  public static ImageFormat of(String name) {
    for (ImageFormat format : values()) {
      if (format.toString().equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "a format is one of "
            + Arrays.stream(values()).map(ImageFormat::toString).collect(Collectors.joining(", "))
            + "; found \""
            + name
            + "\"");
  }

  /** The name that people write: lower case, with a hyphen. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is written, for people. */
  public String description() {
    return description;
  }

  /** Whether a folder is written, not a file. */
  public boolean isFolder() {
    return this != SAFETENSORS;
  }

  /**
   * Checks that images can be written, before they are made.
   *
   * @param shape of the images
   * @param labels their classes; -1 for any
   * @throws IllegalArgumentException saying which formats can hold them
   */
  public void requireFit(ImageShape shape, int[] labels) {
    if (this == PNG_FOLDER && shape.channels() != 1 && shape.channels() != 3) {
      throw new IllegalArgumentException(
          "a PNG file holds 1 or 3 channels, the images have "
              + shape.channels()
              + "; the other formats hold any number");
    }
    if (this == IDX && Arrays.stream(labels).anyMatch(label -> label < 0)) {
      throw new IllegalArgumentException(
          "labels in IDX files are from 0, and images of any class have none; name the classes, or"
              + " choose a different format");
    }
  }

  /**
   * Writes images, whole or not at all.
   *
   * @param target file or folder, see {@link #isFolder}; a folder must not exist, a file is
   *     replaced
   * @param classes names of the classes; a label is an index into them
   * @param description what the images are, a JSON object: the file {@code description.json} of a
   *     folder; in the header of a safetensors file by its keys
   * @throws IOException naming what can't be written
   * @throws IllegalArgumentException if they don't fit, see {@link #requireFit}
   * @throws ArithmeticException naming the image that holds a value which isn't finite
   */
  public void write(Path target, ImageBatch images, List<String> classes, String description)
      throws IOException {
    requireFit(images.shape(), images.labels());
    new ImageExport(images, classes, description).write(this, target);
  }
}
