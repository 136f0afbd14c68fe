package org.ketloom.metrics.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.metrics.Bins;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
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
    provider(request.features(), request.options());
    int min = Math.max(Bins.samplesNeeded(request.bins()), request.test().classes().size());
    require("drawn", request, request.samples(), min);
    require("training", request, request.training().size(), min);
    require("test", request, request.test().size(), min);
  }

  private static void require(String which, Request request, int found, int min) {
    if (found < min) {
      throw new IllegalArgumentException(
          "NDB with "
              + request.bins()
              + " bins needs at least "
              + min
              + " "
              + which
              + " images, found "
              + found
              + "; take more, or fewer bins");
    }
  }

  @Override
  public Report evaluate(Request request, Generator generator, Stages stages) throws IOException {
    check(request);
    FeatureNetworkProvider provider = provider(request.features(), request.options());
    try (FeatureNetwork network = open(provider, request, stages)) {
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

  private FeatureNetworkProvider provider(String name, Map<String, ?> options) {
    FeatureNetworkProvider prototype =
        registry
            .find(FeatureNetworkProvider.KIND, name, "")
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there are no features \""
                            + name
                            + "\"; there are "
                            + (features().isEmpty() ? "none" : String.join(", ", features()))))
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
