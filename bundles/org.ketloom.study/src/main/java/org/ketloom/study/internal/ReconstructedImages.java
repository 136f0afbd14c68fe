package org.ketloom.study.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.run.Sampler;

/**
 * Training images as an autoencoder gives them back, of the classes that are asked for and in an
 * order by a seed; all others come before one comes again.
 */
final class ReconstructedImages implements Evaluator.Generator {
  private static final int ANY = -1;

  private final Dataset training;
  private final Sampler sampler;

  /** Places of the images of each class in the order in which they come, and of all images. */
  private final Map<Integer, List<Integer>> places = new HashMap<>();

  /** How many of each have come. */
  private final Map<Integer, Integer> taken = new HashMap<>();

  ReconstructedImages(Dataset training, Sampler sampler, long seed) {
    this.training = training;
    this.sampler = sampler;
    List<Integer> order = new ArrayList<>(IntStream.range(0, training.size()).boxed().toList());
    SplitMix64 random = new SplitMix64(seed);
    for (int i = order.size() - 1; i > 0; i--) {
      Collections.swap(order, i, random.nextInt(i + 1));
    }
    places.put(ANY, order);
    for (int place : order) {
      int label = training.get(place).labels()[0];
      places.computeIfAbsent(label, of -> new ArrayList<>()).add(place);
    }
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, Progress progress) {
    int[] chosen = IntStream.of(labels).map(this::next).toArray();
    ImageBatch given =
        sampler
            .reconstruct(training.get(chosen))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model \"%s\" has no autoencoder, so there are no reconstructions"
                            .formatted(sampler.blueprint().model().name())));
    progress.update(labels.length, labels.length);
    return given;
  }

  private int next(int label) {
    List<Integer> all = places.get(label);
    if (all == null) {
      throw new IllegalArgumentException("the training images have none of class " + label);
    }
    return all.get((taken.merge(label, 1, Integer::sum) - 1) % all.size());
  }
}
