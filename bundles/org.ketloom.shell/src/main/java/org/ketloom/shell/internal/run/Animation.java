package org.ketloom.shell.internal.run;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Pictures;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Sampler;

/**
 * Images on their ways from noise as an animated GIF, a row per label.
 *
 * @param rows the label of each row; -1 for any class
 * @param columns images in a row
 * @param names what stands before each row; empty for nothing
 */
record Animation(List<Integer> rows, int columns, List<String> names) {
  /** More are larger files, and not smoother to the eye. */
  private static final int FRAMES = 17;

  private static final int MILLISECONDS = 80;
  private static final int LAST_MILLISECONDS = 2000;

  /** Side of an image in pixels, at least: with that of a picture the file would be megabytes. */
  private static final int VISIBLE = 56;

  /**
   * Draws.
   *
   * @param changes options of sampling, whose picture is a trajectory
   */
  void write(Path file, Sampler sampler, long seed, Map<String, String> changes, Progress progress)
      throws IOException {
    Map<String, String> all = new HashMap<>(changes);
    all.put("length", "" + FRAMES);
    int[] labels =
        rows.stream()
            .flatMapToInt(label -> IntStream.generate(() -> label).limit((long) columns * FRAMES))
            .toArray();
    ImageBatch ways = sampler.sample(labels, seed, all, progress);
    List<BufferedImage> frames = new ArrayList<>();
    for (int frame = 0; frame < FRAMES; frame++) {
      ImageBatch images = every(ways, frame);
      frames.add(new ImageGrid(ImageGrid.rows(images, columns, names), "").picture(VISIBLE));
    }
    byte[] gif = Pictures.gif(frames, MILLISECONDS, LAST_MILLISECONDS);
    AtomicFile.write(file, out -> out.write(gif));
  }

  /** The images that show each way at a frame. */
  private static ImageBatch every(ImageBatch ways, int frame) {
    int size = ways.shape().size();
    int n = ways.size() / FRAMES;
    float[] pixels = new float[n * size];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      int at = i * FRAMES + frame;
      labels[i] = ways.labels()[at];
      System.arraycopy(ways.pixels(), at * size, pixels, i * size, size);
    }
    return new ImageBatch(ways.shape(), pixels, labels);
  }
}
