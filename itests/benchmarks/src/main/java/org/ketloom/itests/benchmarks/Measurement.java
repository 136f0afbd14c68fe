package org.ketloom.itests.benchmarks;

import java.util.List;

/**
 * What was measured for one workload.
 *
 * @param workload name of the workload
 * @param task name of a {@link Task}
 * @param threads threads of the engine
 * @param kernels {@code vector} or {@code plain}, followed by {@code single} for single precision
 * @param java version of Java
 * @param processor what it ran on
 * @param milliseconds a call, for each iteration
 * @param allocated bytes a call; values and gradients are written into arrays that are there
 * @param peakFlops multiply-adds per second that the machine gave meanwhile, times two, with as
 *     many threads
 * @param passBytes bytes per second of a pass over memory in place, meanwhile, with as many threads
 */
record Measurement(
    String workload,
    String task,
    int threads,
    String kernels,
    String java,
    String processor,
    List<Double> milliseconds,
    double allocated,
    double peakFlops,
    double passBytes) {

  /** Copies the list. */
  Measurement {
    milliseconds = List.copyOf(milliseconds);
  }

  /** Median of the iterations in milliseconds. */
  double median() {
    return median(milliseconds);
  }

  /** Share of the multiply-add peak that the plain algorithm's operations come to. */
  double shareOfPeak() {
    return operations().flops() / (median() * 1e-3) / peakFlops;
  }

  /** Share of the memory's speed, if every matrix of the plain algorithm were a pass through it. */
  double shareOfMemory() {
    return operations().bytes() / (median() * 1e-3) / passBytes;
  }

  private Operations operations() {
    return Operations.of(Workload.named(workload), Task.named(task));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
