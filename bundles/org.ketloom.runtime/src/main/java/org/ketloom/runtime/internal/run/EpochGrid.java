package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Progress;
import org.ketloom.runtime.run.ImageGrid;

/** The image that shows what a model draws at the end of an epoch, a row for each class. */
final class EpochGrid {
  private static final int MAX_ROWS = 16;
  private static final int COLUMNS = 8;

  private EpochGrid() {}

  /**
   * Draws a grid into a file.
   *
   * @param classes names of the data's classes; a model of one class fills a square
   * @param description what the file says about itself
   * @param progress told of each step; ends the drawing by its answer
   * @return false if the drawing was ended, and nothing was written
   */
  static boolean draw(
      Path file,
      GenerativeModel<?> model,
      List<String> classes,
      long seed,
      String description,
      Progress progress)
      throws IOException {
    int[] labels =
        classes.size() > 1
            ? ImageGrid.labels(Math.min(classes.size(), MAX_ROWS), COLUMNS)
            : ImageGrid.labels(1, COLUMNS * COLUMNS);
    ImageBatch images;
    try {
      images = sample(model, labels, seed, progress);
    } catch (CancellationException e) {
      return false;
    }
    boolean named = classes.size() > 1 && model.drawsClasses();
    List<String> names = named ? classes : List.of();
    new ImageGrid(ImageGrid.rows(images, COLUMNS, names), "")
        .write(file, Map.of("Software", "Ketloom", "Description", description));
    return true;
  }

  private static <S extends Record> ImageBatch sample(
      GenerativeModel<S> model, int[] labels, long seed, Progress progress) {
    return model.sample(labels, seed, model.samplingOptions(), progress);
  }
}
