package org.ketloom.study;

import java.io.IOException;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.metrics.Evaluator;
import org.osgi.annotation.versioning.ProviderType;

/** The data of a run, in the size in which its model draws, to be looked at beside drawn images. */
@ProviderType
public interface RealImages {

  /**
   * The first images of a class in the test split, which the model hasn't learned from.
   *
   * @param label the class; -1 for any
   * @param count the most images to give
   * @throws IOException if there is no test split, or it can't be read
   */
  ImageBatch first(int label, int count) throws IOException;

  /**
   * For each image the nearest one of those that the model has learned from.
   *
   * @param drawn images of the model
   * @param stages told after each piece of work
   * @throws IOException naming the file that can't be read
   * @throws java.util.concurrent.CancellationException if the listener asked to stop
   */
  ImageBatch nearest(ImageBatch drawn, Evaluator.Stages stages) throws IOException;
}
