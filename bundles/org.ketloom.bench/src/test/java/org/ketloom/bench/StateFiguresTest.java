package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.ansatz.sim.SimAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Uploads;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.engine.statevector.StateVectorEngine;

class StateFiguresTest {
  private static final BenchSettings SETTINGS = BenchSettings.DEFAULTS.withSeed(11);

  /** States behind the reference's table, whose sampling error is taken for that of 3,000 pairs. */
  private static final double REFERENCE_PAIRS = 3000;

  private static QuantumEngine engine(int threads) {
    return new StateVectorEngine(
        new StateVectorEngine.Config() {
          @Override
          public int threads() {
            return threads;
          }

          @Override
          public Class<? extends Annotation> annotationType() {
            return StateVectorEngine.Config.class;
          }
        });
  }

  private static StateFigures measure(Circuit circuit, BenchSettings settings) {
    return StateFigures.measure(engine(2), circuit, settings);
  }

  /** H and a rotation about Z, or about Z and X: examples of the paper, on a single qubit. */
  private static Circuit single(boolean x) {
    CircuitBuilder builder = Circuit.builder(1);
    Angles angles = builder.sampleAngles(x ? 2 : 1);
    builder.h(0).rz(0, angles.at(0));
    return (x ? builder.rx(0, angles.at(1)) : builder).build();
  }

  @Test
  void singleQubitsOfThePaper() {
    Expressibility turned = measure(single(false), SETTINGS).expressibility();
    assertEquals(.203, turned.divergence(), .03);
    assertEquals(.19612, turned.corrected(), 4 * turned.error());
    assertTrue(turned.error() < .011, "error " + turned.error());
    Expressibility many = measure(single(false), SETTINGS.withPairs(400_000)).expressibility();
    assertEquals(.19612, many.corrected(), 4 * many.error());
    Expressibility both = measure(single(true), SETTINGS.withPairs(400_000)).expressibility();
    assertEquals(.0112, both.corrected(), 5e-5 + 4 * both.error());
    assertEquals(.0186, measure(single(true), SETTINGS).expressibility().divergence(), 3 * .0024);
    assertFalse(both.atFloor());
  }

  /** Divergence and Q of each circuit, of one to three layers on four wires. */
  @ParameterizedTest
  @CsvSource({
    "1,.292,0,.201,0,.195,0",
    "2,.288,.63,.018,.68,.0014,.78",
    "3,.245,.18,.077,.33,.033,.44",
    "4,.131,.31,.027,.47,.010,.55",
    "5,.050,.29,.0029,.58,.0002,.71",
    "6,.0004,.69,0,.81,0,.82",
    "7,.102,.22,.034,.41,.015,.51",
    "8,.071,.29,.022,.47,.008,.56",
    "9,.677,1.00,.426,1.00,.025,1.00",
    "10,.239,.37,.149,.57,.132,.65",
    "11,.140,.53,.009,.67,.0009,.74",
    "12,.177,.40,.022,.58,.004,.67",
    "13,.059,.41,.004,.63,.0003,.72",
    "14,.0098,.54,.0002,.73,0,.80",
    "15,.176,.71,.118,.77,.115,.77",
    "16,.249,.17,.076,.33,.036,.43",
    "17,.135,.30,.029,.45,.010,.55",
    "18,.237,.22,.051,.41,.012,.55",
    "19,.068,.38,.005,.60,.0004,.70"
  })
  void theNineteenCircuits(
      int number, String e1, double q1, String e2, double q2, String e3, double q3) {
    String[] divergences = {e1, e2, e3};
    double[] entanglements = {q1, q2, q3};
    for (int layers = 1; layers <= 3; layers++) {
      String what = "circuit " + number + ", " + layers + " layers";
      StateFigures found =
          measure(Ensembles.of(new SimAnsatz(number), 4, layers), SETTINGS.withPairs(10_000));
      Expressibility e = found.expressibility();
      String printed = divergences[layers - 1];
      double digit = printed.equals("0") ? 2e-4 : Math.pow(10, 1 - printed.length());
      double error = e.error() * Math.sqrt(1 + e.pairs() / REFERENCE_PAIRS);
      assertEquals(
          Double.parseDouble(printed), e.corrected(), digit / 2 + 3 * error, what + ": " + e);
      Summary q = found.entanglement().meyerWallach();
      double qError = q.deviation() * Math.sqrt(1 / 1500.0 + 1.0 / q.count());
      assertEquals(entanglements[layers - 1], q.mean(), .005 + 3 * qError, what + ": " + q);
    }
  }

  /**
   * The published table of the two-qubit blocks with cluster-state mixing (arXiv 2602.03405):
   * divergence by the centre estimator, of all pairs of 300 states, after RY(pi/4) on every wire.
   * Without the estimator's errors two layers diverge by 0.0001, and more not at all.
   */
  @ParameterizedTest
  @CsvSource({"1,.0072,.6486", "2,.0020,.7736", "3,.0019,.7962", "4,.0020,.8123", "5,.0020,.8234"})
  void thePublishedTableOfTheClusterState(int layers, double divergence, double entanglement) {
    TwoQubitAnsatz ansatz =
        new TwoQubitAnsatz(TwoQubitAnsatz.Block.CORE, TwoQubitAnsatz.Pattern.LINE, true);
    CircuitBuilder builder = Circuit.builder(4);
    for (int wire = 0; wire < 4; wire++) {
      builder.ry(wire, Angle.constant(Math.PI / 4));
    }
    int[] shape = ansatz.angleShape(4, layers).stream().mapToInt(Integer::intValue).toArray();
    ansatz.append(builder, layers, builder.sampleAngles(shape));
    Circuit circuit = builder.build();
    StateFigures found =
        measure(circuit, SETTINGS.withPairs(300 * 299 / 2).withEstimator(Estimator.CENTRE));
    Expressibility e = found.expressibility();
    double error = layers == 1 ? e.error() : e.floor().deviation();
    assertEquals(divergence, e.divergence(), 3 * error);
    Summary q = found.entanglement().meyerWallach();
    assertEquals(entanglement, q.mean(), 3 * q.deviation() * Math.sqrt(1 / 300.0));
    Expressibility unbiased =
        measure(circuit, SETTINGS.withPairs(100_000).withEstimator(Estimator.MASS))
            .expressibility();
    assertEquals(
        layers == 1 ? .0055 : layers == 2 ? .0001 : 0,
        unbiased.corrected(),
        4 * Math.max(unbiased.error(), unbiased.floor().deviation()));
  }

  /** All pairs of 500 states: an error of discretisation of 0.00156, and sampling. */
  @Test
  void whatThePublishedBestValueIs() {
    Expressibility.Floor floor = FidelityBins.of(Estimator.CENTRE, 4, 75).floor(500 * 499 / 2);
    assertEquals(.0017, floor.mean(), 5e-5);
  }

  @Test
  void neitherThreadsNorBatchesMatter() {
    // More states than the engine is given at a time.
    Circuit circuit = Ensembles.of(new SimAnsatz(19), 9, 1);
    StateFigures one = StateFigures.measure(engine(1), circuit, SETTINGS);
    StateFigures four = StateFigures.measure(engine(4), circuit, SETTINGS);
    assertArrayEquals(one.fidelities(), four.fidelities());
    assertEquals(one.entanglement(), four.entanglement());
    assertEquals(one.expressibility(), four.expressibility());
    assertEquals(Estimator.EQUAL_MASS, one.expressibility().estimator());
    StateFigures fewer = StateFigures.measure(engine(2), circuit, SETTINGS.withPairs(100));
    assertArrayEquals(fewer.fidelities(), Arrays.copyOf(one.fidelities(), 100));
    assertFalse(
        Arrays.equals(
            fewer.fidelities(),
            measure(circuit, SETTINGS.withPairs(100).withSeed(12)).fidelities()));
  }

  @Test
  void anEncodingHasItsFeaturesAndWeightsDrawn() {
    CircuitBuilder builder = Circuit.builder(2);
    Uploads.append(
        builder,
        new ReuploadingEncoding(),
        builder.features(2),
        new SimAnsatz(9),
        2,
        builder::sampleAngles);
    StateFigures found = measure(builder.build(), SETTINGS);
    assertTrue(found.expressibility().divergence() < .3);
    assertEquals(4, found.bloch()[0].length * 2);
  }

  /** Two rows of orthogonal states: no pair has a row twice. */
  @Test
  void thePairsOfDataAreOfDifferentRows() {
    CircuitBuilder builder = Circuit.builder(1);
    builder.ry(0, builder.features(1).at(0));
    double[][] rows = {{0}, {Math.PI}};
    StateFigures found =
        StateFigures.measure(
            engine(1), builder.build(), new double[0], Optional.of(rows), SETTINGS.withPairs(20));
    assertArrayEquals(new double[20], found.fidelities(), 1e-30);
    assertEquals(List.of(), found.entanglement().cuts());
  }

  @Test
  void whatACircuitReadsDoesntMatter() {
    CircuitBuilder builder = Ensembles.of(new SimAnsatz(4), 3, 1).toBuilder();
    Circuit reading = builder.expect(PauliTerm.parse("Z0")).expectHermitian(0, 1).build();
    assertArrayEquals(
        measure(Ensembles.of(new SimAnsatz(4), 3, 1), SETTINGS.withPairs(50)).fidelities(),
        measure(reading, SETTINGS.withPairs(50)).fidelities());
  }

  @Test
  void noiseIsRefused() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.h(0).depolarizing(Angle.constant(0.1), 0);
    String message =
        assertThrows(IllegalArgumentException.class, () -> measure(builder.build(), SETTINGS))
            .getMessage();
    assertTrue(message.contains("mean linear entropy"), message);
  }
}
