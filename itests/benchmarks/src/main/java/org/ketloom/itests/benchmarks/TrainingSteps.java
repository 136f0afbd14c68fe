package org.ketloom.itests.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured for the optimizer steps of one model.
 *
 * @param model as {@link TrainingBenchmark#model}
 * @param threads threads of the engine and of native code
 * @param java version of Java
 * @param processor what it ran on
 * @param milliseconds a step, for each iteration
 * @param engine share of a step in the engine
 * @param convolutions share of a step in convolutions and their gradients
 */
record TrainingSteps(
    String model,
    int threads,
    String java,
    String processor,
    List<Double> milliseconds,
    double engine,
    double convolutions) {

  private static final Map<String, String> NAMES =
      Map.of(
          "quantum", "hybrid-unet, batch 64",
          "dense", "hybrid-unet, batch 64, dense bottleneck",
          "last-qgan", "last-qgan, batch 128");

  /** Copies the list. */
  TrainingSteps {
    milliseconds = List.copyOf(milliseconds);
  }

  /** A Markdown table. */
  static String table(List<TrainingSteps> all) {
    StringBuilder text =
        new StringBuilder(
            """
            | training, 28x28 | threads | Java | ms a step | engine | convolutions | rest |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (TrainingSteps s : all) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %.0f %% | %.0f %% | %.0f %% |%n",
              NAMES.getOrDefault(s.model, s.model),
              s.threads,
              s.java,
              Table.ms(Measurement.median(s.milliseconds)),
              100 * s.engine,
              100 * s.convolutions,
              100 * (1 - s.engine - s.convolutions)));
    }
    return text.toString();
  }
}
