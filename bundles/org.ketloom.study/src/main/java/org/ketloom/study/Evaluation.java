package org.ketloom.study;

import java.io.IOException;
import java.util.List;
import org.ketloom.api.model.Figure;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.run.Sampler;
import org.osgi.annotation.versioning.ProviderType;

/** Evaluations of trained models on the images of a data set. */
@ProviderType
public interface Evaluation {

  /**
   * Measures a model. Real images are resized to what it draws where their data set can do that.
   *
   * @throws IllegalArgumentException if it draws other images than it is compared with
   * @throws java.util.concurrent.CancellationException if the listener asked to stop
   * @throws IOException naming the file that can't be read
   */
  Evaluator.Report of(Sampler sampler, Evaluator.Stages stages) throws IOException;

  /**
   * The same evaluation of what the model's autoencoder makes of images of the training split, in
   * place of what the model draws: how near to real images all can come that draws in its latents.
   * {@link #of} throws an IllegalArgumentException if the model has no autoencoder.
   */
  Evaluation ofReconstructions();

  /**
   * What the model measures of itself on the whole test split.
   *
   * @throws IllegalArgumentException if the images have another shape than it was trained with
   */
  List<Figure> figures(Sampler sampler, Evaluator.Stages stages) throws IOException;

  /**
   * A report as JSON, with all that is needed to get it again.
   *
   * @param figures what the model measured of itself; may be empty
   * @param epoch the epoch after which it was measured
   */
  String json(Evaluator.Report report, List<Figure> figures, int epoch);
}
