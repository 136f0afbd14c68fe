package org.ketloom.data.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageShape;
import org.ketloom.data.InMemoryDataset;
import org.ketloom.data.PathRandom;

/**
 * What is used of some images.
 *
 * @param classes labels to keep, in the order of the new labels; empty for all
 * @param size rows and columns to resize to; 0 for as they are
 * @param count the most images to use, the first ones; 0 for all
 */
record Selection(List<Integer> classes, int size, int count) {
  private static final int HOLD_OUT = 2;
  private static final int LARGEST = 1024;

  Selection {
    classes = List.copyOf(classes);
    if (new HashSet<>(classes).size() < classes.size() || classes.stream().anyMatch(c -> c < 0)) {
      throw new IllegalArgumentException("classes are labels from 0, each once, found " + classes);
    }
    if (size < 0 || size > LARGEST) {
      throw new IllegalArgumentException(
          "size is 0 (as they are) or 1 to " + LARGEST + ", found " + size);
    }
    if (count < 0) {
      throw new IllegalArgumentException("count is 0 (all) or at least 1, found " + count);
    }
  }

  /** Checks the fraction of images that is held back for tests. */
  static void checkFraction(double testFraction) {
    if (!(testFraction >= 0 && testFraction < 1)) {
      throw new IllegalArgumentException(
          "testFraction is at least 0 and less than 1, found " + testFraction);
    }
  }

  /**
   * The places of a split of images that have no test images of their own: a random part of them,
   * by seed, is TEST, the others are TRAIN, each in their order.
   */
  static int[] places(
      LabelledImages images, Split split, double testFraction, long seed, Reading reading) {
    int n = images.labels().length;
    int held = held(n, testFraction, reading);
    int[] order = new PathRandom(seed, HOLD_OUT).permutation(n);
    int[] places =
        split == Split.TEST
            ? Arrays.copyOfRange(order, 0, held)
            : Arrays.copyOfRange(order, held, n);
    Arrays.sort(places);
    return places;
  }

  /** Number of images that are held back: the fraction's part, without what is less than one. */
  private static int held(int n, double testFraction, Reading reading) {
    double part = n * testFraction;
    double whole = Math.rint(part);
    // Neither 0.29 nor its product with 100 is exact in binary: together they miss 29 by an ulp.
    boolean meant = Math.abs(part - whole) <= 2 * Math.ulp(whole);
    return (int) (meant && reading != Reading.FIRST ? whole : part);
  }

  /** Selects from all images. */
  InMemoryDataset from(LabelledImages images) throws IOException {
    return from(images, IntStream.range(0, images.labels().length).toArray());
  }

  /**
   * Selects from the images at some places.
   *
   * @throws IOException if an image can't be read, has another shape than the others, or if no
   *     image is left
   * @throws IllegalArgumentException if a class to keep is unknown
   */
  InMemoryDataset from(LabelledImages images, int[] places) throws IOException {
    List<String> names = images.classes();
    int[] newLabel = IntStream.range(0, names.size()).toArray();
    if (!classes.isEmpty()) {
      Arrays.fill(newLabel, -1);
      for (int i = 0; i < classes.size(); i++) {
        if (classes.get(i) >= names.size()) {
          throw new IllegalArgumentException(
              "option classes keeps "
                  + classes.get(i)
                  + ", but "
                  + images.source()
                  + " has the classes 0 to "
                  + (names.size() - 1));
        }
        newLabel[classes.get(i)] = i;
      }
      names = classes.stream().map(names::get).toList();
    }
    int[] kept =
        Arrays.stream(places)
            .filter(i -> newLabel[images.labels()[i]] >= 0)
            .limit(count == 0 ? Long.MAX_VALUE : count)
            .toArray();
    if (kept.length == 0) {
      throw new IOException(
          images.source()
              + ": none of "
              + images.labels().length
              + " images is in this split and in the classes to keep; change the options classes"
              + " or testFraction");
    }
    ImageShape first = shape(images, kept[0]);
    ImageShape shape = size == 0 ? first : new ImageShape(first.channels(), size, size);
    long bytes = (long) kept.length * shape.size();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IOException(
          images.source()
              + ": "
              + kept.length
              + " images of "
              + shape
              + " are more than 2 GB; set the options size or count");
    }
    byte[] pixels = new byte[(int) bytes];
    ImageReading.ofAll(
        kept.length,
        i -> images.name(kept[i]),
        i -> copy(images, kept[i], kept[0], shape, pixels, i));
    int[] labels = Arrays.stream(kept).map(i -> newLabel[images.labels()[i]]).toArray();
    return new InMemoryDataset(shape, pixels, labels, names);
  }

  private static ImageShape shape(LabelledImages images, int place) throws IOException {
    List<ImageShape> shape = new ArrayList<>();
    ImageReading.ofAll(1, i -> images.name(place), i -> shape.add(images.read(place).shape()));
    return shape.get(0);
  }

  private void copy(
      LabelledImages images, int place, int first, ImageShape shape, byte[] pixels, int to)
      throws IOException {
    Picture picture = images.read(place);
    if (size > 0) {
      picture = picture.resized(size);
    } else if (!picture.shape().equals(shape)) {
      throw new IOException(
          images.name(place)
              + " is "
              + picture.shape()
              + ", but "
              + images.name(first)
              + " is "
              + shape
              + "; images of mixed sizes need the option size to be resized to");
    }
    System.arraycopy(picture.pixels(), 0, pixels, to * shape.size(), shape.size());
  }
}
