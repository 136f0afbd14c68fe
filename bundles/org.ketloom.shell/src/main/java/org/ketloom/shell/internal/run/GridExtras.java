package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.study.RealImages;

/**
 * What a grid shows besides the images that are drawn.
 *
 * @param caption whether run, step, seed and options stand beneath
 * @param real whether real images of the class are above each row
 * @param nearest by what the nearest training images below each row are found: {@link #PIXELS}, or
 *     the name of features; empty for none
 * @param data where the real images come from; empty if there are none
 * @param stages told how far the search for the nearest images has come
 */
record GridExtras(
    boolean caption,
    boolean real,
    Optional<String> nearest,
    Optional<RealImages> data,
    Evaluator.Stages stages) {
  static final String PIXELS = "pixels";

  static final GridExtras NONE =
      new GridExtras(
          false, false, Optional.empty(), Optional.empty(), (stage, done, total) -> true);

  /** What a name of a file tells of it. */
  String stem() {
    return (caption ? "-caption" : "")
        + (real ? "-real" : "")
        + nearest.map(n -> "-nearest-" + n).orElse("");
  }

  /** What is asked for, by name. */
  void describe(ObjectNode node) {
    if (caption) {
      node.put("caption", true);
    }
    if (real) {
      node.put("real", true);
    }
    nearest.ifPresent(by -> node.put("nearest", by));
  }

  /**
   * The first real images of each label: what can't be had is told before anything is drawn.
   *
   * @return a batch for each label; empty if none are asked for
   */
  List<ImageBatch> realRows(List<Integer> labels, int perClass) throws IOException {
    List<ImageBatch> rows = new ArrayList<>();
    if (real) {
      for (int label : labels) {
        rows.add(data.orElseThrow().first(label, perClass));
      }
    }
    return rows;
  }

  /** Each row that is drawn with the real images above it and the nearest ones below. */
  List<ImageGrid.Row> around(
      ImageBatch drawn, int perClass, List<String> names, List<ImageBatch> realRows)
      throws IOException {
    List<ImageGrid.Row> rows = ImageGrid.rows(drawn, perClass, names);
    if (!real && nearest.isEmpty()) {
      return rows;
    }
    List<ImageGrid.Row> below =
        nearest.isPresent()
            ? ImageGrid.rows(data.orElseThrow().nearest(drawn, stages), perClass, names)
            : List.of();
    List<ImageGrid.Row> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      ImageGrid.Row row = rows.get(i);
      if (real) {
        all.add(new ImageGrid.Row(row.name(), "real", realRows.get(i)));
      }
      all.add(new ImageGrid.Row(row.name(), "drawn", row.images()));
      if (nearest.isPresent()) {
        all.add(new ImageGrid.Row(row.name(), "nearest", below.get(i).images()));
      }
    }
    return all;
  }
}
