package org.ketloom.study;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
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

  /** Copies the maps, in the order of their names: their text tells what was measured. */
  public EvaluationSettings {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
    sampling = Collections.unmodifiableMap(new TreeMap<>(sampling));
  }

  /** These with other options of sampling besides. */
  EvaluationSettings with(Map<String, String> other) {
    Map<String, String> all = new TreeMap<>(sampling);
    all.putAll(other);
    return new EvaluationSettings(samples, conditional, bins, seed, features, options, all);
  }

  /** By class, on the usual features. */
  public static EvaluationSettings of(int samples, int bins) {
    return new EvaluationSettings(samples, true, bins, 0, FEATURES, Map.of(), Map.of());
  }
}
