package org.ketloom.runtime.internal.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.run.Sampler;

/** A composed model with a checkpoint in it. */
record ModelSampler(
    Composition composition,
    Checkpoints.Checkpoint from,
    String data,
    ImageShape shape,
    List<String> classes,
    LeaseTable.Lease lease)
    implements Sampler {

  @Override
  public Blueprint blueprint() {
    return composition.blueprint();
  }

  @Override
  public Path checkpoint() {
    return from.file();
  }

  @Override
  public long step() {
    return from.step();
  }

  @Override
  public int epoch() {
    return from.epoch();
  }

  @Override
  public boolean drawsClasses() {
    return composition.model().drawsClasses();
  }

  @Override
  public Record options() {
    return composition.model().samplingOptions();
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, Map<String, ?> options, Progress progress) {
    for (int label : labels) {
      if (label < -1 || label >= Math.max(1, classes.size())) {
        throw new IllegalArgumentException(
            "there is no class "
                + label
                + "; there are 0 to "
                + Math.max(0, classes.size() - 1)
                + ", and -1 for any");
      }
    }
    return sample(composition.model(), labels, seed, options, progress);
  }

  private static <S extends Record> ImageBatch sample(
      GenerativeModel<S> model,
      int[] labels,
      long seed,
      Map<String, ?> changes,
      Progress progress) {
    S options = Options.with(model.samplingOptions(), "sampling", changes);
    return model.sample(labels, seed, options, progress);
  }

  @Override
  public List<Figure> figures(Dataset data, Progress progress) {
    return composition.model().figures(data, progress);
  }

  @Override
  public Optional<ImageBatch> reconstruct(ImageBatch images) {
    return composition.model().reconstruct(images);
  }

  @Override
  public void close() {
    try (lease) {
      composition.model().close();
    }
  }
}
