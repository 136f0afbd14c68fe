package org.ketloom.study;

import java.util.Map;
import org.ketloom.metrics.FeatureNetworkProvider;

/**
 * What is measured; data only.
 *
 * @param samples images to draw
 * @param conditional whether they are drawn by class
 * @param bins of NDB and JSD
 * @param seed of noise, choice and bins
 * @param features name of the features
 * @param options changes of the features' options
 * @param sampling changes of the options of sampling
 */
public record EvaluationSettings(
    int samples,
    boolean conditional,
    int bins,
    long seed,
    String features,
    Map<String, String> options,
    Map<String, String> sampling) {
  /** Name of the features that are measured on where none are named. */
  public static final String FEATURES = FeatureNetworkProvider.DEFAULT;

  /** Copies the maps. */
  public EvaluationSettings {
    options = Map.copyOf(options);
    sampling = Map.copyOf(sampling);
  }

  /** By class, on the usual features. */
  public static EvaluationSettings of(int samples, int bins) {
    return new EvaluationSettings(samples, true, bins, 0, FEATURES, Map.of(), Map.of());
  }
}
