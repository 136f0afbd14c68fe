package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.random.SplitMix64;

class FidelityBinsTest {
  private static double[] masses(FidelityBins bins) {
    return IntStream.range(0, bins.count()).mapToDouble(bins::mass).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 8, 10, 12})
  void probabilitiesAddUpToOne(int wires) {
    for (Estimator estimator : Estimator.values()) {
      FidelityBins bins = FidelityBins.of(estimator, wires, 75);
      assertEquals(1, Arrays.stream(masses(bins)).sum(), 1e-12);
    }
  }

  /** All fidelities of a circuit without gates are 1. */
  @ParameterizedTest
  @CsvSource({"1,4.317", "2,12.952", "3,30.222", "4,64.762", "10,4416.8"})
  void ofAnIdleCircuit(int wires, double rounded) {
    double[] ones = new double[100];
    Arrays.fill(ones, 1 + 1e-15);
    double found = FidelityBins.of(Estimator.MASS, wires, 75).expressibility(ones).divergence();
    assertEquals((Math.pow(2, wires) - 1) * Math.log(75), found, 1e-9 * found);
    assertEquals(rounded, found, wires == 10 ? 0.05 : 5e-4);
    assertEquals(
        Math.log(75),
        FidelityBins.of(Estimator.EQUAL_MASS, wires, 75).expressibility(ones).divergence(),
        1e-12);
  }

  /** Random states themselves, without sampling. */
  @ParameterizedTest
  @CsvSource({"3,.0003,5e-5", "4,.00156,5e-6", "5,.0069,5e-5", "6,.0288,5e-5"})
  void theCentreEstimatorHasAnErrorOfDiscretisation(int wires, double expected, double tolerance) {
    FidelityBins centre = FidelityBins.of(Estimator.CENTRE, wires, 75);
    double sum = 0;
    for (int bin = 0; bin < 75; bin++) {
      sum += centre.haar().density((bin + 0.5) / 75) / 75;
    }
    assertEquals(expected, -Math.log(sum), tolerance);
    // A bin's mass differs from what its centre gives, so that this is a little more.
    assertEquals(expected, centre.divergence(masses(centre)), 2 * tolerance + 0.01 * expected);
    FidelityBins mass = FidelityBins.of(Estimator.MASS, wires, 75);
    assertEquals(0, mass.divergence(masses(mass)), 1e-14);
  }

  @ParameterizedTest
  @CsvSource({
    "1,.0075,.0013",
    "2,.0073,.0012",
    "3,.0059,.0011",
    "4,.0036,.0008",
    "6,.0012,.0005",
    "8,.0003,.0003"
  })
  void theFloorOfFiveThousandPairs(int wires, double mean, double deviation) {
    Expressibility.Floor floor = FidelityBins.of(Estimator.MASS, wires, 75).floor(5000);
    // The reference is a mean of some simulated ones.
    assertEquals(mean, floor.mean(), 2.5e-4);
    assertEquals(deviation, floor.deviation(), 1e-4);
  }

  /** Also where a bin holds nearly all, few are occupied, or pairs are few. */
  @ParameterizedTest
  @CsvSource({
    "MASS,1,75,200",
    "MASS,4,75,5000",
    "MASS,7,75,5000",
    "MASS,8,75,5000",
    "MASS,9,75,1000",
    "MASS,2,2,50",
    "CENTRE,4,75,5000",
    "CENTRE,6,75,500",
    "EQUAL_MASS,8,75,5000",
    "EQUAL_MASS,10,20,100"
  })
  void theFloorIsThatOfRandomStates(Estimator estimator, int wires, int count, int pairs) {
    int repetitions = 1500;
    FidelityBins bins = FidelityBins.of(estimator, wires, count);
    double[] found = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      double[] fidelities = Ensembles.haarFidelities(wires, pairs, SplitMix64.mix(i + 1));
      double[] shares =
          Arrays.stream(bins.counts(fidelities)).mapToDouble(c -> (double) c / pairs).toArray();
      found[i] = bins.divergence(shares);
    }
    Summary simulated = Summary.of(found);
    Expressibility.Floor floor = bins.floor(pairs);
    assertEquals(simulated.mean(), floor.mean(), 4 * simulated.error());
    assertEquals(simulated.deviation(), floor.deviation(), 0.08 * simulated.deviation());
  }

  @Test
  void whatIsNearTheFloorSaysSo() {
    FidelityBins bins = FidelityBins.of(Estimator.MASS, 4, 75);
    Expressibility haar = bins.expressibility(Ensembles.haarFidelities(4, 5000, 3));
    assertTrue(haar.atFloor());
    assertEquals(0, haar.corrected(), 3 * haar.floor().deviation());
    assertFalse(bins.expressibility(Ensembles.haarFidelities(3, 5000, 3)).atFloor());
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void everyFidelityHasItsBin(Estimator estimator) {
    FidelityBins bins = FidelityBins.of(estimator, 3, 10);
    assertEquals(0, bins.bin(-1e-17));
    assertEquals(9, bins.bin(1 + 1e-15));
    assertEquals(0, bins.edge(0));
    assertEquals(1, bins.edge(10));
    for (int bin = 0; bin < 10; bin++) {
      assertEquals(bin, bins.bin((bins.edge(bin) + bins.edge(bin + 1)) / 2));
    }
  }

  @Test
  void framePotentialsOfRandomStates() {
    HaarFidelity haar = new HaarFidelity(4);
    assertEquals(1.0 / 16, haar.framePotential(1), 1e-15);
    assertEquals(2.0 / (16 * 17), haar.framePotential(2), 1e-15);
    assertEquals(6.0 / (16 * 17 * 18), haar.framePotential(3), 1e-15);
    assertEquals(0.3, haar.below(haar.quantile(0.3)), 1e-14);
  }
}
