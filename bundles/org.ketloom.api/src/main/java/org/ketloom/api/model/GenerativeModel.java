package org.ketloom.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A model that is trained and draws images. Used by one thread at a time.
 *
 * <p>Everything random derives from the run's seed, the step and the sample, never from state that
 * {@link #state} doesn't hold: a model restored from its state continues bit for bit as if it had
 * not been interrupted.
 *
 * @param <S> the options of sampling: sampler, steps, guidance, ... (see {@link
 *     org.ketloom.api.part.Options})
 */
@ConsumerType
public interface GenerativeModel<S extends Record> extends AutoCloseable {

  /** The circuits inside, by a name for people. */
  Map<String, Circuit> circuits();

  /** Number of trainable parameters by group, in order: classical, circuit, observable, ... */
  Map<String, Long> parameters();

  /**
   * The phases of a training whose quantities can't be compared, such as a pre-training, by name
   * and in order, with the number of steps that are made before each; empty for a single one. Their
   * curves are drawn apart.
   */
  default Map<String, Long> phases() {
    return Map.of();
  }

  /**
   * Called before a training begins with fresh weights; not for a model that is restored from a
   * checkpoint, which may bring what isn't found elsewhere any more. Changes nothing.
   *
   * @throws IllegalArgumentException naming the option that asks for something that isn't there
   */
  default void checkBegin() {}

  /**
   * One optimizer step.
   *
   * @param batch images in the context's shape
   * @param step number of the step, from 0, over all epochs
   * @return the loss and further quantities to watch
   * @throws ArithmeticException if a quantity became NaN or infinite, naming it
   */
  StepResult train(ImageBatch batch, long step);

  /**
   * Measures the loss that {@link #train} would report for the same arguments with the weights as
   * they are, and trains nothing: state, running averages and what {@link #train} and {@link
   * #sample} do next are, bit for bit, as if it had not been called.
   *
   * @param batch as for {@link #train}
   * @param step the step whose random numbers are used
   * @throws ArithmeticException if the loss is NaN or infinite
   */
  double loss(ImageBatch batch, long step);

  /** Shape of the images that it draws; empty if it is that of the images that it learns from. */
  default Optional<ImageShape> drawnShape() {
    return Optional.empty();
  }

  /** Whether labels make a difference to what it draws. */
  default boolean drawsClasses() {
    return true;
  }

  /** The options of sampling with their defaults. */
  S samplingOptions();

  /**
   * Draws images with the weights as they are.
   *
   * @param labels the class of each image; -1 for any
   * @param seed seed of the noise; image i depends on it, on i and on its label alone, up to the
   *     rounding of matrix products, which may differ with the number of images
   * @param options like {@link #samplingOptions}, with other values
   * @param progress told after each piece of work
   * @throws java.util.concurrent.CancellationException if the progress asked to stop
   */
  ImageBatch sample(int[] labels, long seed, S options, Progress progress);

  /**
   * Measures what is specific to this kind of model, besides how well it draws.
   *
   * @param data images in the context's shape, which the model has not been trained with
   * @param progress told after each piece of work
   * @return in order; by default nothing
   * @throws java.util.concurrent.CancellationException if the progress asked to stop
   */
  default List<Figure> figures(Dataset data, Progress progress) {
    return List.of();
  }

  /**
   * What an autoencoder inside of the model makes of images, which tells how near to them a model
   * that draws in its latents can come.
   *
   * @param images in the context's shape
   * @return as many with the same labels; by default empty, for a model without one
   */
  default Optional<ImageBatch> reconstruct(ImageBatch images) {
    return Optional.empty();
  }

  /** All that training changes, by stable names: weights, averages, optimizer state. */
  Map<String, Tensor> state();

  /**
   * Puts a state back.
   *
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or of another
   *     shape; the model is then as before
   */
  void restore(Map<String, Tensor> state);

  /** Releases memory outside of the heap. */
  @Override
  void close();
}
