package org.ketloom.itests.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Channel;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What surrounds the measurements. */
class BenchmarksTest {
  private static final Peers PEERS = Peers.load();

  @Test
  void peersSpeakOfWorkloadsThatThereAre() {
    assertEquals(9, PEERS.peers().size());
    for (Peers.Peer peer : PEERS.peers()) {
      for (Peers.Figures figures : peer.figures()) {
        Task.named(figures.task());
        figures.ms().keySet().forEach(Workload::named);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Workload.named("w4"));
  }

  /** n = 4: each layer is one matrix a wire; Z of 4 wires. */
  @Test
  void operationsOfW1() {
    Workload w1 = Workload.named("w1-4");
    double amplitudes = 64 * 16;
    double matrices = 4 * 4;
    assertEquals(amplitudes * (matrices / 2 * 28 + 4 * 4), Operations.of(w1, Task.VALUES).flops());
    assertEquals(
        amplitudes * (matrices / 2 * (3 * 28 + 24) + 4 * 8), Operations.of(w1, Task.VJP).flops());
    assertEquals(amplitudes * matrices * 2 * 16, Operations.of(w1, Task.VALUES).bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"w1-4", "dm-4", "trajectories-10", "trajectories-damping-10"})
  void aShortRunMakesAMeasurement(String workload) throws Exception {
    Measurement found =
        Benchmarks.measurement(
            new Runner(
                    new OptionsBuilder()
                        .include("EngineBenchmark.vjp$")
                        .param("workload", workload)
                        .param("threads", "2")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(2)
                        .measurementTime(TimeValue.milliseconds(1))
                        .verbosity(VerboseMode.SILENT)
                        .addProfiler(MachineProbe.class)
                        .addProfiler(GCProfiler.class)
                        .build())
                .runSingle(),
            "vector");
    assertEquals(workload, found.workload());
    assertEquals("vjp", found.task());
    assertEquals(2, found.threads());
    assertEquals(2, found.milliseconds().size());
    assertEquals(System.getProperty("java.version"), found.java());
    assertTrue(found.median() > 0 && found.peakFlops() > 0 && found.passBytes() > 0);
  }

  @Test
  void resultsSurviveTheirFile(@TempDir Path folder) throws Exception {
    List<Measurement> all = List.of(measurement("w3", "vjp", 1, "17.0.9", 4.5, 3.5, 4.0));
    Path file = folder.resolve("results.json");
    Files.writeString(file, new ObjectMapper().writeValueAsString(all));
    assertEquals(all, Benchmarks.read(file));
    assertEquals(4, all.get(0).median());
  }

  @Test
  void aTableHasAColumnForEachJavaAndPeer() {
    String table =
        new Table(
                List.of(
                    measurement("w3", "vjp", 1, "17.0.9", 4.5),
                    measurement("w1-8", "vjp", 1, "17.0.9", 2.25),
                    measurement("w1-8", "vjp", 2, "25+36", 0.625),
                    measurement("w1-8", "vjp", 1, "25+36", 1.2501)),
                PEERS)
            .render();
    List<List<String>> rows =
        table
            .lines()
            .filter(l -> l.startsWith("|"))
            .map(l -> List.of(l.substring(1).replace(" ", "").split("\\|")))
            .toList();
    assertEquals(
        List.of("circuit", "", "threads", "JDK25,ms", "JDK17,ms", "ofpeak", "ofmemory"),
        rows.get(0).subList(0, 7));
    assertEquals("Lightning", rows.get(0).get(8));
    assertEquals(List.of("W1,n=8", "values+VJP", "1", "1.25", "2.25"), rows.get(2).subList(0, 5));
    assertEquals("19.1", rows.get(2).get(8));
    assertEquals(List.of("2", "0.625", ""), rows.get(3).subList(2, 5));
    assertEquals("11.5", rows.get(3).get(8));
    assertEquals(List.of("1", "", "4.5"), rows.get(4).subList(2, 5));
    assertEquals("38\\*", rows.get(4).get(8));
    assertTrue(table.contains("\\* without gradients of the Hermitian entries"), table);
  }

  @Test
  void rowsOfNoiseHaveRatios() {
    String table =
        new Table(
                List.of(
                    measurement("dm-4", "values", 1, "17.0.9", 0.5),
                    measurement("dm-4", "vjp", 1, "17.0.9", 1.6),
                    measurement("dm-4-pure", "values", 1, "17.0.9", 1.0)),
                PEERS)
            .render();
    assertTrue(
        table.contains(
            "- noisy W1, n = 4, values, JDK 17, 1 thread: 0.50 times the row beside it\n"
                + "- noisy W1, n = 4, values + VJP, JDK 17, 1 thread: 3.20 times its own values\n"),
        table);
    assertTrue(Workload.named("dm-4-pure").circuits().get(0).isPure());
    // 4 encoding gates, 4 layers of 12 rotations and 4 CNOT; a channel for each wire of each.
    assertEquals(
        4 + 4 * (12 + 4 * 2),
        Workload.named("dm-4").circuits().get(0).instructions().stream()
            .filter(i -> i instanceof Channel)
            .count());
  }

  @Test
  void trainingStepsHaveShares() {
    String table =
        TrainingSteps.table(
            List.of(
                new TrainingSteps(
                    TrainingBenchmark.Subject.JO2026,
                    2,
                    "25",
                    "a processor",
                    List.of(300.0, 100.0, 200.0),
                    List.of(),
                    0.25,
                    0.5,
                    1.75,
                    81_000,
                    2e9,
                    5e10)));
    assertEquals(
        "| jo2026, 32 images at 10 noise levels | 2 | 25 | 200 |  |  | 25 % | 50 % | 25 % | 1.8 | 81.0 kB | 2000.0 MB | 50.0 |",
        table.lines().skip(2).findFirst().orElseThrow());
  }

  private static Measurement measurement(
      String workload, String task, int threads, String java, Double... milliseconds) {
    return new Measurement(
        workload,
        task,
        threads,
        "vector",
        java,
        "a processor",
        List.of(milliseconds),
        800,
        1e11,
        2e10);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anotherImplementationTellsItsMedian() throws Exception {
    assertEquals(
        OptionalDouble.of(12.5),
        Beside.median("echo loading; echo median 12.5 ms, least 11 ms, of", "control", 2));
    assertEquals(OptionalDouble.empty(), Beside.median("true", "control", 2));
    assertEquals(OptionalDouble.of(7), Beside.median("printf 'median %.0s%s ms'", "control", 7));
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> Beside.median("echo no; exit 3 #", "jo2026", 1));
    assertTrue(e.getMessage().contains("ended with status 3 and printed \"no\""), e.getMessage());
  }

  @Test
  void aTableOfStepsHasTheRatioToTheOther() {
    String table =
        TrainingSteps.table(
            List.of(
                steps(List.of(10.0, 20.0, 12.0), List.of(30.0, 18.0)),
                steps(List.of(10.0), List.of())));
    assertTrue(table.contains("| 1 | 17 | 12 | 24 | 2.00x | 50 % |"), table);
    assertTrue(table.contains("| 1 | 17 | 10 |  |  | 50 % |"), table);
  }

  private static TrainingSteps steps(List<Double> own, List<Double> beside) {
    return new TrainingSteps(
        TrainingBenchmark.Subject.CONTROL, 1, "17", "cpu", own, beside, 0.5, 0.25, 1, 1e6, 1e9, 1);
  }
}
