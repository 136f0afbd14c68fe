package org.ketloom.itests.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benchmarks' command line. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures the engine on the reference circuits, beside a probe of the machine.",
    footer = {
      "",
      "Examples:",
      "  benchmarks                             everything, in some twelve minutes",
      "  benchmarks --only w1,w3 --threads 1    some circuits, one thread",
      "  benchmarks --jvm /usr/lib/jvm/jdk-25/bin/java --json 25.json",
      "  benchmarks --table 17.json,25.json     what was measured, side by side"
    })
public final class Benchmarks implements Callable<Integer> {

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "circuits whose names begin so: w1-4 ... w1-12, w2-16 ... w2-20, w3, jo2026,"
              + " lastqgan-a, dm-4, dm-6, trajectories; all by default")
  private List<String> only = List.of("");

  @Option(
      names = "--task",
      split = ",",
      paramLabel = "TASK",
      description =
          "values, vjp (values and gradients), hvp (product of the Hessian with a"
              + " vector); values and vjp by default")
  private List<String> tasks = List.of("values", "vjp");

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "threads of the engine; 1 and 2 by default")
  private List<Integer> threads = List.of(1, 2);

  @Option(
      names = "--training",
      description =
          "optimizer steps of the diffusion U-Net, of its classical control, of jo2026, last-qgan and"
              + " latent-flow instead of circuits, and the drawing of images; needs"
              + " OMP_WAIT_POLICY=passive in the environment")
  private boolean training;

  @Option(
      names = "--beside",
      paramLabel = "COMMAND",
      description =
          "with --training: another implementation, which runs in turn with this one, twice. The"
              + " command is given the subject (as for --only) and the number of threads, and"
              + " prints the median as \"median 12.3 ms\", or nothing if it doesn't have the"
              + " subject")
  private Optional<String> beside = Optional.empty();

  @Option(names = "--nd4j", description = "with --training: ND4J's own convolutions")
  private boolean nd4j;

  @Option(names = "--plain", description = "without Java's Vector API")
  private boolean plain;

  @Option(names = "--long", description = "10 iterations of 2 seconds in each of 3 processes")
  private boolean longer;

  @Option(
      names = "--jvm",
      paramLabel = "FILE",
      description = "the java command that is measured; this one by default")
  private Path jvm;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "where the results are written; benchmarks.json beside the program by default")
  private Path json =
      Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0])
          .resolveSibling("benchmarks.json");

  @Option(
      names = "--table",
      split = ",",
      paramLabel = "FILE",
      description = "measures nothing: prints earlier results side by side")
  private List<Path> tables = List.of();

  /** Of the two implementations, each. */
  private static final int TURNS = 2;

  /** Label of the bytes a call that {@link GCProfiler} finds. */
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private Benchmarks() {}

  /** Runs the command line, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Benchmarks())
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("benchmarks: " + failure.getMessage());
                  return 1;
                })
            .execute(arguments));
  }

  /** One of the measurements to be made. */
  private record Case(Workload workload, Task task, int threads) {}

  @Override
  public Integer call() throws Exception {
    if (!tables.isEmpty()) {
      List<Measurement> all = new ArrayList<>();
      for (Path file : tables) {
        all.addAll(read(file));
      }
      System.out.println(new Table(all, Peers.load()).render());
      return 0;
    }
    if (training) {
      train();
      return 0;
    }
    List<Case> cases = cases();
    List<Measurement> all = new ArrayList<>();
    long start = System.nanoTime();
    for (Case one : cases) {
      Measurement found = measure(one);
      all.add(found);
      write(all);
      double seconds = (System.nanoTime() - start) * 1e-9;
      long left = Math.round(seconds / all.size() * (cases.size() - all.size()));
      System.err.printf(
          Locale.ROOT,
          "%d/%d  %-20s %-7s %d thread%s %12s ms   about %d:%02d left%n",
          all.size(),
          cases.size(),
          one.workload.title(),
          one.task,
          one.threads,
          one.threads == 1 ? " " : "s",
          Table.ms(found.median()),
          left / 60,
          left % 60);
    }
    System.out.println();
    System.out.println(new Table(all, Peers.load()).render());
    System.out.println("written to " + json);
    return 0;
  }

  private List<Case> cases() {
    for (String prefix : only) {
      if (Workload.all().stream().noneMatch(w -> w.name().startsWith(prefix))) {
        Workload.named(prefix);
      }
    }
    List<Case> cases = new ArrayList<>();
    for (Workload workload : Workload.all()) {
      if (only.stream().noneMatch(workload.name()::startsWith)) {
        continue;
      }
      for (String task : tasks) {
        if (workload.engine() != Workload.Engine.STATE_VECTOR && Task.named(task) == Task.HVP) {
          // Engines of mixed states have no second derivatives.
          continue;
        }
        threads.forEach(t -> cases.add(new Case(workload, Task.named(task), t)));
      }
    }
    return cases;
  }

  private Measurement measure(Case one) throws RunnerException {
    ChainedOptionsBuilder options =
        options(EngineBenchmark.class, one.task.toString(), one.threads)
            .param("workload", one.workload.name())
            .addProfiler(MachineProbe.class)
            .addProfiler(GCProfiler.class);
    return measurement(new Runner(options.build()).runSingle(), plain ? "plain" : "vector");
  }

  private ChainedOptionsBuilder options(Class<?> benchmark, String method, int threads) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
            .param("threads", Integer.toString(threads))
            .threads(1)
            .forks(longer ? 3 : 1)
            .warmupIterations(5)
            // The optimising compiler of Java 17 is through with the engine after some six seconds.
            .warmupTime(TimeValue.milliseconds(longer ? 2000 : 1200))
            .measurementIterations(longer ? 10 : 5)
            .measurementTime(TimeValue.milliseconds(longer ? 2000 : 300))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    if (!plain) {
      options.jvmArgsAppend("--add-modules", "jdk.incubator.vector");
    }
    if (jvm != null) {
      options.jvm(jvm.toString());
    }
    return options;
  }

  private void train() throws RunnerException, IOException {
    if (!"passive".equalsIgnoreCase(System.getenv("OMP_WAIT_POLICY"))) {
      throw new IllegalArgumentException(
          "--training needs OMP_WAIT_POLICY=passive in the environment, found "
              + System.getenv("OMP_WAIT_POLICY")
              + "; native threads that wait actively slow each other down");
    }
    List<TrainingSteps> all = new ArrayList<>();
    for (TrainingBenchmark.Subject subject : TrainingBenchmark.Subject.values()) {
      if (only.stream().noneMatch(subject.option()::startsWith)) {
        continue;
      }
      for (int count : threads) {
        all.add(steps(subject, count));
        write(all);
      }
    }
    System.out.println();
    System.out.println(TrainingSteps.table(all));
    System.out.println("written to " + json);
  }

  private TrainingSteps steps(TrainingBenchmark.Subject subject, int count)
      throws RunnerException, IOException {
    List<IterationResult> iterations = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    String java = "";
    for (int turn = 0; turn < (beside.isPresent() ? TURNS : 1); turn++) {
      RunResult run =
          new Runner(
                  options(TrainingBenchmark.class, "train", count)
                      // The engine's code is compiled after some dozens of steps.
                      .warmupTime(TimeValue.seconds(4))
                      .measurementTime(TimeValue.seconds(2))
                      .param("subject", subject.name())
                      .param("nd4j", Boolean.toString(nd4j))
                      .addProfiler(MachineProbe.class)
                      .addProfiler(StackShares.class)
                      .addProfiler(GCProfiler.class)
                      .build())
              .runSingle();
      java = run.getParams().getJdkVersion();
      iterations.addAll(iterations(run));
      if (beside.isPresent()) {
        Beside.median(beside.get(), subject.option(), count).ifPresent(others::add);
      }
    }
    return new TrainingSteps(
        subject,
        count,
        java,
        processor(),
        scores(iterations),
        others,
        secondary(iterations, StackShares.ENGINE),
        secondary(iterations, StackShares.CONVOLUTIONS),
        secondary(iterations, StackShares.CORES),
        secondary(iterations, ALLOCATED) - secondary(iterations, StackShares.OWN_BYTES),
        secondary(iterations, StackShares.PEAK),
        secondary(iterations, MachineProbe.FLOPS));
  }

  private static List<IterationResult> iterations(RunResult run) {
    return run.getBenchmarkResults().stream()
        .flatMap(b -> b.getIterationResults().stream())
        .toList();
  }

  private static List<Double> scores(List<IterationResult> iterations) {
    return iterations.stream().map(i -> i.getPrimaryResult().getScore()).toList();
  }

  /** What the benchmark harness found, as a measurement. */
  static Measurement measurement(RunResult run, String kernels) {
    List<IterationResult> iterations = iterations(run);
    String workload = run.getParams().getParam("workload");
    String method = run.getParams().getBenchmark();
    String task = method.substring(method.lastIndexOf('.') + 1);
    return new Measurement(
        workload,
        task,
        Integer.parseInt(run.getParams().getParam("threads")),
        kernels,
        run.getParams().getJdkVersion(),
        processor(),
        scores(iterations),
        secondary(iterations, ALLOCATED),
        secondary(iterations, MachineProbe.FLOPS),
        secondary(iterations, MachineProbe.BYTES));
  }

  /** The processor's name where the system tells it, its kind elsewhere. */
  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static double secondary(List<IterationResult> iterations, String label) {
    return Measurement.median(
        iterations.stream()
            .flatMap(i -> i.getSecondaryResults().values().stream())
            .filter(r -> r.getLabel().endsWith(label))
            .map(r -> r.getScore())
            .toList());
  }

  static List<Measurement> read(Path file) throws IOException {
    return new ObjectMapper().readValue(file.toFile(), new TypeReference<List<Measurement>>() {});
  }

  private void write(List<?> all) throws IOException {
    Path folder = json.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
  }
}
