package org.ketloom.metrics.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.CacheFolder;
import org.ketloom.files.Safetensors;
import org.ketloom.files.Sha256;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.osgi.service.component.annotations.Component;

/**
 * Features of a small classifier that is trained on the data set's training split, and kept in the
 * cache: {@code features/classifier-<fingerprint>.safetensors}, by the fingerprint of data, network
 * and options. The features are scaled by one number so that the mean of their squares over
 * training images is 1: distances on classifiers of different data are then of one size.
 *
 * @param steps optimizer steps of 128 images each
 * @param seed of its first weights and of the order of the images
 */
@Component(
    service = FeatureNetworkProvider.class,
    property = {
      Part.NAME + "=" + FeatureNetworkProvider.DEFAULT,
      Part.DESCRIPTION + "=64 features of a small classifier, trained on the data set itself"
    })
public record ClassifierFeatures(
    @Option(value = "optimizer steps of 128 images each", range = "[1,)") int steps,
    @Option("seed of its first weights and of the order of the images") long seed)
    implements FeatureNetworkProvider {
  /** To be raised with every change of the network or of its training. */
  private static final String VERSION = "2";

  private static final String ACCURACY = "test.accuracy";
  private static final String SCALE = "features.scale";

  /** With what suits images of up to 32x32. */
  public ClassifierFeatures() {
    this(1600, 0);
  }

  @Override
  public OptionalInt dimension(ImageShape images) {
    return OptionalInt.of(ClassifierNetwork.DIMENSION);
  }

  @Override
  public FeatureNetwork open(Dataset training, Dataset test, Progress progress) throws IOException {
    return open(training, test, progress, cache(System.getenv()));
  }

  FeatureNetwork open(Dataset training, Dataset test, Progress progress, Path cache)
      throws IOException {
    if (training.classes().size() < 2) {
      throw new IllegalArgumentException(
          "features of a classifier need images of at least 2 classes, found "
              + training.classes()
              + "; choose other features");
    }
    if (!training.shape().equals(test.shape()) || !training.classes().equals(test.classes())) {
      throw new IllegalArgumentException(
          "training and test images differ: "
              + training.shape()
              + " of "
              + training.classes()
              + ", and "
              + test.shape()
              + " of "
              + test.classes());
    }
    String fingerprint = fingerprint(training, test);
    Path file = cache.resolve("classifier-" + fingerprint.substring(0, 16) + ".safetensors");
    ClassifierNetwork network = new ClassifierNetwork(training.shape(), training.classes(), seed);
    try {
      double accuracy;
      Map<String, Tensor> kept = read(file);
      OptionalDouble keptScale = number(kept, SCALE);
      OptionalDouble keptAccuracy = number(kept, ACCURACY);
      if (keptScale.isPresent() && keptAccuracy.isPresent() && fits(kept, network)) {
        network.restore(kept);
        network.scale(keptScale.getAsDouble());
        accuracy = keptAccuracy.getAsDouble();
      } else {
        network.train(training, steps, seed, progress);
        double scale = network.normalise(training);
        accuracy = network.accuracy(test);
        Map<String, Tensor> state = new HashMap<>(network.state());
        state.put(ACCURACY, new Tensor(List.of(), new double[] {accuracy}));
        state.put(SCALE, new Tensor(List.of(), new double[] {scale}));
        AtomicFile.write(file, out -> Safetensors.write(state, out));
      }
      network.describe(
          String.format(
              Locale.ROOT,
              "classifier %s, %.2f %% right of %,d test images",
              fingerprint.substring(0, 8),
              100 * accuracy,
              test.size()));
      return network;
    } catch (IOException | RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  /** What is in the cache; nothing if it isn't there or damaged, since it can be made again. */
  private static Map<String, Tensor> read(Path file) {
    try {
      return Files.exists(file) ? Safetensors.read(file) : Map.of();
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static OptionalDouble number(Map<String, Tensor> kept, String name) {
    Tensor tensor = kept.get(name);
    return tensor != null && tensor.values() instanceof double[] numbers
        ? Arrays.stream(numbers).findFirst()
        : OptionalDouble.empty();
  }

  private static boolean fits(Map<String, Tensor> kept, ClassifierNetwork network) {
    return network.state().entrySet().stream()
        .allMatch(
            e -> {
              Tensor tensor = kept.get(e.getKey());
              return tensor != null
                  && tensor.shape().equals(e.getValue().shape())
                  && tensor.values() instanceof float[];
            });
  }

  private String fingerprint(Dataset training, Dataset test) {
    String content =
        String.join(
            "\n", VERSION, training.fingerprint(), test.fingerprint(), "" + steps, "" + seed);
    return Sha256.of(content);
  }

  private static Path cache(Map<String, String> environment) {
    return CacheFolder.of(environment, System.getProperty("user.home")).resolve("features");
  }
}
