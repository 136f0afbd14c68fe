package org.ketloom.itests.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Shares of a training step by the stack of the training thread, looked at every few milliseconds:
 * in the engine, in convolutions, elsewhere. Native code counts for the Java code that called it.
 * And how many cores the process keeps busy.
 */
public final class StackShares implements InternalProfiler {
  /** Label of the share that is spent in the engine. */
  static final String ENGINE = "share.engine";

  /** Label of the share that is spent in convolutions and their gradients. */
  static final String CONVOLUTIONS = "share.convolutions";

  /** Label of the process's CPU time by time. */
  static final String CORES = "cores";

  /** Label of the most memory that the process has had, where the system tells it. */
  static final String PEAK = "memory.peak";

  /** Label of the bytes a step that looking itself takes on the heap. */
  static final String OWN_BYTES = "looking.bytes";

  private static final long PAUSE_MILLIS = 5;

  private AtomicBoolean looking = new AtomicBoolean();
  private Thread looker;
  private int engine;
  private int convolutions;
  private int all;
  private long cpuNanos;
  private long nanos;

  /** Is made by the benchmark harness, by its name. */
  public StackShares() {}

  @Override
  public String getDescription() {
    return "shares of engine and convolutions";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    engine = 0;
    convolutions = 0;
    all = 0;
    AtomicBoolean mine = new AtomicBoolean(true);
    looking = mine;
    looker =
        new Thread(
            () -> {
              while (mine.get()) {
                look();
                try {
                  Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                  return;
                }
              }
            },
            "stack-shares");
    looker.setDaemon(true);
    looker.start();
    cpuNanos = cpuNanos();
    nanos = System.nanoTime();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long bytes =
        ManagementFactory.getPlatformMXBean(ThreadMXBean.class)
            .getThreadAllocatedBytes(looker.getId());
    double cores = (cpuNanos() - cpuNanos) / (double) (System.nanoTime() - nanos);
    looking.set(false);
    try {
      looker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    double total = Math.max(1, all);
    return List.of(
        new ScalarResult(ENGINE, engine / total, "", AggregationPolicy.AVG),
        new ScalarResult(CONVOLUTIONS, convolutions / total, "", AggregationPolicy.AVG),
        new ScalarResult(CORES, cores, "", AggregationPolicy.AVG),
        new ScalarResult(PEAK, peakBytes(), "B", AggregationPolicy.MAX),
        new ScalarResult(
            OWN_BYTES,
            bytes / (double) Math.max(1, result.getMetadata().getAllOps()),
            "B",
            AggregationPolicy.AVG));
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** NaN where there is no {@code /proc}. */
  private static double peakBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToDouble(l -> 1024 * Double.parseDouble(l.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | UncheckedIOException e) {
      return Double.NaN;
    }
  }

  private void look() {
    for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
      boolean inEngine = false;
      boolean inConvolution = false;
      boolean inStep = false;
      for (StackTraceElement frame : stack) {
        String owner = frame.getClassName();
        inEngine |= owner.startsWith("org.ketloom.engine.");
        inConvolution |=
            owner.equals("org.ketloom.nn.EngineConvolutions")
                || owner.equals("org.ketloom.nn.Nd4jConvolutions");
        inStep |= owner.equals(TrainingBenchmark.class.getName());
      }
      if (inStep) {
        all++;
        engine += inEngine ? 1 : 0;
        convolutions += inConvolution ? 1 : 0;
      }
    }
  }
}
