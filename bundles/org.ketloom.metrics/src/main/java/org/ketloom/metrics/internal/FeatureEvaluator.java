package org.ketloom.metrics.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.metrics.Bins;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.ketloom.metrics.FrechetDistance;
import org.ketloom.metrics.NearestImages;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Finds the features, and measures on them. */
@Component
public final class FeatureEvaluator implements Evaluator {
  private final PartRegistry registry;

  /** With the feature networks of a registry. */
  @Activate
  public FeatureEvaluator(@Reference PartRegistry registry) {
    this.registry = registry;
  }

  @Override
  public List<String> features() {
    return registry.parts(FeatureNetworkProvider.KIND).stream()
        .map(RegisteredPart::name)
        .distinct()
        .toList();
  }

  @Override
  public void check(Request request) {
    FeatureNetworkProvider provider = provider(request.features(), request.options());
    int min = Math.max(Bins.samplesNeeded(request.bins()), request.test().classes().size());
    require("NDB with " + request.bins() + " bins", request, min, ", or fewer bins");
    provider
        .dimension(request.test().shape())
        .ifPresent(dimension -> requireForDistance(request, dimension));
  }

  /** Refuses too few images for the Fréchet distance on so many features. */
  private static void requireForDistance(Request request, int dimension) {
    require(
        "the Fréchet distance on " + dimension + " features",
        request,
        FrechetDistance.samplesNeeded(dimension),
        "");
  }

  private static void require(String metric, Request request, int min, String or) {
    require(metric, "drawn", request.samples(), min, "draw more" + or);
    String larger = "take data with more of them" + or;
    require(metric, "training", request.training().size(), min, larger);
    require(metric, "test", request.test().size(), min, larger);
  }

  private static void require(String metric, String which, int found, int min, String remedy) {
    if (found < min) {
      throw new IllegalArgumentException(
          metric
              + " needs at least "
              + min
              + " "
              + which
              + " images, found "
              + found
              + "; "
              + remedy);
    }
  }

  @Override
  public Report evaluate(Request request, Generator generator, Stages stages) throws IOException {
    check(request);
    FeatureNetworkProvider provider = provider(request.features(), request.options());
    try (FeatureNetwork network = open(provider, request, stages)) {
      requireForDistance(request, network.dimension());
      if (!network.classes().isEmpty()) {
        return new Measurement(request, generator, stages, network, network).report();
      }
      if (request.training().classes().size() < 2) {
        return new Measurement(request, generator, stages, network, null).report();
      }
      try (FeatureNetwork classifier =
          open(provider(FeatureNetworkProvider.DEFAULT, Map.of()), request, stages)) {
        return new Measurement(request, generator, stages, network, classifier).report();
      }
    }
  }

  @Override
  public NearestImages nearest(
      ImageBatch images,
      Dataset training,
      Dataset test,
      String features,
      Map<String, ?> options,
      Stages stages)
      throws IOException {
    FeatureNetworkProvider provider = provider(features, options);
    Progress opening = (done, total) -> stages.update("preparing the features", done, total);
    try (FeatureNetwork network = provider.open(training, test, opening)) {
      return NearestImages.byFeatures(
          images,
          training,
          network,
          (done, total) -> stages.update("comparing with the training images", done, total));
    }
  }

  private FeatureNetworkProvider provider(String name, Map<String, ?> options) {
    requireFeatures(name);
    FeatureNetworkProvider prototype =
        registry
            .find(FeatureNetworkProvider.KIND, name, "")
            .orElseThrow()
            .prototype(FeatureNetworkProvider.class);
    return Options.with(prototype, "features \"" + name + "\"", options);
  }

  private static FeatureNetwork open(
      FeatureNetworkProvider provider, Request request, Stages stages) throws IOException {
    Progress progress = (done, total) -> stages.update("training the classifier", done, total);
    return provider.open(request.training(), request.test(), progress);
  }

  /** Tells the stages, and stops where they ask to. */
  static void tell(Stages stages, String stage, long done, long total) {
    if (!stages.update(stage, done, total)) {
      throw new CancellationException("the evaluation was stopped");
    }
  }
}
