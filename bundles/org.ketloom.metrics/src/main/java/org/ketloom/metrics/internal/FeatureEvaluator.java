package org.ketloom.metrics.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.metrics.Bins;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Finds the features, and measures on them. */
@Component
public final class FeatureEvaluator implements Evaluator {
  private volatile Map<String, FeatureNetworkProvider> providers = Map.of();

  /** Without features, which come by themselves. */
  @Activate
  public FeatureEvaluator() {}

  /** Features have come. */
  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "remove")
  synchronized void add(FeatureNetworkProvider provider, Map<String, ?> properties) {
    Map<String, FeatureNetworkProvider> all = new TreeMap<>(providers);
    all.put(String.valueOf(properties.get(Part.NAME)), provider);
    providers = all;
  }

  /** Features have gone. */
  synchronized void remove(FeatureNetworkProvider provider) {
    Map<String, FeatureNetworkProvider> all = new TreeMap<>(providers);
    all.values().removeIf(p -> p == provider);
    providers = all;
  }

  @Override
  public List<String> features() {
    return List.copyOf(providers.keySet());
  }

  @Override
  public void check(Request request) {
    provider(request.features(), request.options());
    int least = Math.max(Bins.samplesNeeded(request.bins()), request.test().classes().size());
    require("drawn", request, request.samples(), least);
    require("training", request, request.training().size(), least);
    require("test", request, request.test().size(), least);
  }

  private static void require(String which, Request request, int found, int least) {
    if (found < least) {
      throw new IllegalArgumentException(
          "NDB with "
              + request.bins()
              + " bins needs at least "
              + least
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
          open(provider(DEFAULT_FEATURES, Map.of()), request, stages)) {
        return new Measurement(request, generator, stages, network, classifier).report();
      }
    }
  }

  private FeatureNetworkProvider provider(String name, Map<String, ?> options) {
    FeatureNetworkProvider prototype = providers.get(name);
    if (prototype == null) {
      throw new IllegalArgumentException(
          "there are no features \"" + name + "\"; there are " + String.join(", ", features()));
    }
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
