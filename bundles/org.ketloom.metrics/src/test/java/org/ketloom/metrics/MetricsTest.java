package org.ketloom.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MetricsTest {
  private static float[][] normal(
      int n, int d, long seed, double shift, IntToDoubleFunction scale) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] rows = new float[n][d];
    for (float[] row : rows) {
      for (int i = 0; i < d; i++) {
        row[i] = (float) (shift + scale.applyAsDouble(i) * random.nextGaussian());
      }
    }
    return rows;
  }

  private static float[][] column(double... values) {
    return Arrays.stream(values).mapToObj(v -> new float[] {(float) v}).toArray(float[][]::new);
  }

  private static void assertRefuses(String part, Executable action) {
    String message = assertThrows(IllegalArgumentException.class, action).getMessage();
    assertTrue(message.contains(part), message);
  }

  // ---- Fréchet distance

  @Test
  void frechetOfGaussiansInOneDimensionIsTheSquareOfDifferencesOfMeanAndDeviation() {
    double distance =
        FrechetDistance.between(
            new double[] {1}, new double[][] {{4}}, new double[] {4}, new double[][] {{9}});
    assertEquals(9 + 1, distance, 1e-12);
  }

  @Test
  void frechetOfCovariancesThatDontCommute() {
    // Of 2x2 matrices tr (A B)^(1/2) = sqrt(tr(A B) + 2 sqrt(det(A B))) by Cayley and Hamilton.
    double[][] a = {{2, 1}, {1, 3}};
    double[][] b = {{5, -2}, {-2, 1}};
    double traceOfProduct = 2 * 5 + 1 * -2 + 1 * -2 + 3 * 1;
    double root = Math.sqrt(traceOfProduct + 2 * Math.sqrt(5 * 1));
    double distance = FrechetDistance.between(new double[2], a, new double[] {3, 4}, b);
    assertEquals(25 + 5 + 6 - 2 * root, distance, 1e-12);
  }

  @Test
  void frechetOfRankDeficientCovariances() {
    // vv^T and ww^T with |v|^2 = 5, |w|^2 = 10, v.w = 5: the root has trace |v.w|.
    double[][] a = {{1, 2}, {2, 4}};
    double[][] b = {{9, 3}, {3, 1}};
    assertEquals(5 + 10 - 2 * 5, FrechetDistance.between(new double[2], a, new double[2], b), 1e-7);
    double[][] zero = new double[2][2];
    assertEquals(5, FrechetDistance.between(new double[2], a, new double[2], zero), 1e-12);
    assertEquals(0, FrechetDistance.between(new double[2], a, new double[2], a), 1e-7);
  }

  @Test
  void frechetOfSamplesIsThatOfTheirMeansAndCovariances() {
    // Means 1 and 4, variances 2 (of 0, 1, 2, 1 + ...): by hand 1 and 4 with n - 1.
    float[][] a = column(0, 1, 2);
    float[][] b = column(2, 4, 6);
    assertEquals(9 + 1 + 4 - 2 * Math.sqrt(1 * 4), FrechetDistance.of(a, b), 1e-12);
  }

  @Test
  void frechetOfManySamplesComesCloseToTheClosedForm() {
    float[][] a = normal(20_000, 5, 1, 0, i -> 1);
    float[][] b = normal(20_000, 5, 2, 0.5, i -> 1 + 0.2 * i);
    double expected = 5 * 0.25 + 0.04 + 0.16 + 0.36 + 0.64;
    assertEquals(expected, FrechetDistance.of(a, b), 0.06);
  }

  @Test
  void frechetRefusesFewerSamplesThanFeaturesPlusOne() {
    float[][] few = normal(4, 4, 1, 0, i -> 1);
    float[][] enough = normal(5, 4, 1, 0, i -> 1);
    assertRefuses("at least 5 samples, found 4", () -> FrechetDistance.of(few, enough));
    assertTrue(FrechetDistance.of(enough, enough) < 1e-6);
  }

  // ---- kernel distance

  @Test
  void kernelDistanceByHand() {
    // k(x, y) = (xy + 1)^3; x = {0, 1}, y = {1, 2}.
    double within1 = 1;
    double within2 = 27;
    double across = (1 + 1 + 8 + 27) / 4.0;
    assertEquals(
        within1 + within2 - 2 * across, KernelDistance.of(column(0, 1), column(1, 2)), 1e-9);
  }

  @Test
  void kernelDistanceIsUnbiased() {
    double sum = 0;
    for (int i = 0; i < 400; i++) {
      sum +=
          KernelDistance.of(normal(10, 3, 2 * i, 0, k -> 1), normal(10, 3, 2 * i + 1, 0, k -> 1));
    }
    // A biased estimate (diagonal included) would be off by more than 1.
    assertEquals(0, sum / 400, 0.15);
  }

  @Test
  void kernelDistanceOfManySamplesIsAMeanOverBlocks() {
    float[][] a = normal(1500, 3, 1, 0, k -> 1);
    float[][] b = normal(1500, 3, 2, 1, k -> 1);
    KernelDistance.Estimate estimate = KernelDistance.estimate(a, b, 7);
    assertEquals(estimate, KernelDistance.estimate(a, b, 7));
    double deviation = estimate.deviation().orElseThrow();
    assertEquals(KernelDistance.of(a, b), estimate.mean(), 4 * deviation);
    assertTrue(deviation > 0 && deviation < 0.2 * estimate.mean());
    assertRefuses("at least 2 samples, found 1", () -> KernelDistance.of(column(1), a));
  }

  // ---- precision and recall

  @Test
  void precisionAndRecallByHand() {
    // With k = 1 the real balls are [-1, 1], [0, 2] and [8, 12]; the generated ones reach 0.5, 0.5
    // and 90.
    float[][] real = column(0, 1, 3);
    float[][] generated = column(0.5, 1, 100);
    PrecisionRecall found = PrecisionRecall.of(generated, real, 1);
    // 0.5 and 1 are inside of real balls, 100 isn't.
    assertEquals(2 / 3.0, found.precision(), 1e-12);
    // The balls of 0.5 and 1 hold 0 and 1 (radius 0.5), that of 100 reaches down to 1: all three.
    assertEquals(1, found.recall(), 1e-12);
    assertEquals(
        new PrecisionRecall(0, 0), PrecisionRecall.of(column(50, 50.1), column(0, 0.1), 1));
    assertRefuses(
        "at least 4 generated samples, found 3", () -> PrecisionRecall.of(generated, real, 3));
  }

  @Test
  void aModelWithOneModeHasPrecisionButNoRecall() {
    float[][] real = normal(500, 2, 1, 0, i -> 1);
    float[][] narrow = normal(500, 2, 2, 0, i -> 0.05);
    PrecisionRecall found = PrecisionRecall.of(narrow, real, 3);
    assertTrue(found.precision() > 0.95, found::toString);
    assertTrue(found.recall() < 0.05, found::toString);
  }

  // ---- bins

  @Test
  void comparisonOfSharesByHand() {
    // Half and half against nine tenths and one: pooled 0.7, standard error 0.0648 for n = m = 100.
    Bins.Comparison far = Bins.compare(new double[] {0.5, 0.5}, 100, new double[] {0.9, 0.1}, 100);
    assertEquals(1, far.different());
    double expected =
        (0.5 * Math.log(0.5 / 0.7)
                + 0.5 * Math.log(0.5 / 0.3)
                + 0.9 * Math.log(0.9 / 0.7)
                + 0.1 * Math.log(0.1 / 0.3))
            / 2;
    assertEquals(expected, far.divergence(), 1e-12);
    // The threshold: 1.96 sqrt(0.55 * 0.45 * 2 / 100) = 0.1379.
    assertEquals(
        1,
        Bins.compare(new double[] {0.48, 0.52}, 100, new double[] {0.62, 0.38}, 100).different());
    assertEquals(
        0,
        Bins.compare(new double[] {0.482, 0.518}, 100, new double[] {0.618, 0.382}, 100)
            .different());
    assertEquals(
        Math.log(2),
        Bins.compare(new double[] {1, 0}, 9, new double[] {0, 1}, 9).divergence(),
        1e-12);
  }

  @Test
  void binsLieAroundTheModesOfTheRealSamples() {
    float[][] real = new float[300][];
    float[][] other = new float[300][];
    for (int i = 0; i < 300; i++) {
      real[i] = new float[] {i % 3 * 100 + i % 7};
      other[i] = new float[] {i % 2 * 100 + i % 7};
    }
    Bins bins = Bins.of(real, 3, 1);
    assertEquals(1 / 3.0, bins.shares()[bins.bin(new float[] {203})], 1e-12);
    assertEquals(new Bins.Comparison(0, 0).different(), bins.compare(real).different());
    assertEquals(0, bins.compare(real).divergence(), 1e-12);
    assertEquals(1, bins.compare(other).different(), "one mode is gone, two are too strong");
    // p = 1/3 each, q = 1/2, 1/2, 0.
    double each = (Math.log((1 / 3.0) / (5 / 12.0)) / 3 + Math.log(0.5 / (5 / 12.0)) / 2) / 2;
    assertEquals(2 * each + Math.log(2) / 6, bins.compare(other).divergence(), 1e-9);
    assertRefuses(
        "at least 15 real samples, found 14", () -> Bins.of(Arrays.copyOf(real, 14), 3, 1));
    assertRefuses(
        "at least 15 generated samples, found 14", () -> bins.compare(Arrays.copyOf(real, 14)));
  }

  // ---- classes

  @Test
  void agreementCountsImagesThatWereAskedForByClass() {
    assertEquals(
        2 / 3.0, Classes.agreement(new int[] {0, 1, -1, 2}, new int[] {0, 1, 5, 1}), 1e-12);
    assertRefuses(
        "at least 1 conditional samples, found 0",
        () -> Classes.agreement(new int[] {-1}, new int[] {3}));
  }

  @Test
  void entropyOfClasses() {
    assertEquals(1, Classes.entropy(new int[] {0, 1, 2, 3}, 4), 1e-12);
    assertEquals(0, Classes.entropy(new int[] {2, 2, 2, 2}, 4), 0);
    assertEquals(0.5, Classes.entropy(new int[] {0, 0, 1, 1}, 4), 1e-12);
    assertRefuses("at least 4 samples, found 3", () -> Classes.entropy(new int[3], 4));
  }

  // ---- infidelity

  @Test
  void infidelityByHand() {
    assertEquals(0, Infidelity.of(new float[] {3, 4}, new float[] {-6, -8}), 1e-12);
    assertEquals(1, Infidelity.of(new float[] {1, 0}, new float[] {0, 2}), 1e-12);
    assertEquals(0.5, Infidelity.of(new float[] {1, 0}, new float[] {1, 1}), 1e-12);
    // (|0> + i|1>) and (|0> + |1>): |1 - i|^2 / 4 = 1/2; equal up to a phase: 0.
    assertEquals(
        0.5,
        Infidelity.of(new double[] {1, 0}, new double[] {0, 1}, new double[] {1, 1}, new double[2]),
        1e-12);
    assertEquals(
        0,
        Infidelity.of(
            new double[] {1, 0}, new double[] {0, 1}, new double[] {0, -2}, new double[] {2, 0}),
        1e-12);
    assertRefuses("no state", () -> Infidelity.of(new float[2], new float[] {1, 0}));
  }

  @Test
  void infidelityToTheNearestImage() {
    List<float[][]> real = List.of(new float[][] {{1, -1}}, new float[][] {{-1, 1}});
    float[][] images = {{1, -1}, {0, 0}};
    // A copy, and one that lies half-way between both.
    assertEquals(0.25, Infidelity.toNearest(images, real), 1e-6);
  }
}
