package org.ketloom.metrics;

import java.io.IOException;
import java.util.OptionalInt;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: opens a feature network. It is a record whose components are its options, named by the
 * service property {@link Part#NAME}, like every part.
 */
@ConsumerType
public interface FeatureNetworkProvider extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("features", FeatureNetworkProvider.class);

  /** Name of the part that is taken where none is named; its network tells classes too. */
  String DEFAULT = "classifier";

  /**
   * Number of features of an image, as far as it is known before the network is opened: an
   * evaluation of too few images for it is then refused before anything is trained.
   *
   * @param images their shape
   * @return empty if opening the network tells it, as where it is read from a file
   */
  default OptionalInt dimension(ImageShape images) {
    return OptionalInt.empty();
  }

  /**
   * Opens the network, after training it if need be.
   *
   * @param training images to learn from; gives shape and classes
   * @param test images that are held back
   * @param progress told while it is trained
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException if the data don't suit it, saying why
   * @throws java.util.concurrent.CancellationException if the progress asked to stop
   */
  FeatureNetwork open(Dataset training, Dataset test, Progress progress) throws IOException;
}
