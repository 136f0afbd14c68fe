package org.ketloom.api.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class HaarPreparationTest {
  private static final int WIRES = 4;
  private static final int SIZE = 1 << WIRES;
  private static final int SAMPLES = 400;

  private final HaarPreparation haar = new HaarPreparation(List.of(0, 1, 2, 3), 7);

  /** {@code |<a|b>|^2} of a part of the amplitudes, of unit length each. */
  private static double overlap(double[] a, int fromA, double[] b, int fromB, int length) {
    double re = 0;
    double im = 0;
    double normA = 0;
    double normB = 0;
    for (int i = 0; i < length; i++) {
      double ar = a[fromA + i];
      double ai = a[SIZE + fromA + i];
      double br = b[fromB + i];
      double bi = b[SIZE + fromB + i];
      re += ar * br + ai * bi;
      im += ar * bi - ai * br;
      normA += ar * ar + ai * ai;
      normB += br * br + bi * bi;
    }
    return (re * re + im * im) / (normA * normB);
  }

  /** Independent states of dimension d have a mean overlap of 1 / d, wherever one looks. */
  @Test
  void samplesAreIndependent() {
    for (int apart = 1; apart <= 3; apart++) {
      for (int moved = 0; moved <= 2; moved++) {
        int d = SIZE - moved;
        double sum = 0;
        for (int s = 0; s < SAMPLES; s++) {
          sum += overlap(haar.amplitudes(s), moved, haar.amplitudes(s + apart), 0, d);
        }
        // The overlap has a deviation of about 1 / d: five standard errors.
        assertEquals(
            1.0 / d,
            sum / SAMPLES,
            5.0 / d / Math.sqrt(SAMPLES),
            apart + " apart, moved by " + moved);
      }
    }
  }
}
