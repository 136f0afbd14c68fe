package org.ketloom.runtime.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.Progress;
import org.osgi.annotation.versioning.ProviderType;

/** A trained model that draws images. Used by one thread at a time. */
@ProviderType
public interface Sampler extends AutoCloseable {

  /** The complete Blueprint of the run. */
  Blueprint blueprint();

  /** The checkpoint's manifest. */
  Path checkpoint();

  /** Optimizer steps that the checkpoint has seen. */
  long step();

  /** Epochs that the checkpoint has seen whole. */
  int epoch();

  /** Fingerprint of the training data that the model has learned from. */
  String data();

  /** Shape of the images that it draws. */
  ImageShape shape();

  /** Names of the classes; a label is an index into them. */
  List<String> classes();

  /** Whether labels make a difference to what it draws. */
  boolean drawsClasses();

  /** The options of sampling with their defaults (see {@link org.ketloom.api.part.Options}). */
  Record options();

  /**
   * Draws images.
   *
   * @param labels the class of each image; -1 for any
   * @param seed seed of the noise
   * @param options changes of {@link #options} by name, as text or typed
   * @param progress told after each piece of work
   * @throws IllegalArgumentException naming the option or label that is wrong
   * @throws java.util.concurrent.CancellationException if the progress asked to stop
   */
  ImageBatch sample(int[] labels, long seed, Map<String, ?> options, Progress progress);

  /**
   * What the model measures of itself, see {@link org.ketloom.api.model.GenerativeModel#figures}.
   *
   * @param data images of the shape that it was trained with
   */
  List<Figure> figures(Dataset data, Progress progress);

  /**
   * What the model's autoencoder makes of images; empty if it has none.
   *
   * @param images of the shape that it was trained with
   */
  Optional<ImageBatch> reconstruct(ImageBatch images);

  /** Releases the model. */
  @Override
  void close();
}
