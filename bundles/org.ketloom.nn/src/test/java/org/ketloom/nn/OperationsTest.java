package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ketloom.nn.GradientCheck.shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.random.SplitMix64;
import org.nd4j.linalg.api.buffer.DataType;

class OperationsTest {

  private static DynamicTest twice(String name, GradientCheck check) {
    return DynamicTest.dynamicTest(name, () -> check.first().second());
  }

  @TestFactory
  Stream<DynamicTest> arithmetic() {
    long[] a = shape(3, 4);
    return Stream.of(
        twice("add", GradientCheck.of((t, x) -> x.get(0).add(x.get(1)).square(), a, a)),
        twice("add row", GradientCheck.of((t, x) -> x.get(0).add(x.get(1)).square(), a, shape(4))),
        twice(
            "sub column",
            GradientCheck.of((t, x) -> x.get(0).sub(x.get(1)).square(), a, shape(3, 1))),
        twice(
            "sub stretches the first",
            GradientCheck.of((t, x) -> x.get(0).sub(x.get(1)).square(), shape(1), a)),
        twice("mul", GradientCheck.of((t, x) -> x.get(0).mul(x.get(1)), a, a)),
        twice(
            "mul in the middle",
            GradientCheck.of(
                (t, x) -> x.get(0).mul(x.get(1)).square(), shape(2, 3, 4), shape(2, 1, 4))),
        twice(
            "mul outer",
            GradientCheck.of((t, x) -> x.get(0).mul(x.get(1)).square(), shape(3, 1), shape(1, 4))),
        twice("mul itself", GradientCheck.of((t, x) -> x.get(0).mul(x.get(0)), a)),
        twice("div", GradientCheck.positive((t, x) -> x.get(0).div(x.get(1)), a, a)),
        twice("div row", GradientCheck.positive((t, x) -> x.get(0).div(x.get(1)), a, shape(1, 4))),
        twice(
            "numbers",
            GradientCheck.of((t, x) -> x.get(0).add(2).mul(3).sub(1).div(4).neg().square(), a)));
  }

  @TestFactory
  Stream<DynamicTest> elements() {
    long[] a = shape(3, 4);
    return Stream.of(
        twice("square", GradientCheck.of((t, x) -> x.get(0).square(), a)),
        twice("sqrt", GradientCheck.positive((t, x) -> x.get(0).sqrt(), a)),
        twice("exp", GradientCheck.of((t, x) -> x.get(0).exp(), a)),
        twice("log", GradientCheck.positive((t, x) -> x.get(0).log(), a)),
        twice("abs", GradientCheck.of((t, x) -> x.get(0).abs().exp(), a)),
        twice("tanh", GradientCheck.of((t, x) -> x.get(0).mul(2).tanh(), a)),
        twice("sigmoid", GradientCheck.of((t, x) -> x.get(0).mul(3).sigmoid(), a)),
        twice("relu", GradientCheck.of((t, x) -> x.get(0).relu().exp(), a)),
        twice("leakyRelu", GradientCheck.of((t, x) -> x.get(0).leakyRelu(0.2).square(), a)),
        twice("silu", GradientCheck.of((t, x) -> x.get(0).mul(3).silu(), a)),
        twice("softmax", GradientCheck.of((t, x) -> x.get(0).softmax(), shape(2, 3, 4))),
        twice("norm", GradientCheck.of((t, x) -> x.get(0).norm(1e-6), a)));
  }

  @TestFactory
  Stream<DynamicTest> sums() {
    long[] a = shape(2, 3, 4);
    return Stream.of(
        twice("all", GradientCheck.of((t, x) -> x.get(0).square().sum().square(), a)),
        twice("first", GradientCheck.of((t, x) -> x.get(0).sum(0).square(), a)),
        twice("middle", GradientCheck.of((t, x) -> x.get(0).sum(1).square(), a)),
        twice("last", GradientCheck.of((t, x) -> x.get(0).mean(-1).square(), a)),
        twice("outer", GradientCheck.of((t, x) -> x.get(0).mean(0, 2).square(), a)),
        twice(
            "two of four",
            GradientCheck.of((t, x) -> x.get(0).meanKeepingAxes(1, 3).square(), shape(2, 3, 2, 2))),
        twice(
            "stretch",
            GradientCheck.of((t, x) -> x.get(0).stretchTo(2, 3, 4).square(), shape(3, 1))));
  }

  @TestFactory
  Stream<DynamicTest> products() {
    return Stream.of(
        twice(
            "plain",
            GradientCheck.of((t, x) -> x.get(0).matmul(x.get(1)), shape(3, 4), shape(4, 2))),
        twice(
            "first transposed",
            GradientCheck.of(
                (t, x) -> x.get(0).matmul(x.get(1), true, false), shape(4, 3), shape(4, 2))),
        twice(
            "second transposed",
            GradientCheck.of(
                (t, x) -> x.get(0).matmul(x.get(1), false, true), shape(3, 4), shape(2, 4))),
        twice(
            "both transposed",
            GradientCheck.of(
                (t, x) -> x.get(0).matmul(x.get(1), true, true), shape(4, 3), shape(2, 4))),
        twice(
            "stack",
            GradientCheck.of((t, x) -> x.get(0).matmul(x.get(1)), shape(2, 3, 4), shape(2, 4, 2))),
        twice(
            "stack transposed",
            GradientCheck.of(
                (t, x) -> x.get(0).matmul(x.get(1), true, true), shape(2, 4, 3), shape(2, 2, 4))),
        twice(
            "dense",
            GradientCheck.of(
                (t, x) -> Functions.dense(x.get(0), x.get(1), x.get(2)).tanh(),
                shape(3, 4),
                shape(2, 4),
                shape(2))));
  }

  @TestFactory
  Stream<DynamicTest> shapes() {
    long[] a = shape(2, 3, 4);
    return Stream.of(
        twice("reshape", GradientCheck.of((t, x) -> x.get(0).reshape(4, -1).square(), a)),
        twice("transpose", GradientCheck.of((t, x) -> x.get(0).transpose().square(), a)),
        twice("permute", GradientCheck.of((t, x) -> x.get(0).permute(2, 0, 1).square(), a)),
        twice("slice", GradientCheck.of((t, x) -> x.get(0).slice(1, 1, 3).square(), a)),
        twice("slice first", GradientCheck.of((t, x) -> x.get(0).slice(0, 1, 2).square(), a)),
        twice("slice last", GradientCheck.of((t, x) -> x.get(0).slice(-1, 0, 3).square(), a)),
        twice(
            "concat",
            GradientCheck.of((t, x) -> Variable.concat(1, x).square(), a, shape(2, 2, 4))),
        twice(
            "concat last",
            GradientCheck.of((t, x) -> Variable.concat(-1, x).square(), a, shape(2, 3, 1), a)));
  }

  @TestFactory
  Stream<DynamicTest> images() {
    return Stream.of(
        twice("conv 3x3", conv(5, 4, 3, 1, 1)),
        twice("conv 1x1", conv(3, 4, 1, 1, 0)),
        twice("conv stride 2", conv(6, 6, 3, 2, 1)),
        twice("conv stride 2 with a rest", conv(6, 5, 3, 2, 0)),
        twice("conv 4x4 stride 2", conv(6, 6, 4, 2, 1)),
        twice("transposed conv", transposedConv(3, 2, 3, 1, 1)),
        twice("transposed conv 4x4 stride 2", transposedConv(2, 3, 4, 2, 1)),
        twice(
            "group norm, SiLU and shift",
            GradientCheck.of(
                (t, x) -> Functions.groupNormSilu(x.get(0), 2, x.get(1), x.get(2), x.get(3), 1e-5),
                shape(2, 3, 2, 4),
                shape(4),
                shape(4),
                shape(2, 4))),
        twice(
            "average pool",
            GradientCheck.of(
                (t, x) -> Functions.averagePool2(x.get(0)).square(), shape(2, 4, 6, 3))),
        twice(
            "upsample",
            GradientCheck.of((t, x) -> Functions.upsample2(x.get(0)).square(), shape(2, 2, 3, 3))),
        twice(
            "group norm",
            GradientCheck.of(
                (t, x) -> Functions.groupNorm(x.get(0), 2, x.get(1), x.get(2), 1e-5).tanh(),
                shape(2, 2, 3, 4),
                shape(4),
                shape(4))),
        twice(
            "layer norm",
            GradientCheck.of(
                (t, x) -> Functions.groupNorm(x.get(0), 1, x.get(1), x.get(2), 1e-5).tanh(),
                shape(3, 5),
                shape(5),
                shape(5))),
        twice(
            "embedding",
            GradientCheck.of(
                (t, x) -> Functions.embedding(x.get(0), 2, 0, 2, 3).square(), shape(4, 3))),
        twice(
            "dropout",
            GradientCheck.of(
                (t, x) ->
                    Functions.dropout(x.get(0), 0.4, RandomStreams.of(1, "dropout", 5)).square(),
                shape(4, 5))));
  }

  private static GradientCheck conv(int height, int width, int kernel, int stride, int padding) {
    return GradientCheck.of(
        (t, x) -> Functions.conv2d(x.get(0), x.get(1), x.get(2), stride, padding).tanh(),
        shape(2, height, width, 2),
        shape(3, 2, kernel, kernel),
        shape(3));
  }

  private static GradientCheck transposedConv(
      int height, int width, int kernel, int stride, int padding) {
    return GradientCheck.of(
        (t, x) -> Functions.convTranspose2d(x.get(0), x.get(1), x.get(2), stride, padding).tanh(),
        shape(2, height, width, 3),
        shape(3, 2, kernel, kernel),
        shape(2));
  }

  @TestFactory
  Stream<DynamicTest> losses() {
    long[] a = shape(3, 4);
    return Stream.of(
        twice(
            "mean squared error",
            GradientCheck.of((t, x) -> Losses.meanSquaredError(x.get(0), x.get(1)), a, a)),
        twice(
            "infidelity", GradientCheck.of((t, x) -> Losses.infidelity(x.get(0), x.get(1)), a, a)),
        twice(
            "complex infidelity",
            GradientCheck.of((t, x) -> Losses.complexInfidelity(x.get(0), x.get(1)), a, a)),
        twice(
            "binary cross-entropy",
            GradientCheck.of(
                (t, x) ->
                    Losses.binaryCrossEntropy(
                        x.get(0).mul(4), t.constant(new double[] {0, 0.3, 1, 0.8}, 4)),
                shape(4))));
  }

  @Test
  void convolutionByHand() {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      Variable image = tape.constant(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1);
      Variable weight = tape.constant(new double[] {1, 0, 0, -10}, 1, 1, 2, 2);
      Variable bias = tape.constant(new double[] {0.5}, 1);
      Variable y = Functions.conv2d(image, weight, bias, 1, 0);
      assertArrayEquals(new long[] {1, 2, 2, 1}, y.shape());
      assertArrayEquals(new double[] {-48.5, -57.5, -75.5, -84.5}, y.toDoubles(), 1e-4);
    }
  }

  @Test
  void upsamplingRepeatsPixels() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable x = tape.constant(new double[] {1, -1, 2, -2, 3, -3, 4, -4}, 1, 2, 2, 2);
      Variable y = Functions.upsample2(x);
      double[] expected = {
        1, -1, 1, -1, 2, -2, 2, -2, 1, -1, 1, -1, 2, -2, 2, -2, //
        3, -3, 3, -3, 4, -4, 4, -4, 3, -3, 3, -3, 4, -4, 4, -4
      };
      assertArrayEquals(expected, y.toDoubles());
      assertArrayEquals(x.toDoubles(), Functions.averagePool2(y).toDoubles(), 1e-15);
    }
  }

  /** The kernel in single precision against the formula in double precision. */
  @ParameterizedTest
  @CsvSource({"4,4,16,8", "3,5,6,2", "2,1,4,2", "16,16,3,1", "2,2,600,3"})
  void fusedGroupNormAndSiluAgree(int height, int width, int channels, int groups) {
    long[] image = shape(5, height, width, channels);
    for (boolean shifted : new boolean[] {true, false}) {
      List<double[]> single = normSilu(DataType.FLOAT, image, groups, shifted, false);
      List<double[]> recorded = normSilu(DataType.FLOAT, image, groups, shifted, true);
      List<double[]> expected = normSilu(DataType.DOUBLE, image, groups, shifted, false);
      for (int i = 0; i < expected.size(); i++) {
        double scale = Arrays.stream(expected.get(i)).map(Math::abs).max().orElseThrow();
        assertArrayEquals(expected.get(i), single.get(i), 1e-5 * Math.max(1, scale), "of " + i);
        assertArrayEquals(expected.get(i), recorded.get(i), 3e-5 * Math.max(1, scale), "of " + i);
      }
    }
  }

  /** The result and the gradients for all inputs. */
  private static List<double[]> normSilu(
      DataType type, long[] image, int groups, boolean shifted, boolean recorded) {
    long channels = image[3];
    try (Tape tape = new Tape(type)) {
      SplitMix64 random = RandomStreams.of(1, "fused");
      List<Variable> all = new ArrayList<>();
      all.add(tape.input(random(random, image, 2, 0.5), image));
      all.add(tape.input(random(random, shape(channels), 0.5, 1), channels));
      all.add(tape.input(random(random, shape(channels), 0.5, 0), channels));
      all.add(tape.input(random(random, shape(image[0], channels), 3, 0), image[0], channels));
      Variable y =
          Functions.groupNormSilu(
              all.get(0), groups, all.get(1), all.get(2), shifted ? all.get(3) : null, 1e-5);
      Variable loss = y.mul(tape.constant(random(random, image, 1, 0), image)).sum();
      List<double[]> results = new ArrayList<>(List.of(y.toDoubles()));
      tape.gradients(loss, all.subList(0, shifted ? 4 : 3), recorded)
          .forEach(g -> results.add(g.toDoubles()));
      return results;
    }
  }

  private static double[] random(SplitMix64 random, long[] shape, double deviation, double mean) {
    return IntStream.range(0, Math.toIntExact(Shapes.length(shape)))
        .mapToDouble(i -> (float) (mean + deviation * random.nextGaussian()))
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({"1,5", "7,3", "1000,7", "4096,48", "130,600"})
  void sumsOverRowsInSinglePrecision(int rows, int columns) {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      double[] values = random(RandomStreams.of(2, "rows"), shape(rows, columns), 1, 0.1);
      double[] sums = new double[columns];
      double[] magnitudes = new double[columns];
      for (int i = 0; i < values.length; i++) {
        sums[i % columns] += values[i];
        magnitudes[i % columns] += Math.abs(values[i]);
      }
      double[] found = tape.constant(values, rows, columns).sum(0).toDoubles();
      for (int c = 0; c < columns; c++) {
        assertEquals(sums[c], found[c], 1e-6 * magnitudes[c]);
      }
    }
  }

  @Test
  void sigmoidOfTheFusedKernel() {
    for (float z = -40; z < 40; z += 0.037f) {
      assertEquals(1 / (1 + Math.exp(-z)), NormSiluKernel.sigmoid(z), 4e-7);
    }
  }

  @Test
  void groupNormNormalisesEachGroup() {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      double[] values = RandomStreams.of(3, "x").doubles(2 * 9 * 6, 5, 9).toArray();
      Variable x = tape.constant(values, 2, 3, 3, 6);
      Variable y = Functions.groupNorm(x, 3, tape.fill(1, 6), tape.fill(0, 6), 1e-5);
      Variable grouped = y.reshape(2, 9, 3, 2);
      for (double mean : grouped.meanKeepingAxes(1, 3).toDoubles()) {
        assertEquals(0, mean, 1e-5);
      }
      for (double variance : grouped.square().meanKeepingAxes(1, 3).toDoubles()) {
        assertEquals(1, variance, 1e-4);
      }
    }
  }

  @Test
  void dropoutKeepsTheMean() {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      Variable ones = tape.fill(1, 100, 100);
      Variable y = Functions.dropout(ones, 0.3, RandomStreams.of(2, "dropout", 0));
      assertEquals(1, y.mean().scalar(), 0.03);
      long zeros = DoubleStream.of(y.toDoubles()).filter(v -> v == 0).count();
      assertEquals(3000, zeros, 150);
    }
  }

  @Test
  void timeEmbeddingIsSinusoidal() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      double[] e = Functions.timeEmbedding(tape, new double[] {0, 3}, 4).toDoubles();
      double[] expected = {1, 1, 0, 0, Math.cos(3), Math.cos(3e-4), Math.sin(3), Math.sin(3e-4)};
      assertArrayEquals(expected, e, 1e-12);
    }
  }

  @Test
  void lossesByHand() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      Variable p = tape.constant(new double[] {1, 1, 0, 0, 2, 0, 0, 0}, 2, 4);
      Variable t = tape.constant(new double[] {1, 0, 0, 0, -3, 0, 0, 0}, 2, 4);
      assertEquals(0.25, Losses.infidelity(p, t).scalar(), 1e-9);
      // (1 + i, 0) and (1, 0) differ by a phase; (1, 1) and (1, i) overlap in 1/2.
      Variable z = tape.constant(new double[] {1, 0, 1, 0, 1, 1, 0, 0}, 2, 4);
      Variable w = tape.constant(new double[] {1, 0, 0, 0, 1, 0, 0, 1}, 2, 4);
      assertEquals(0.25, Losses.complexInfidelity(z, w).scalar(), 1e-9);
      Variable logits = tape.constant(new double[] {0, 800, -800, 2}, 4);
      Variable target = tape.constant(new double[] {1, 1, 1, 0}, 4);
      double expected = (Math.log(2) + 0 + 800 + 2 + Math.log1p(Math.exp(-2))) / 4;
      assertEquals(expected, Losses.binaryCrossEntropy(logits, target).scalar(), 1e-9);
    }
  }

  @Test
  void sumOfManySingleNumbersIsExact() {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      assertEquals(0.1f * 1e6, tape.fill(0.1f, 1000, 1000).sum().scalar(), 0.1);
    }
  }

  @Test
  void errorsNameOperationAndShapes() {
    try (Tape tape = new Tape(DataType.FLOAT)) {
      Variable a = tape.fill(1, 2, 3);
      Variable image = tape.fill(1, 1, 5, 5, 2);
      error("add: shapes [2, 3] and [2, 4]", () -> a.add(tape.fill(1, 2, 4)));
      error("matmul: shapes [2, 3] and [2, 3] don't fit", () -> a.matmul(a));
      error("reshape: [2, 3] doesn't fit [4, 2]", () -> a.reshape(4, 2));
      error("slice: from 1 to 5 on axis 1", () -> a.slice(1, 1, 5));
      error("concat", () -> Variable.concat(0, List.of(a, tape.fill(1, 2, 4))));
      error(
          "conv2d: input has shape [1, 5, 5, 2], expected [*, *, *, 3]",
          () -> Functions.conv2d(image, tape.fill(1, 4, 3, 3, 3), null, 1, 1));
      error("averagePool2: height and width must be even", () -> Functions.averagePool2(image));
      error("groupNorm: 3 groups", () -> Functions.groupNorm(image, 3, a, a, 1e-5));
      error("row 2 of sample 1", () -> Functions.embedding(a, 0, 2));
      error("constant: shape [2, 2] doesn't fit 3", () -> tape.constant(new float[3], 2, 2));
      error("a single number", () -> tape.backward(a));
      error("doesn't depend on any parameter", () -> tape.backward(a.sum()));
      error("rate 1.5 is not", () -> Functions.dropout(a, 1.5, RandomStreams.of(1, "")));
    }
  }

  private static void error(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call, part).getMessage();
    assertTrue(message.contains(part), message);
  }
}
