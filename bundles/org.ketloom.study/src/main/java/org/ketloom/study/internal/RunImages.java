package org.ketloom.study.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.NearestImages;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.RealImages;

/**
 * The data as a run has read them.
 *
 * @param data the data set, in the size in which the model draws
 * @param training what the model has learned from
 * @param reading how the run has read it, see {@link ResolvedBlueprint.Learned}
 * @param features name of the features by which images are compared; empty for the pixels
 * @param options changes of the features' options
 */
record RunImages(
    Evaluator evaluator,
    ResolvedBlueprint data,
    Dataset training,
    int reading,
    Optional<String> features,
    Map<String, ?> options)
    implements RealImages {

  /**
   * Opens them.
   *
   * @throws IllegalArgumentException if they aren't what the run has learned from, or can't be had
   *     in the size that it draws; if there are no such features
   */
  static RunImages open(
      Evaluator evaluator,
      Composer composer,
      Blueprints blueprints,
      Sampler sampler,
      Optional<String> features,
      Map<String, ?> options)
      throws IOException {
    features.ifPresent(evaluator::requireFeatures);
    ResolvedBlueprint data = composer.resolve(sampler.blueprint());
    ResolvedBlueprint.Learned learned = data.learned(sampler.data());
    String name = sampler.blueprint().data().name();
    if (!learned.training().fingerprint().equals(sampler.data())) {
      throw new IllegalArgumentException(
          "data \""
              + name
              + "\" isn't what the run has learned from any more, so its images can't stand beside"
              + " those that are drawn; put the files back as they were");
    }
    Dataset training = learned.training();
    ImageShape drawn = sampler.shape();
    if (!training.shape().equals(drawn) && drawn.height() == drawn.width()) {
      data = composer.resolve(resized(blueprints, sampler.blueprint(), drawn.height()));
      training = data.open(Split.TRAIN, learned.reading());
    }
    if (!training.shape().equals(drawn)) {
      throw new IllegalArgumentException(
          "the model draws images of "
              + drawn
              + ", but data \""
              + name
              + "\" has images of "
              + training.shape());
    }
    return new RunImages(evaluator, data, training, learned.reading(), features, options);
  }

  private static Blueprint resized(Blueprints blueprints, Blueprint blueprint, int size) {
    return blueprints.complete(
        blueprints.set(blueprints.draft(blueprint), List.of("data.options.size=" + size)));
  }

  @Override
  public ImageBatch first(int label, int count) throws IOException {
    Dataset test = data.open(Split.TEST, reading);
    int[] places =
        IntStream.range(0, test.size())
            .filter(place -> label < 0 || test.get(place).labels()[0] == label)
            .limit(count)
            .toArray();
    return test.get(places);
  }

  @Override
  public ImageBatch nearest(ImageBatch drawn, Evaluator.Stages stages) throws IOException {
    NearestImages nearest =
        features.isPresent()
            ? evaluator.nearest(
                drawn, training, data.open(Split.TEST, reading), features.get(), options, stages)
            : NearestImages.byPixels(
                drawn,
                training,
                (done, total) -> stages.update("comparing with the training images", done, total));
    return training.get(nearest.places());
  }
}
