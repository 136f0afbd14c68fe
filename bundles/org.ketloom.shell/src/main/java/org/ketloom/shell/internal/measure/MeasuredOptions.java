package org.ketloom.shell.internal.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ketloom.api.part.Options;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.console.Services;

/**
 * Changes of the options of what is drawn and measured.
 *
 * @param sampling of sampling, by name
 * @param features of the features, by name
 */
public record MeasuredOptions(Map<String, String> sampling, Map<String, String> features) {
  private static final String SAMPLING = "sampling.";
  private static final String FEATURES = "features.";

  /** Names of the options of features; none of features that aren't there. */
  public static Set<String> ofFeatures(Services services, String features) {
    return services
        .get(PartRegistry.class)
        .find(FeatureNetworkProvider.KIND, features, "")
        .map(RegisteredPart::options)
        .map(
            options ->
                options.stream().map(Options.Entry::name).collect(Collectors.toUnmodifiableSet()))
        .orElse(Set.of());
  }

  /**
   * Sorts changes by what has an option of that name. One that nobody has is left to the features,
   * or else to sampling, which then tells the options that there are.
   *
   * @param changes by the option's name, or by {@code sampling.NAME} and {@code features.NAME}
   * @param ofFeatures names of the options of the features; empty if there are no features
   * @throws IllegalArgumentException for a name that both have
   */
  public static MeasuredOptions of(
      Map<String, String> changes, Sampler sampler, Optional<Set<String>> ofFeatures) {
    return of(changes, Options.values(sampler.options()).keySet(), ofFeatures);
  }

  static MeasuredOptions of(
      Map<String, String> changes, Set<String> ofSampling, Optional<Set<String>> ofFeatures) {
    Map<String, String> sampling = new LinkedHashMap<>();
    Map<String, String> features = new LinkedHashMap<>();
    changes.forEach(
        (name, value) -> {
          boolean inSampling = ofSampling.contains(name) || ofFeatures.isEmpty();
          if (name.startsWith(SAMPLING)) {
            sampling.put(name.substring(SAMPLING.length()), value);
          } else if (name.startsWith(FEATURES) && ofFeatures.isPresent()) {
            features.put(name.substring(FEATURES.length()), value);
          } else if (inSampling && ofFeatures.filter(f -> f.contains(name)).isPresent()) {
            throw new IllegalArgumentException(
                "--option "
                    + name
                    + ": sampling and the features both have an option of that name; write "
                    + SAMPLING
                    + name
                    + " or "
                    + FEATURES
                    + name);
          } else if (inSampling) {
            sampling.put(name, value);
          } else {
            features.put(name, value);
          }
        });
    return new MeasuredOptions(sampling, features);
  }
}
