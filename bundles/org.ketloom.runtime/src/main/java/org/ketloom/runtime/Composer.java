package org.ketloom.runtime;

import java.io.IOException;
import java.util.function.Consumer;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
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
  Dataset open(Blueprint blueprint, DatasetProvider.Split split) throws IOException;

  /**
   * Builds the model of a Blueprint with fresh weights. The data set needn't be there.
   *
   * @param blueprint complete or not; its data set is left as it is
   * @param images shape of the images
   * @param classes number of classes, at least 1
   * @param steps number of optimizer steps of the whole training, at least 1
   * @param data fingerprint of the training data; empty if it isn't known
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the option, part or shape that doesn't fit
   */
  Composition compose(Blueprint blueprint, ImageShape images, int classes, long steps, String data);

  /** As {@link #compose(Blueprint, ImageShape, int, long, String)} for data that isn't known. */
  default Composition compose(Blueprint blueprint, ImageShape images, int classes, long steps) {
    return compose(blueprint, images, classes, steps, "");
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
