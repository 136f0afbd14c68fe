package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;

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

  @Test
  void clippingCutsEigenvaluesAndKeepsVectors() {
    Circuit two = Circuit.builder(2).expectHermitian(0).expectHermitian(1, 0).build();
    double[] entries = new double[4 + 16];
    // 3 + 2 Y has 1 and 5: cut at 4 it is 2.5 + 1.5 Y.
    entries[0] = entries[1] = 3;
    entries[3] = -2;
    for (int e = 4; e < 20; e++) {
      entries[e] = Math.sin(e);
    }
    double[] second = java.util.Arrays.copyOfRange(entries, 4, 20);
    assertTrue(Spectrum.clip(two, entries, 4));
    assertArrayEquals(new double[] {2.5, 2.5, 0, -1.5}, java.util.Arrays.copyOf(entries, 4), 1e-12);
    assertArrayEquals(second, java.util.Arrays.copyOfRange(entries, 4, 20));
    assertFalse(Spectrum.clip(two, entries, 4.0000001));
    double[] before = entries.clone();
    assertTrue(Spectrum.clip(two, entries, 1));
    Spectrum clipped = Spectrum.of(two, entries);
    assertEquals(1, Math.max(-clipped.least(), clipped.greatest()), 1e-12);
    // The nearest: what was taken away is positive where H is at the bound, and nothing elsewhere.
    double inner = 0;
    for (int e = 4; e < 20; e++) {
      inner += (e < 8 ? 1 : 2) * (before[e] - entries[e]) * entries[e];
    }
    double trace = 0;
    double[] difference = new double[20];
    for (int e = 4; e < 20; e++) {
      difference[e] = before[e] - entries[e];
    }
    for (double value : values(two, difference)) {
      trace += Math.abs(value) / 2;
    }
    assertEquals(trace, inner, 1e-9);
  }

  @Test
  void boundIsThatOfTheLargestMatrix() {
    Circuit two = Circuit.builder(2).expectHermitian(0).expectHermitian(1, 0).build();
    double[] entries = new double[4 + 16];
    // 3 + 2 Y, whose largest eigenvalue is 5.
    entries[0] = entries[1] = 3;
    entries[3] = -2;
    assertEquals(Math.sqrt(26), Spectrum.bound(two, entries), 1e-12);
    entries[4 + 4 + 3] = 3;
    entries[4 + 4 + 6 + 3] = 4;
    assertEquals(Math.sqrt(50), Spectrum.bound(two, entries), 1e-12);
    entries[7] = Double.NaN;
    assertTrue(Double.isNaN(Spectrum.bound(two, entries)));
    assertEquals(
        0,
        Spectrum.bound(Circuit.builder(1).expect(PauliTerm.of(Pauli.Z, 0)).build(), new double[0]));
  }

  /** Every eigenvalue of the second observable twice. */
  private static double[] values(Circuit circuit, double[] entries) {
    return Spectrum.eigenvalues((Observable.Hermitian) circuit.observables().get(1), entries);
  }

  private static void check(double least, double greatest, Spectrum found) {
    assertEquals(least, found.least(), 1e-12);
    assertEquals(greatest, found.greatest(), 1e-12);
  }
}
