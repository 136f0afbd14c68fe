package org.ketloom.metrics;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.Progress;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: measures how well a model draws. Its images are compared with the test split, which
 * neither the model nor the features have seen; beside each value stands the same for as many
 * images of the training split, which is what a perfect model would get.
 */
@ProviderType
public interface Evaluator {
  /** Draws images. */
  @FunctionalInterface
  interface Generator {
    /**
     * Draws images.
     *
     * @param labels the class of each; -1 for any
     * @param seed seed of the noise
     * @param progress told after each piece of work
     */
    ImageBatch sample(int[] labels, long seed, Progress progress);
  }

  /** Is told how far an evaluation has come. */
  @FunctionalInterface
  interface Stages {
    /**
     * Called after each piece of work.
     *
     * @param stage what is being done: {@code training the classifier}, ...
     * @param done pieces of it done
     * @param total all its pieces
     * @return false to ask the work to stop
     */
    boolean update(String stage, long done, long total);
  }

  /**
   * What is measured.
   *
   * @param training the training split
   * @param test the test split
   * @param samples images to draw, and real ones to compare them with, if there are as many
   * @param conditional whether images are drawn by class, each as often as in the test split; a
   *     fifth as many are then drawn without a class, for the entropy
   * @param bins number of bins of {@link Bins}
   * @param seed seed of noise, choice and bins
   * @param features name of a {@link FeatureNetworkProvider}
   * @param options changes of its options
   */
  record Request(
      Dataset training,
      Dataset test,
      int samples,
      boolean conditional,
      int bins,
      long seed,
      String features,
      Map<String, ?> options) {

    /** Copies the options. */
    public Request {
      options = Map.copyOf(options);
    }
  }

  /**
   * The result.
   *
   * @param features what the features are
   * @param classifier what told the classes
   * @param samples images drawn
   * @param reference images of the test split
   * @param measures what was measured, in order: {@code frechet-distance}, {@code kernel-distance},
   *     {@code precision}, {@code recall}, {@code ndb}, {@code jsd}, {@code nearest-infidelity},
   *     {@code class-agreement}, {@code class-entropy}
   */
  record Report(
      String features, String classifier, int samples, int reference, List<Figure> measures) {

    /** Copies the list. */
    public Report {
      measures = List.copyOf(measures);
    }
  }

  /**
   * Names of the feature networks that are there.
   *
   * @return in order of the alphabet
   */
  List<String> features();

  /**
   * Refuses the name of feature networks that aren't there.
   *
   * @throws IllegalArgumentException naming those that are
   */
  default void requireFeatures(String name) {
    List<String> known = features();
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "there are no features \""
              + name
              + "\"; there are "
              + (known.isEmpty() ? "none" : String.join(", ", known)));
    }
  }

  /**
   * Refuses what can't be measured, before anything is trained or drawn.
   *
   * @throws IllegalArgumentException naming the metric that needs more samples, and how many; or
   *     features that aren't there
   */
  void check(Request request);

  /**
   * Measures. Images are drawn in pieces, each with a seed of its own.
   *
   * @throws IllegalArgumentException as {@link #check}
   * @throws IOException naming the file that can't be read
   * @throws java.util.concurrent.CancellationException if the listener asked to stop
   */
  Report evaluate(Request request, Generator generator, Stages stages) throws IOException;

  /**
   * For each image the nearest one of the training split, by the features of a network.
   *
   * @param images of the training split's shape
   * @param features name of a {@link FeatureNetworkProvider}
   * @param options changes of its options
   * @throws IllegalArgumentException if there are no such features
   * @throws IOException naming the file that can't be read
   * @throws java.util.concurrent.CancellationException if the listener asked to stop
   */
  NearestImages nearest(
      ImageBatch images,
      Dataset training,
      Dataset test,
      String features,
      Map<String, ?> options,
      Stages stages)
      throws IOException;
}
