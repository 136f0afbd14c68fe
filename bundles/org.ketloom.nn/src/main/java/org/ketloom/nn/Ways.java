package org.ketloom.nn;

import java.util.stream.IntStream;

/**
 * Which images show which ways from noise: row by row, each row one way from its beginning at the
 * left to its end at the right. With one image in a row it is the end.
 *
 * @param images number of images; the last row may be cut short
 * @param length images of a row, at least 1
 * @param steps of a way, at least 1
 */
public record Ways(int images, int length, int steps) {

  /** Takes what an image shows. */
  public interface Shown {
    /**
     * An image shows a way as it is.
     *
     * @param way its place among those that are computed together
     * @param image its number among all images
     */
    void image(int way, int image);
  }

  /** Number of ways. */
  public int count() {
    return (int) (((long) images + length - 1) / length);
  }

  /** The class of each way, which is that of its row's first image. */
  public int[] labels(int[] ofImages) {
    int[] labels = new int[count()];
    for (int way = 0; way < labels.length; way++) {
      labels[way] = ofImages[way * length];
    }
    return labels;
  }

  /** The class of each image, which is that of its way. */
  public int[] shown(int[] ofImages) {
    int[] labels = new int[images];
    for (int image = 0; image < images; image++) {
      labels[image] = ofImages[image / length * length];
    }
    return labels;
  }

  /**
   * Tells all images that show a way after so many steps.
   *
   * @param from first of the ways that are computed together
   * @param to after the last one
   * @param done steps, 0 for the beginning
   */
  public void show(int from, int to, int done, Shown shown) {
    for (int column = 0; column < length; column++) {
      for (int way = from; taken(column) == done && way < to; way++) {
        int image = way * length + column;
        if (image < images) {
          shown.image(way - from, image);
        }
      }
    }
  }

  /** Whether images show ways after so many steps. */
  public boolean shows(int done) {
    return IntStream.range(0, length).anyMatch(column -> taken(column) == done);
  }

  private long taken(int column) {
    return length == 1 ? steps : Math.round((double) column * steps / (length - 1));
  }
}
