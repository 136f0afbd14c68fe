package org.ketloom.data.internal;

import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.data.InMemoryDataset;
import org.ketloom.data.PathRandom;
import org.osgi.service.component.annotations.Component;

/**
 * Handwritten-looking digits that the program draws itself, grey, white on black, the classes in
 * turn. The image at a place depends on the options size and seed, its label, its place and the
 * split alone; TEST is drawn apart from TRAIN and has a tenth as many images.
 *
 * @param size rows and columns, 8 to 64
 * @param count images of TRAIN
 * @param seed what the drawing derives from
 * @param classes digits to draw, in the order of the labels; empty for 0 to 9
 */
@Component(
    service = DatasetProvider.class,
    property = {
      Part.NAME + "=digits",
      Part.DESCRIPTION + "=handwritten-looking digits that the program draws itself"
    })
public record DrawnDigits(
    @Option(value = "rows and columns", range = "[8,64]") int size,
    @Option(value = "training images; a tenth as many are drawn for tests", range = "[1,)")
        int count,
    @Option("seed of the drawing") long seed,
    @Option("digits to draw; empty for 0 to 9") List<Integer> classes)
    implements DatasetProvider {
  private static final int DRAW = 3;

  /** Ten thousand digits of 16x16. */
  public DrawnDigits() {
    this(16, 10_000, 0, List.of());
  }

  /** Checks the ranges. */
  public DrawnDigits {
    classes = new Selection(classes, 0, 0).classes();
    if (size < 8 || size > 64) {
      throw new IllegalArgumentException("size is 8 to 64, found " + size);
    }
    int max = Integer.MAX_VALUE / (size * size);
    if (count < 1 || count > max) {
      throw new IllegalArgumentException("count is 1 to " + max + ", found " + count);
    }
    if (classes.stream().anyMatch(c -> c > 9)) {
      throw new IllegalArgumentException("classes are digits from 0 to 9, found " + classes);
    }
  }

  @Override
  public Dataset open(Split split) {
    List<Integer> digits = classes.isEmpty() ? IntStream.range(0, 10).boxed().toList() : classes;
    int images = split == Split.TRAIN ? count : Math.max(1, count / 10);
    byte[] pixels = new byte[images * size * size];
    int[] labels = IntStream.range(0, images).map(i -> i % digits.size()).toArray();
    IntStream.range(0, images)
        .parallel()
        .forEach(
            i ->
                DigitPainter.paint(
                    digits.get(labels[i]),
                    size,
                    new PathRandom(seed, DRAW, split.ordinal(), i),
                    pixels,
                    i * size * size));
    return new InMemoryDataset(
        new ImageShape(1, size, size),
        pixels,
        labels,
        digits.stream().map(String::valueOf).toList());
  }
}
