package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.ansatz.sim.SimAnsatz;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.engine.statevector.StateVectorEngine;

class BenchReportTest {
  private static final BenchSettings SETTINGS = BenchSettings.DEFAULTS.withPairs(300);
  @TempDir Path folder;

  private static BenchCase sim(int wires, int layers) {
    return BenchCase.of(
        "", Optional.empty(), "sim", Optional.of(new SimAnsatz(2)), "", wires, layers);
  }

  private List<BenchRow> report(List<BenchCase> cases) throws IOException {
    BenchReport report = new BenchReport(folder);
    CircuitBench.Listener listener =
        new CircuitBench.Listener() {
          @Override
          public void begins(BenchCase circuit, long done, long total) {}

          @Override
          public void measured(BenchCase circuit, StateFigures figures) throws IOException {
            report.picture(circuit, SETTINGS, figures);
          }

          @Override
          public boolean stopped() {
            return false;
          }
        };
    BenchTable table = BenchTable.in(folder.resolve("bench.csv"));
    List<BenchRow> rows =
        new CircuitBench(new StateVectorEngine(), SETTINGS).run(cases, table, listener).rows();
    assertEquals(folder.resolve("report.md"), report.write(rows));
    return rows;
  }

  @Test
  void everyPictureThatTheReportNamesIsThere() throws IOException {
    // Also of circuits that were measured before.
    report(List.of(sim(2, 1)));
    List<BenchRow> rows = report(List.of(sim(2, 1), sim(2, 2), sim(8, 1)));
    String text = Files.readString(folder.resolve("report.md"));
    List<String> pictures =
        Stream.of(text.split("\\]\\(")).skip(1).map(s -> s.substring(0, s.indexOf(')'))).toList();
    assertEquals(2 + 2 * 3, pictures.size(), text);
    for (String picture : pictures) {
      assertTrue(Files.readString(folder.resolve(picture)).endsWith("</svg>\n"), picture);
    }
    assertEquals(3, text.lines().filter(l -> l.startsWith("| sim |")).count());
    assertTrue(text.contains("| equal-mass |"), text);
    assertEquals(3, rows.size());
  }

  @Test
  void trainabilityIsShownWhereItWasMeasured() throws IOException {
    BenchSettings settings = SETTINGS.withInitialisations(5);
    List<BenchCase> cases = List.of(sim(2, 1), sim(3, 1));
    List<BenchRow> rows =
        cases.stream()
            .map(
                c ->
                    BenchRow.of(
                        c,
                        settings,
                        StateFigures.measure(new StateVectorEngine(), c.circuit(), settings),
                        Trainability.measure(new StateVectorEngine(), c, 5, 1)))
            .toList();
    new BenchReport(folder).write(rows);
    String text = Files.readString(folder.resolve("report.md"));
    assertTrue(text.contains("![Variance of gradients against wires](gradients.svg)"), text);
    for (BenchRow row : rows) {
      List<Double> spectrum = row.spectrum();
      int angles = spectrum.size();
      assertEquals(Integer.parseInt(row.text("angles")), angles);
      String end =
          String.format(
              Locale.ROOT,
              " | %.3g | %.2g |",
              spectrum.get(0),
              (spectrum.get(angles / 2 - 1) + spectrum.get(angles / 2)) / 2);
      String begin = "| sim | 1 | " + angles + " | 5 |";
      assertEquals(
          1, text.lines().filter(l -> l.startsWith(begin) && l.endsWith(end)).count(), text);
      String name = "spectrum-" + row.wires() + ".svg";
      assertTrue(text.contains("](" + name + ")"), text);
      String svg = Files.readString(folder.resolve(name));
      assertTrue(svg.contains(row.wires() + " wires, 1 layer;"), svg);
    }
    assertTrue(Files.readString(folder.resolve("gradients.svg")).contains(">sim, 1 layer<"));
  }

  /** Angles that move nothing have a spectrum of zeros, which has no place on the axis. */
  @Test
  void aSpectrumOfZerosLeavesThePictureEmpty() throws IOException {
    Ansatz idle =
        new Ansatz() {
          @Override
          public List<Integer> angleShape(int wires, int layers) {
            return List.of(wires);
          }

          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            for (int wire = 0; wire < circuit.wires(); wire++) {
              circuit.rz(wire, angles.at(wire));
            }
          }
        };
    BenchCase circuit = BenchCase.of("", Optional.empty(), "idle", Optional.of(idle), "", 2, 1);
    BenchSettings settings = SETTINGS.withInitialisations(3);
    BenchRow row =
        BenchRow.of(
            circuit,
            settings,
            StateFigures.measure(new StateVectorEngine(), circuit.circuit(), settings),
            Trainability.measure(new StateVectorEngine(), circuit, 3, 1));
    assertEquals(List.of(0.0, 0.0), row.spectrum());
    new BenchReport(folder).write(List.of(row));
    assertTrue(Files.readString(folder.resolve("report.md")).contains(" | 0.00 | 0.0 |"));
    assertTrue(Files.readString(folder.resolve("spectrum-2.svg")).endsWith("</svg>\n"));
  }

  @Test
  void allPointsAreInFiles() throws IOException {
    report(List.of(sim(3, 1)));
    Path pictures;
    try (Stream<Path> all = Files.list(folder.resolve("circuits"))) {
      pictures = all.findFirst().orElseThrow();
    }
    List<String> bins = Files.readAllLines(pictures.resolve("fidelity.csv"));
    assertEquals("from,to,pairs,haar", bins.get(0));
    assertEquals(300, bins.stream().skip(1).mapToInt(l -> Integer.parseInt(l.split(",")[2])).sum());
    assertEquals(
        300,
        bins.stream().skip(1).mapToDouble(l -> Double.parseDouble(l.split(",")[3])).sum(),
        1e-9);
    List<String> points = Files.readAllLines(pictures.resolve("bloch.csv"));
    assertEquals(1 + 3 * 300, points.size());
    String svg = Files.readString(pictures.resolve("bloch.svg"));
    // Of each wire and view the circuit's points and as many random ones.
    assertEquals(2 * 3 * 4 * 300, svg.split("h0").length - 1);
    assertTrue(svg.contains(">wire 2<"), svg);
  }

  /** The state 0 is at the top of the views that show z upwards, and in the middle from above. */
  @Test
  void aPointIsDrawnWhereItIs() {
    String svg = BlochPicture.svg("zero", new double[][][] {{{0, 0, 1}}});
    assertTrue(svg.contains("<path d=\"M165.0 165.0h0\" stroke=\"#0072b2\""), svg);
    assertTrue(svg.contains("<path d=\"M355.0 95.0h0\" stroke=\"#0072b2\""), svg);
    assertTrue(svg.contains("<path d=\"M545.0 95.0h0\" stroke=\"#0072b2\""), svg);
  }
}
