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
 * @param beside medians of another implementation's step, for each turn; empty if none was asked
 * @param engine share of a step in the engine
 * @param convolutions share of a step in convolutions and their gradients
 * @param cores CPU time of the process by time
 * @param allocated bytes a step on Java's heap
 * @param peak most bytes of memory that the process has had; NaN where the system doesn't tell
 * @param peakFlops multiply-adds per second that the machine gave meanwhile, times two, with as
 *     many threads
 */
record TrainingSteps(
    TrainingBenchmark.Subject subject,
    int threads,
    String java,
    String processor,
    List<Double> milliseconds,
    List<Double> beside,
    double engine,
    double convolutions,
    double cores,
    double allocated,
    double peak,
    double peakFlops) {

  /** Copies the lists. */
  TrainingSteps {
    milliseconds = List.copyOf(milliseconds);
    beside = List.copyOf(beside);
  }

  /** A Markdown table. */
  static String table(List<TrainingSteps> all) {
    StringBuilder text =
        new StringBuilder(
            """
            | optimizer step | threads | Java | ms a step | beside, ms | ratio | engine | convolutions | rest | cores busy | allocated | memory | machine, GFLOP/s |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (TrainingSteps s : all) {
      double own = Measurement.median(s.milliseconds);
      double other = s.beside.isEmpty() ? 0 : Measurement.median(s.beside);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %s | %s | %.0f %% | %.0f %% | %.0f %% | %.1f | %s | %s | %.1f |%n",
              s.subject.title(),
              s.threads,
              s.java,
              Table.ms(own),
              other == 0 ? "" : Table.ms(other),
              other == 0 ? "" : String.format(Locale.ROOT, "%.2fx", other / own),
              100 * s.engine,
              100 * s.convolutions,
              100 * (1 - s.engine - s.convolutions),
              s.cores,
              Table.bytes(s.allocated),
              Double.isNaN(s.peak) ? "" : Table.bytes(s.peak),
              s.peakFlops * 1e-9));
    }
    return text.toString();
  }
}
