package org.ketloom.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.files.Sha256;

/**
 * Images in memory, 8 bits per value: 0 is -1, 255 is 1. The fingerprint is taken over shape,
 * number of classes, labels and pixels, so that sets that differ in any of them differ in it; the
 * pixels in the order {@code [images][channel][row][column]}, which stored runs were made with.
 */
public final class InMemoryDataset implements Dataset {
  private static final int SHUFFLE = 1;
  private static final float[] VALUES = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      VALUES[i] = (float) (i / 127.5 - 1);
    }
  }

  private final ImageShape shape;
  private final byte[] pixels;
  private final int[] labels;
  private final List<String> classes;
  private volatile @Nullable String fingerprint;

  /**
   * A data set.
   *
   * @param pixels values of all images, {@code [images][row][column][channel]}, as unsigned bytes;
   *     not copied
   * @param labels classes of the images, from 0; not copied
   * @param classes names of the classes, at least one
   * @throws IllegalArgumentException if there are no images or no classes, if the pixels are not as
   *     many as shape and labels say, or naming the image whose label is no class
   */
  public InMemoryDataset(ImageShape shape, byte[] pixels, int[] labels, List<String> classes) {
    if (labels.length == 0 || classes.isEmpty()) {
      throw new IllegalArgumentException(
          "a data set has at least 1 image and 1 class, found %d and %d"
              .formatted(labels.length, classes.size()));
    }
    if (pixels.length != (long) labels.length * shape.size()) {
      throw new IllegalArgumentException(
          "%d images of %s have %d values, found %d"
              .formatted(labels.length, shape, (long) labels.length * shape.size(), pixels.length));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes.size()) {
        throw new IllegalArgumentException(
            "image %d has label %d, but there are %d classes"
                .formatted(i, labels[i], classes.size()));
      }
    }
    this.shape = shape;
    this.pixels = pixels;
    this.labels = labels;
    this.classes = List.copyOf(classes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      MessageDigest digest = Sha256.digest();
      ByteBuffer head = ByteBuffer.allocate(4 * (5 + labels.length));
      head.putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
      head.putInt(classes.size()).putInt(labels.length);
      Arrays.stream(labels).forEach(head::putInt);
      digest.update(head.array());
      updateByChannel(digest);
      known = HexFormat.of().formatHex(digest.digest());
      fingerprint = known;
    }
    return known;
  }

  private void updateByChannel(MessageDigest digest) {
    int channels = shape.channels();
    if (channels == 1) {
      digest.update(pixels);
      return;
    }
    byte[] image = new byte[shape.size()];
    for (int start = 0; start < pixels.length; start += image.length) {
      int to = 0;
      for (int c = 0; c < channels; c++) {
        for (int p = start + c; p < start + image.length; p += channels) {
          image[to++] = pixels[p];
        }
      }
      digest.update(image);
    }
  }

  @Override
  public ImageBatch get(int... indices) {
    return batch(indices, 0, indices.length);
  }

  @Override
  public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch has at least 1 image, found " + batchSize);
    }
    int count = batchesPerEpoch(batchSize);
    if (firstBatch < 0 || firstBatch > count) {
      throw new IllegalArgumentException(
          "an epoch has " + count + " batches, so it can't start at batch " + firstBatch);
    }
    int[] order = new PathRandom(seed, SHUFFLE, epoch).permutation(size());
    int size = Math.min(batchSize, size());
    return new PreparedBatches(b -> batch(order, b * size, size), firstBatch, count);
  }

  private ImageBatch batch(int[] places, int from, int count) {
    float[] values = new float[Math.multiplyExact(count, shape.size())];
    int[] picked = new int[count];
    int to = 0;
    for (int i = 0; i < count; i++) {
      int place = places[from + i];
      if (place < 0 || place >= labels.length) {
        throw new IndexOutOfBoundsException(
            "place " + place + " is outside of a data set of " + labels.length + " images");
      }
      picked[i] = labels[place];
      int start = place * shape.size();
      for (int k = start; k < start + shape.size(); k++) {
        values[to++] = VALUES[pixels[k] & 0xFF];
      }
    }
    return new ImageBatch(shape, values, picked);
  }
}
