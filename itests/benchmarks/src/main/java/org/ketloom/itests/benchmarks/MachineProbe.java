package org.ketloom.itests.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Measures before every iteration, in the same JVM and with as many threads, what the machine gives
 * at that moment: multiply-adds per second, and bytes per second of a pass over memory in place.
 * The speed of shared machines drifts within minutes, so that a share of this says more than a
 * time.
 */
public final class MachineProbe implements InternalProfiler {
  /** Label of the result in flop/s. */
  static final String FLOPS = "machine.flops";

  /** Label of the result in bytes/s, read and written. */
  static final String BYTES = "machine.bytes";

  private static final long NANOS = 20_000_000;
  private static final int ROUNDS = 2_000;

  /** Many short calls: only then is the loop compiled as a method of its own. */
  private static final int WARM_UP_ROUNDS = 100;

  private static final long WARM_UP_NANOS = 700_000_000;

  /** Far more than a cache holds. */
  private static final int ARRAY = 1 << 23;

  /** Does some work, and says how much. */
  private interface Work {
    double once();
  }

  private final Peak peak = Peak.best();
  private double[][] arrays = {};
  private double flops;
  private double bytes;

  /** Is made by the benchmark harness, by its name. */
  public MachineProbe() {}

  @Override
  public String getDescription() {
    return "multiply-add peak and in-place memory pass";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    probe(Integer.parseInt(benchmark.getParam("threads")));
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return List.of(
        new ScalarResult(FLOPS, flops, "flop/s", AggregationPolicy.AVG),
        new ScalarResult(BYTES, bytes, "B/s", AggregationPolicy.AVG));
  }

  private void probe(int threads) {
    if (arrays.length != threads) {
      arrays = new double[threads][ARRAY];
      long start = System.nanoTime();
      while (System.nanoTime() - start < WARM_UP_NANOS) {
        peak.multiplyAdd(WARM_UP_ROUNDS);
      }
    }
    flops =
        rate(
            threads,
            t ->
                () -> {
                  // Never true, but the compiler can't know.
                  double found = peak.multiplyAdd(ROUNDS);
                  return found == 0 ? 0 : (double) ROUNDS * peak.flopsPerRound();
                });
    bytes =
        rate(
            threads,
            t ->
                () -> {
                  peak.scale(arrays[t], 1.0000001);
                  return 2.0 * Double.BYTES * ARRAY;
                });
  }

  private static double rate(int threads, IntFunction<Work> works) {
    ExecutorService team = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Double>> tasks =
          IntStream.range(0, threads)
              .mapToObj(t -> (Callable<Double>) () -> rate(works.apply(t)))
              .toList();
      double sum = 0;
      for (Future<Double> found : team.invokeAll(tasks)) {
        sum += found.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      team.shutdown();
    }
  }

  private static double rate(Work work) {
    long start = System.nanoTime();
    long now = start;
    double done = 0;
    while (now - start < NANOS) {
      done += work.once();
      now = System.nanoTime();
    }
    return done / ((now - start) * 1e-9);
  }
}
