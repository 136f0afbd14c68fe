package org.ketloom.runtime.blueprint;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.annotation.versioning.ProviderType;

/** Service: makes models out of Blueprints and the parts that are there. */
@ProviderType
public interface Composer {

  /**
   * Whether all parts that a draft asks for, or that it leaves to its model's defaults, are there,
   * and an engine. Says nothing about options.
   *
   * @throws IllegalArgumentException if a version range can't be read
   */
  Readiness state(Draft draft);

  /** As {@link #state(Draft)}. */
  Readiness state(Blueprint blueprint);

  /**
   * Follows the state of a draft.
   *
   * @param listener told the state at once, and each time it has changed
   * @return ends the following when it is run
   */
  Runnable watch(Draft draft, Consumer<Readiness> listener);

  /**
   * Opens the data set of a Blueprint.
   *
   * @throws IllegalStateException if its provider is missing
   * @throws IOException as {@link DatasetProvider#open}
   */
  default Dataset open(Blueprint blueprint, DatasetProvider.Split split) throws IOException {
    return open(blueprint, split, Map.of());
  }

  /**
   * Opens the data set of a Blueprint.
   *
   * @param preferred identities by path: where one of them is there and the Blueprint allows it,
   *     it is taken, else the first choice of the registry
   */
  Dataset open(Blueprint blueprint, DatasetProvider.Split split, Map<String, PartIdentity> preferred)
      throws IOException;

  /**
   * The bundles by path that {@link #compose(Blueprint, ImageShape, int, long, String, Map)} would
   * take.
   *
   * @throws IllegalStateException if a part is missing, saying which
   */
  Map<String, PartIdentity> identities(Blueprint blueprint, Map<String, PartIdentity> preferred);

  /**
   * Builds the model of a Blueprint with fresh weights. The data set needn't be there. The model
   * needs its parts no more: every class of the bundles whose objects live on in it (the model's
   * own, the engine's) is loaded.
   *
   * @param blueprint complete or not; its data set is left as it is
   * @param images shape of the images
   * @param classes number of classes, at least 1
   * @param steps number of optimizer steps of the whole training, at least 1
   * @param data fingerprint of the training data; empty if it isn't known
   * @param preferred identities by path: where one of them is there and the Blueprint allows it,
   *     it is taken, else the first choice of the registry
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the option, part or shape that doesn't fit
   */
  Composition compose(
      Blueprint blueprint,
      ImageShape images,
      int classes,
      long steps,
      String data,
      Map<String, PartIdentity> preferred);

  /**
   * As {@link #compose(Blueprint, ImageShape, int, long, String, Map)}, for data that isn't known
   * and the first choice of each part.
   */
  default Composition compose(Blueprint blueprint, ImageShape images, int classes, long steps) {
    return compose(blueprint, images, classes, steps, "", Map.of());
  }

  /**
   * Builds the model of a Blueprint for its training data, with fresh weights.
   *
   * @throws IOException if the data set can't be opened
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the option, part or shape that doesn't fit
   */
  Composition compose(Blueprint blueprint) throws IOException;
}
