package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;

class SpectrumTest {

  @Test
  void eigenvaluesOfPaulis() {
    Circuit one = Circuit.builder(1).expectHermitian(0).build();
    // 3 + 2 Y: eigenvalues 1 and 5.
    check(1, 5, Spectrum.of(one, new double[] {3, 3, 0, -2}));
    // X - 4 Z
    check(-Math.sqrt(17), Math.sqrt(17), Spectrum.of(one, new double[] {-4, 4, 1, 0}));
  }

  @Test
  void rangeOfAllObservablesTogether() {
    Circuit two = Circuit.builder(2).expectHermitian(0).expectHermitian(1, 0).build();
    double[] entries = new double[4 + 16];
    entries[0] = -7;
    entries[1] = 2;
    // The entry (1, 2) of the second: the fourth of the upper triangle's six.
    entries[4 + 4 + 3] = 3;
    entries[4 + 4 + 6 + 3] = 4;
    check(-7, 5, Spectrum.of(two, entries));
  }

  private static void check(double least, double greatest, Spectrum found) {
    assertEquals(least, found.least(), 1e-12);
    assertEquals(greatest, found.greatest(), 1e-12);
  }
}
