package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.ansatz.sim.SimAnsatz;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.engine.statevector.StateVectorEngine;

class CircuitBenchTest {
  private static final BenchSettings SETTINGS = BenchSettings.DEFAULTS.withPairs(200).withSeed(3);
  private final StateVectorEngine engine = new StateVectorEngine();
  @TempDir Path folder;

  private static BenchCase sim(int number, int wires, int layers) {
    return BenchCase.of(
        "",
        Optional.empty(),
        "sim",
        Optional.of(new SimAnsatz(number)),
        "ansatz.circuit=" + number,
        wires,
        layers);
  }

  /** Notes what is measured, and stops after some circuits. */
  private static final class Notes implements CircuitBench.Listener {
    final List<String> measured = new ArrayList<>();
    final int most;

    Notes(int most) {
      this.most = most;
    }

    @Override
    public void begins(BenchCase circuit, long done, long total) {
      assertTrue(done < total, done + " of " + total);
    }

    @Override
    public void measured(BenchCase circuit, StateFigures figures) {
      measured.add(circuit.title() + " " + circuit.layers());
    }

    @Override
    public boolean stopped() {
      return measured.size() == most;
    }
  }

  @Test
  void anInterruptedBenchGoesOnWhereItWas() throws IOException {
    List<BenchCase> cases = List.of(sim(2, 3, 1), sim(2, 3, 2), sim(9, 3, 1));
    Path file = folder.resolve("bench.csv");
    CircuitBench bench = new CircuitBench(engine, SETTINGS);
    CircuitBench.Result first = bench.run(cases, BenchTable.in(file), new Notes(1));
    assertFalse(first.complete());
    assertEquals(1, first.rows().size());

    Notes rest = new Notes(9);
    CircuitBench.Result second = bench.run(cases, BenchTable.in(file), rest);
    assertEquals(List.of("sim ansatz.circuit=2 2", "sim ansatz.circuit=9 1"), rest.measured);
    assertTrue(second.complete());
    assertEquals(1, second.kept());

    CircuitBench.Result whole = bench.run(cases, BenchTable.inMemory(), new Notes(9));
    assertEquals(whole.rows(), second.rows());
    assertEquals(whole.rows(), BenchTable.in(file).rows());
    assertTrue(Files.readString(file).startsWith("encoding,ansatz,options,wires,layers,angles,"));
  }

  @Test
  void otherSettingsAreOtherRows() throws IOException {
    BenchTable table = BenchTable.in(folder.resolve("bench.csv"));
    List<BenchCase> cases = List.of(sim(4, 2, 1));
    for (BenchSettings settings :
        List.of(
            SETTINGS,
            SETTINGS.withSeed(4),
            SETTINGS.withPairs(201),
            SETTINGS.withEstimator(Estimator.EQUAL_MASS))) {
      Notes notes = new Notes(9);
      new CircuitBench(engine, settings).run(cases, table, notes);
      assertEquals(1, notes.measured.size());
    }
    assertEquals(4, table.rows().size());
    Notes notes = new Notes(9);
    new CircuitBench(engine, SETTINGS.withEstimator(Estimator.MASS)).run(cases, table, notes);
    assertEquals(List.of(), notes.measured);
  }

  /** Whatever else is measured, in whatever order. */
  @Test
  void aRowDependsOnItsCircuitAlone() throws IOException {
    CircuitBench bench = new CircuitBench(engine, SETTINGS);
    BenchRow alone =
        bench.run(List.of(sim(6, 3, 2)), BenchTable.inMemory(), new Notes(9)).rows().get(0);
    List<BenchRow> both =
        bench.run(List.of(sim(5, 3, 2), sim(6, 3, 2)), BenchTable.inMemory(), new Notes(9)).rows();
    assertEquals(alone, both.get(1));
  }

  @Test
  void aFileThatIsSomethingElseIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("loss.csv"), "step,loss\n1,0.5\n");
    String message = assertThrows(IOException.class, () -> BenchTable.in(file)).getMessage();
    assertTrue(message.contains("loss.csv isn't a table of the circuit bench"), message);
    assertTrue(message.contains("\"step,loss\""), message);
  }

  @Test
  void theSpectrumIsInTheFile() throws IOException {
    Path file = folder.resolve("bench.csv");
    CircuitBench bench = new CircuitBench(engine, SETTINGS.withInitialisations(3));
    List<BenchCase> cases = List.of(sim(2, 2, 1), sim(9, 3, 2));
    List<BenchRow> rows = bench.run(cases, BenchTable.in(file), new Notes(9)).rows();
    for (BenchRow row : rows) {
      int angles = Integer.parseInt(row.text("angles"));
      assertEquals(angles, row.spectrum().size());
      assertEquals(angles, row.spectrum().stream().mapToDouble(e -> e).sum(), 1e-9);
    }
    assertEquals(rows, BenchTable.in(file).rows());

    String text = Files.readString(file);
    String last = text.substring(text.lastIndexOf(' ') + 1).strip();
    Files.writeString(file, text.replace(" " + last, " few"));
    String message = assertThrows(IOException.class, () -> BenchTable.in(file)).getMessage();
    assertTrue(message.endsWith("row 2: fisherSpectrum is \"few\", expected a number"), message);
  }

  @Test
  void namesWithCommasAreQuoted() throws IOException {
    BenchCase odd =
        BenchCase.of(
            "reuploading",
            Optional.of(new ReuploadingEncoding()),
            "sim",
            Optional.of(new SimAnsatz(9)),
            "a=\"x\",b",
            1 + 1,
            2);
    Path file = folder.resolve("bench.csv");
    CircuitBench bench = new CircuitBench(engine, SETTINGS);
    bench.run(List.of(odd), BenchTable.in(file), new Notes(9));
    BenchRow row = BenchTable.in(file).rows().get(0);
    assertEquals("reuploading + sim a=\"x\",b", row.title());
    assertEquals(2, row.wires());
    assertEquals(2, row.layers());
    assertEquals("12", row.text("angles"));
    assertEquals(200, Integer.parseInt(row.text("pairs")));
  }

  @Test
  void partsAreNeeded() {
    assertEquals(
        "a circuit needs an encoding or an ansatz",
        assertThrows(
                IllegalArgumentException.class,
                () -> BenchCase.of("", Optional.empty(), "", Optional.empty(), "", 2, 1))
            .getMessage());
  }
}
