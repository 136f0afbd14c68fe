package org.ketloom.model.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ketloom.api.part.Options;
import org.ketloom.nn.NoiseSchedule;

class NoiseScheduleTest {

  /**
   * The schedule of arXiv 2602.03405: beta, abar, and the posterior mean's coefficients of x0 and
   * x_t.
   */
  @Test
  void scheduleOfThePaper() {
    NoiseSchedule schedule = Options.defaults(Jo2026.class).schedule();
    assertEquals(10, schedule.steps());
    double[][] table = {
      {.00010, .99990, .9999, .0100, 1.0000, 0.0000},
      {.00209, .99781, .9989, .0468, .9544, .0456},
      {.00408, .99374, .9969, .0791, .6510, .3490},
      {.00607, .98771, .9938, .1109, .4922, .5078},
      {.00806, .97975, .9898, .1423, .3955, .6045},
      {.01005, .96990, .9848, .1735, .3305, .6695},
      {.01204, .95822, .9789, .2044, .2838, .7161},
      {.01403, .94478, .9720, .2350, .2487, .7512},
      {.01602, .92964, .9642, .2652, .2213, .7786},
      {.01801, .91290, .9555, .2951, .1994, .8005}
    };
    for (int t = 1; t <= 10; t++) {
      NoiseSchedule.Posterior posterior = schedule.posterior(t - 1, t);
      assertArrayEquals(
          table[t - 1],
          new double[] {
            1 - schedule.alphaBar(t) / schedule.alphaBar(t - 1),
            schedule.alphaBar(t),
            schedule.signal(t),
            schedule.noise(t),
            posterior.ofImage(),
            posterior.ofNoisy()
          },
          5.1e-5,
          "t = " + t);
    }
  }

  @ParameterizedTest
  @EnumSource(NoiseSchedule.Shape.class)
  void noiseGrowsFromAlmostNoneToAlmostAll(NoiseSchedule.Shape shape) {
    for (int steps : new int[] {10, 100, 1000}) {
      NoiseSchedule schedule = NoiseSchedule.of(shape, steps);
      assertEquals(1, schedule.alphaBar(0));
      for (int t = 1; t <= steps; t++) {
        assertTrue(schedule.alphaBar(t) < schedule.alphaBar(t - 1));
      }
      assertTrue(schedule.alphaBar(steps) < 1e-3, "abar_T = " + schedule.alphaBar(steps));
    }
  }

  /** Jumping from t to s and on to r is jumping from t to r: the variances and means compose. */
  @Test
  void posteriorAgreesWithBayes() {
    NoiseSchedule schedule = NoiseSchedule.of(NoiseSchedule.Shape.COSINE, 50);
    int s = 13;
    int t = 29;
    double as = schedule.alphaBar(s);
    double step = schedule.alphaBar(t) / as;
    // Prior x_s ~ N(sqrt(as) x0, 1 - as), likelihood x_t ~ N(sqrt(step) x_s, 1 - step).
    double precision = 1 / (1 - as) + step / (1 - step);
    NoiseSchedule.Posterior posterior = schedule.posterior(s, t);
    assertEquals(1 / precision, posterior.variance(), 1e-12);
    assertEquals(Math.sqrt(as) / (1 - as) / precision, posterior.ofImage(), 1e-12);
    assertEquals(Math.sqrt(step) / (1 - step) / precision, posterior.ofNoisy(), 1e-12);
  }

  @Test
  void visitsStepsEvenlyFromTheLast() {
    NoiseSchedule schedule = NoiseSchedule.of(NoiseSchedule.Shape.LINEAR, 10);
    assertArrayEquals(new int[] {10, 8, 5, 3}, schedule.visited(4));
    assertArrayEquals(new int[] {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, schedule.visited(10));
    assertThrows(IllegalArgumentException.class, () -> schedule.visited(11));
    assertThrows(IllegalArgumentException.class, () -> schedule.visited(0));
  }

  @Test
  void refusesBetasOutOfRange() {
    assertEquals(
        "beta_2 must lie between 0 and 1, found NaN",
        assertThrows(
                IllegalArgumentException.class,
                () -> NoiseSchedule.ofBetas(new double[] {0.1, Double.NaN}))
            .getMessage());
  }
}
