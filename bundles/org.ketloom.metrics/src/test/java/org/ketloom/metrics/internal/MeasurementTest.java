package org.ketloom.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasurementTest {

  /** Once seed 15500 began with the second piece of seed 0, and seed 1 with what seed 0 ends on. */
  @Test
  void noTwoEvaluationsShareAPieceOfNoise() {
    Set<Long> seen = new HashSet<>();
    for (long seed = -200; seed <= 200; seed++) {
      for (long far : new long[] {0, 15_500, 31_000, 1L << 32}) {
        for (int purpose = 0; purpose < 2; purpose++) {
          for (int from = 0; from <= 10_000; from += 500) {
            assertTrue(
                seen.add(Measurement.noise(far + seed, purpose, from)),
                () -> "noise of another piece at seed " + far);
          }
        }
      }
    }
    assertEquals(401 * 4 * 2 * 21, seen.size());
  }
}
