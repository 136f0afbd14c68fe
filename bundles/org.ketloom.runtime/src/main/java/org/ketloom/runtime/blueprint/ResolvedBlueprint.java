package org.ketloom.runtime.blueprint;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A Blueprint with the parts that were found for it. It stays as it is when parts come or go
 * afterwards: whoever uses it for longer than a moment leases the bundles that {@link #identities}
 * names. Made by {@link Composer#resolve(Blueprint, Map)}.
 */
@ProviderType
public interface ResolvedBlueprint {

  /** Whether all parts were found, and an engine. Says nothing about options. */
  Readiness readiness();

  /**
   * The Blueprint with every default.
   *
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the source, the path and what is allowed there
   */
  Blueprint complete();

  /**
   * The bundles of the parts that were found, by path. The data set needn't be among them.
   *
   * @throws IllegalStateException if a part that the model is built from is missing, saying which
   */
  Map<String, PartIdentity> identities();

  /**
   * Opens the data set.
   *
   * @throws IllegalStateException if a part is missing, saying which; the engine may be
   * @throws IOException as {@link DatasetProvider#open}
   */
  default Dataset open(DatasetProvider.Split split) throws IOException {
    return open(split, 0);
  }

  /**
   * As {@link #open(DatasetProvider.Split)}, in the way in which a run has read it.
   *
   * @param reading of {@link Learned}
   */
  Dataset open(DatasetProvider.Split split, int reading) throws IOException;

  /**
   * The data that a run has learned from.
   *
   * @param training its training split
   * @param reading how it was opened: 0 as now, n as the n-th {@link DatasetProvider#former}
   */
  record Learned(Dataset training, int reading) {}

  /**
   * Opens the training data of a run, in the first way that gives what it has learned from.
   *
   * @param fingerprint of the data that it has learned from
   * @return as it is opened now, if no way gives that fingerprint
   * @throws IOException as {@link DatasetProvider#open}
   */
  Learned learned(String fingerprint) throws IOException;

  /**
   * Builds the model with fresh weights. The data set needn't be there; the composition's Blueprint
   * has it as it was given. The model no longer needs its parts: every class of the bundles whose
   * objects live on in it (the model's own, the engine's) is loaded.
   *
   * @param images shape of the images
   * @param classes number of classes, at least 1
   * @param steps number of optimizer steps of the whole training, at least 1
   * @param data fingerprint of the training data; empty, or an empty text, if it isn't known
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the option, part or shape that doesn't fit
   */
  Composition compose(ImageShape images, int classes, long steps, Optional<String> data);

  /**
   * As {@link #compose(ImageShape, int, long, Optional)}, for a whole training on a data set.
   *
   * @param training how long the training is
   */
  default Composition compose(Dataset data, Blueprint.Training training) {
    return compose(
        data.shape(),
        Math.max(1, data.classes().size()),
        steps(data, training),
        Optional.of(data.fingerprint()));
  }

  /** Optimizer steps of a whole training. */
  static long steps(Dataset data, Blueprint.Training training) {
    return (long) training.epochs() * data.batchesPerEpoch(training.batchSize());
  }
}
