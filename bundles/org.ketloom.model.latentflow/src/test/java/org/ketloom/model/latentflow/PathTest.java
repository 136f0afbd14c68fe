package org.ketloom.model.latentflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.part.Options;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.NoiseSchedule;
import org.ketloom.nn.RandomStreams;

/** The ways from noise to data, their solvers, and the scale of the latents. */
class PathTest {
  private static final NoiseSchedule COSINE = NoiseSchedule.of(NoiseSchedule.Shape.COSINE, 50);

  private static SamplingOptions how(String sampler, int steps) {
    return Options.with(
        Options.defaults(SamplingOptions.class),
        "sampling",
        Map.of("sampler", sampler, "steps", steps));
  }

  /** For normal data what is left to the network has variance 1 and nothing to do with x_t. */
  @Test
  void theBestLinearFieldIsTakenOut() {
    Path.Straight flow = new Path.Straight(true);
    Path.Levels levels = new Path.Levels(COSINE, true);
    for (Path.Place p :
        List.of(flow.at(0), flow.at(0.3), flow.at(0.5), flow.at(1), levels.at(1), levels.at(40))) {
      double ofData = (p.vData() - p.skip() * p.data()) / p.out();
      double ofNoise = (p.vNoise() - p.skip() * p.noise()) / p.out();
      assertEquals(1, ofData * ofData + ofNoise * ofNoise, 1e-12);
      assertEquals(0, ofData * p.data() + ofNoise * p.noise(), 1e-12);
      assertEquals(1, p.in() * p.in() * (p.data() * p.data() + p.noise() * p.noise()), 1e-12);
    }
  }

  /** dx/dt = x multiplies by e: errors fall with the order of the rule. */
  @ParameterizedTest
  @CsvSource({"euler, 1", "heun, 2", "midpoint, 2", "auto, 2"})
  void rulesHaveTheirOrder(String sampler, int order) {
    double[] errors = new double[2];
    for (int k = 0; k < 2; k++) {
      int steps = 40 << k;
      double[] x = {1};
      for (int step = 0; step < steps; step++) {
        new FlowSolver(new Path.Straight(false))
            .step(x, step, how(sampler, steps), Shots.EXACT, (at, p, s) -> at.clone(), null);
      }
      errors[k] = Math.abs(x[0] - Math.E);
    }
    assertEquals(order, Math.log(errors[0] / errors[1]) / Math.log(2), 0.05);
  }

  /** The field of data at one point leads there, from any noise. */
  @ParameterizedTest
  @ValueSource(strings = {"ddim", "ddpm", "auto"})
  void aDiffusionEndsAtItsData(String sampler) {
    double point = 1.7;
    Path.Levels path = new Path.Levels(COSINE, true);
    double[] x = {-0.4, 2.2};
    for (int step = 0; step < 10; step++) {
      new LevelSolver(path)
          .step(
              x,
              step,
              how(sampler, 10),
              Shots.EXACT,
              (at, p, s) -> {
                double[] v = new double[at.length];
                for (int i = 0; i < v.length; i++) {
                  double noise = (at[i] - p.data() * point) / p.noise();
                  v[i] = p.vData() * point + p.vNoise() * noise;
                }
                return v;
              },
              (at, number, deviation) -> at[0] += deviation);
    }
    assertArrayEquals(new double[] {point, point}, x, 1e-9);
  }

  @Test
  void samplersOfTheOtherProcessAreRefused() {
    assertEquals(
        "sampler ddpm is for diffusion; this run learned a flow: take euler, heun or midpoint",
        assertThrows(
                IllegalArgumentException.class,
                () -> new FlowSolver(new Path.Straight(true)).require(how("ddpm", 5)))
            .getMessage());
    LevelSolver levels = new LevelSolver(new Path.Levels(COSINE, true));
    assertEquals(
        "sampler heun is for flows; this run learned a diffusion: take ddim or ddpm",
        assertThrows(IllegalArgumentException.class, () -> levels.require(how("heun", 5)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> levels.require(how("ddim", 51)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void latentsAreStandardisedAndBack(boolean whiten) {
    int n = 500;
    float[] latents = new float[2 * n];
    SplitMix64 random = RandomStreams.of(1, "latents");
    for (int i = 0; i < n; i++) {
      double a = random.nextGaussian();
      latents[2 * i] = (float) (0.4 + 0.2 * a);
      latents[2 * i + 1] = (float) (-0.1 + 0.3 * a + 0.1 * random.nextGaussian());
    }
    LatentScale scale = new LatentScale(2, whiten);
    scale.take(java.util.Arrays.copyOf(latents, n));
    scale.take(java.util.Arrays.copyOfRange(latents, n, 2 * n));
    LatentScale restored = new LatentScale(2, whiten);
    restored.restore(scale.state());
    double[] x = restored.standard(latents);
    double[] sums = new double[5];
    for (int i = 0; i < n; i++) {
      sums[0] += x[2 * i] / n;
      sums[1] += x[2 * i + 1] / n;
      sums[2] += x[2 * i] * x[2 * i] / n;
      sums[3] += x[2 * i + 1] * x[2 * i + 1] / n;
      sums[4] += x[2 * i] * x[2 * i + 1] / n;
    }
    assertArrayEquals(new double[] {0, 0, 1, 1}, java.util.Arrays.copyOf(sums, 4), 1e-4, "moments");
    assertEquals(whiten ? 0 : 0.95, sums[4], whiten ? 1e-4 : 0.02);
    assertArrayEquals(latents, restored.latents(x), 1e-6f);
  }
}
