package org.ketloom.metrics;

import java.util.List;
import org.ketloom.api.data.ImageBatch;
import org.osgi.annotation.versioning.ConsumerType;

/** A network whose inner values say what an image shows. Used by one thread at a time. */
@ConsumerType
public interface FeatureNetwork extends AutoCloseable {

  /**
   * What a network makes of images.
   *
   * @param features {@code [images][dimension]}; not copied
   * @param classes the class that each image is taken for; empty if the network has none
   */
  record Output(float[][] features, int[] classes) {}

  /** What it is, in one line: values on other networks can't be compared. */
  String description();

  /** Number of features of an image. */
  int dimension();

  /** Names of the classes that it tells apart; empty if it doesn't. */
  List<String> classes();

  /**
   * Applies it.
   *
   * @param images in the shape that it was opened for
   */
  Output apply(ImageBatch images);

  /** Releases memory outside of the heap. */
  @Override
  void close();
}
