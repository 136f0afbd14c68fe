package org.ketloom.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.random.SplitMix64;

class PureStateTest {
  /** Equal amplitudes of some basis states, which start at an odd place of a longer array. */
  private static PureState of(int wires, int... basis) {
    double[] amplitudes = new double[5 + (2 << wires)];
    for (int b : basis) {
      amplitudes[5 + b] = Math.sqrt(1.0 / basis.length);
    }
    return new PureState(amplitudes, 5, wires);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 6, 8})
  void ofKnownStates(int wires) {
    int[] single = IntStream.range(0, wires).map(w -> 1 << w).toArray();
    assertEquals(0, of(wires, 1).meyerWallach(), 1e-14);
    assertEquals(1, of(wires, 0, (1 << wires) - 1).meyerWallach(), 1e-14);
    assertEquals(4.0 * (wires - 1) / (wires * wires), of(wires, single).meyerWallach(), 1e-14);
    for (int cut = 1; cut < wires; cut++) {
      assertEquals(0, of(wires, 1).entropy(cut), 1e-12);
      assertEquals(1, of(wires, 0, (1 << wires) - 1).entropy(cut), 1e-12);
      double p = (double) cut / wires;
      assertEquals(
          -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2),
          of(wires, single).entropy(cut),
          1e-12);
    }
  }

  /** Bell pairs of wires 0, 3 and of 1, 2: two bits in the middle, one beside it. */
  @Test
  void aCutCountsThePairsThatItParts() {
    PureState pairs = of(4, 0b0000, 0b1001, 0b0110, 0b1111);
    assertEquals(1, pairs.entropy(1), 1e-12);
    assertEquals(2, pairs.entropy(2), 1e-12);
    assertEquals(1, pairs.entropy(3), 1e-12);
  }

  /** Eigenstates of X, Y and Z, of which wire 0 is the most significant. */
  @Test
  void blochVectors() {
    double h = Math.sqrt(0.5);
    assertArrayEquals(
        new double[] {1, 0, 0}, new PureState(new double[] {h, h, 0, 0}, 0, 1).bloch(0), 1e-15);
    assertArrayEquals(
        new double[] {0, 1, 0}, new PureState(new double[] {h, 0, 0, h}, 0, 1).bloch(0), 1e-15);
    assertArrayEquals(new double[] {0, 0, -1}, of(2, 0b10).bloch(0), 1e-15);
    assertArrayEquals(new double[] {0, 0, 1}, of(2, 0b10).bloch(1), 1e-15);
  }

  @ParameterizedTest
  @CsvSource({"2,.4", "3,.6667", "4,.8235", "6,.9538", "8,.9883"})
  void ofRandomStates(int wires, double rounded) {
    int count = wires < 5 ? 10_000 : 2000;
    SplitMix64 random = new SplitMix64(wires);
    double[] found = new double[count];
    double[] radius = new double[count];
    double[] entropy = new double[300];
    for (int i = 0; i < count; i++) {
      PureState state = Ensembles.haar(wires, random);
      found[i] = state.meyerWallach();
      double[] r = state.bloch(0);
      radius[i] = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
      for (int cut = 1; cut < wires && i < entropy.length; cut++) {
        entropy[i] += state.entropy(cut) / (wires - 1);
      }
    }
    assertEquals(rounded, Entanglement.ofHaar(wires), 5e-5);
    assertEquals(rounded, Summary.of(found).mean(), 0.01);
    assertEquals(
        3 / (Math.pow(2, wires) + 1),
        Summary.of(radius).mean(),
        Math.min(0.01, 4 * Summary.of(radius).error()));
    assertEquals(
        Entanglement.entropyOfHaar(wires),
        Summary.of(entropy).mean(),
        4 * Summary.of(entropy).error());
  }

  /** Page's formula for two wires, in nats 1/3 + 1/4 - 1/4. */
  @Test
  void theEntropyOfRandomPairs() {
    assertEquals(1 / (3 * Math.log(2)), Entanglement.entropyOfHaar(2), 1e-14);
  }
}
