package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.ansatz.sim.SimAnsatz;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.metrics.GradientVariance;

class TrainabilityTest {
  /** k of 1000 data. */
  private static final double CONSTANT = 1000 / (2 * Math.PI * Math.log(1000));

  private final StateVectorEngine engine = new StateVectorEngine();

  /** Rotations of wire 0 about the same axis, once or twice. */
  private record Turns(boolean z, int times) implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(times);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int i = 0; i < times; i++) {
        if (z) {
          circuit.rz(0, angles.at(i));
        } else {
          circuit.rx(0, angles.at(i));
        }
      }
    }
  }

  private static BenchCase alone(Ansatz ansatz, int wires, int layers) {
    return BenchCase.of("", Optional.empty(), "some", Optional.of(ansatz), "", wires, layers);
  }

  /** Each of these has a Fisher information that doesn't depend on the angles. */
  @ParameterizedTest
  @CsvSource({"false,1,1", "false,2,1", "false,5,1", "true,1,0"})
  void ofRotations(boolean z, int times, int rank) {
    Trainability found = Trainability.measure(engine, alone(new Turns(z, times), 1, 1), 10, 1);
    assertEquals(rank, found.fisherRank());
    assertEquals(
        rank * Math.log1p(CONSTANT * times) / (times * Math.log(CONSTANT)),
        found.effectiveDimension(),
        1e-10);
    assertEquals(rank * times, found.spectrum().get(0), 1e-10);
    assertTrue(Double.isNaN(found.gradientVariance()));
  }

  /** Rotations of single wires reach 2 directions each, a deep circuit all of 2^(n+1) - 2. */
  @Test
  void theRankIsTheNumberOfDirections() {
    assertEquals(6, Trainability.measure(engine, alone(new SimAnsatz(1), 3, 2), 5, 1).fisherRank());
    assertEquals(
        14, Trainability.measure(engine, alone(new SimAnsatz(6), 3, 2), 5, 1).fisherRank());
  }

  @Test
  void gradientsAreThoseOfTheStudy() {
    Trainability found = Trainability.measure(engine, alone(new SimAnsatz(2), 4, 3), 100, 5);
    GradientVariance.Estimate expected =
        GradientVariance.estimate(engine, new SimAnsatz(2), 4, 3, 2 * Math.PI, 100, 5);
    assertEquals(expected.variance(), found.gradientVariance());
    assertEquals(expected.error(), found.gradientVarianceError());
  }

  /** A mean over inputs has no fewer directions than each of them. */
  @Test
  void encodingsAreAveragedOver() {
    BenchCase encoded =
        BenchCase.of(
            "reuploading",
            Optional.of(new ReuploadingEncoding()),
            "sim",
            Optional.of(new SimAnsatz(1)),
            "",
            2,
            1);
    Trainability found = Trainability.measure(engine, encoded, 5, 1);
    assertEquals(8, encoded.shared().weights());
    assertEquals(8, found.spectrum().size());
    assertEquals(8, found.spectrum().stream().mapToDouble(e -> e).sum(), 1e-9);
    assertTrue(found.fisherRank() > 4, "rank " + found.fisherRank());
    assertTrue(found.gradientVariance() > 0);
  }

  /** Most of these angles move the state as others do: the matrices have many zero eigenvalues. */
  @Test
  void redundantAnglesAreNoProblem() {
    for (int layers = 1; layers <= 5; layers++) {
      BenchCase redundant =
          BenchCase.of(
              "reuploading",
              Optional.of(new ReuploadingEncoding()),
              "",
              Optional.empty(),
              "",
              4,
              layers);
      Trainability found = Trainability.measure(engine, redundant, 50, layers);
      assertEquals(8 * layers, found.spectrum().size());
      assertTrue(found.fisherRank() <= 8 * layers && found.fisherRank() >= 8);
      assertTrue(found.effectiveDimension() > 0);
    }
  }

  @Test
  void whatHasNoAnglesHasNothingToTrain() {
    BenchCase fixed =
        BenchCase.of(
            "reuploading",
            Optional.of(new ReuploadingEncoding("y", 1, false, false, 0)),
            "",
            Optional.empty(),
            "",
            2,
            1);
    assertEquals(Trainability.UNKNOWN, Trainability.measure(engine, fixed, 5, 1));
  }
}
