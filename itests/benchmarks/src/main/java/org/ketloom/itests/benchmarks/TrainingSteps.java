package org.ketloom.itests.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * What was measured for the optimizer steps of one model.
 *
 * @param subject what was trained
 * @param threads threads of the engine and of native code
 * @param java version of Java
 * @param processor what it ran on
 * @param milliseconds a step, for each iteration
 * @param engine share of a step in the engine
 * @param convolutions share of a step in convolutions and their gradients
 * @param cores CPU time of the process by time
 * @param allocated bytes a step on Java's heap
 * @param peakFlops multiply-adds per second that the machine gave meanwhile, times two, with as
 *     many threads
 */
record TrainingSteps(
    TrainingBenchmark.Subject subject,
    int threads,
    String java,
    String processor,
    List<Double> milliseconds,
    double engine,
    double convolutions,
    double cores,
    double allocated,
    double peakFlops) {

  /** Copies the list. */
  TrainingSteps {
    milliseconds = List.copyOf(milliseconds);
  }

  /** A Markdown table. */
  static String table(List<TrainingSteps> all) {
    StringBuilder text =
        new StringBuilder(
            """
            | optimizer step | threads | Java | ms a step | engine | convolutions | rest | cores busy | allocated | machine, GFLOP/s |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (TrainingSteps s : all) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %.0f %% | %.0f %% | %.0f %% | %.1f | %s | %.1f |%n",
              s.subject.title(),
              s.threads,
              s.java,
              Table.ms(Measurement.median(s.milliseconds)),
              100 * s.engine,
              100 * s.convolutions,
              100 * (1 - s.engine - s.convolutions),
              s.cores,
              Table.bytes(s.allocated),
              s.peakFlops * 1e-9));
    }
    return text.toString();
  }
}
