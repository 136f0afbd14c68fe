package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.ketloom.nn.GradientCheck.shape;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class BatchNormTest {
  private final ParameterStore store = new ParameterStore(DataType.DOUBLE, 3);
  private final ParameterStore statistics = new ParameterStore(DataType.DOUBLE, 3);
  private final BatchNorm norm = new BatchNorm(store, statistics, "norm", 2, 1e-5, 0.1);

  /** Two channels of 24 values each, with means 3 and -1. */
  private static double[] values() {
    double[] x = RandomStreams.of(5, "batch norm").doubles(48, -1, 1).toArray();
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 2 == 0 ? 3 + 2 * x[i] : -1 + 0.5 * x[i];
    }
    return x;
  }

  private static double[] moments(double[] x, int channel) {
    double[] own =
        java.util.stream.IntStream.range(0, 24).mapToDouble(i -> x[2 * i + channel]).toArray();
    double mean = Arrays.stream(own).average().orElseThrow();
    double squares = Arrays.stream(own).map(v -> (v - mean) * (v - mean)).sum();
    return new double[] {mean, squares / 24, squares / 23};
  }

  @Test
  void theBatchHasMeanZeroAndVarianceOne() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      double[] y = norm.train(tape.constant(values(), 4, 3, 2, 2)).toDoubles();
      for (int c = 0; c < 2; c++) {
        assertEquals(0, moments(y, c)[0], 1e-12);
        assertEquals(1, moments(y, c)[1], 1e-3);
      }
    }
  }

  /** Deviations that are small beside the mean, in single precision. */
  @Test
  void theVarianceKeepsItsDigits() {
    double[] x = values();
    for (int i = 0; i < x.length; i++) {
      x[i] = 1000 + x[i] / 8;
    }
    try (Tape tape = new Tape(DataType.FLOAT)) {
      ParameterStore single = new ParameterStore(DataType.FLOAT, 3);
      BatchNorm own =
          new BatchNorm(new ParameterStore(DataType.FLOAT, 3), single, "norm", 2, 1e-5, 0.1);
      own.train(tape.constant(x, 24, 2));
      for (int c = 0; c < 2; c++) {
        double expected = moments(x, c)[2];
        assertEquals(expected, single.state().get("norm.variance").floats()[c], 0.01 * expected);
      }
    }
  }

  /** The mean over the first ten batches, then a tenth of each new one. */
  @Test
  void runningAveragesAreTakenInAndUsed() {
    double[] x = values();
    double[] zeros = new double[48];
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      for (int batch = 1; batch <= 12; batch++) {
        norm.train(tape.constant(batch == 1 ? x : zeros, 24, 2));
        double share = batch <= 10 ? 1.0 / batch : 0.1 * Math.pow(0.9, batch - 10);
        double[] y = norm.apply(tape.constant(x, 24, 2)).toDoubles();
        for (int c = 0; c < 2; c++) {
          double mean = share * moments(x, c)[0];
          double variance = share * moments(x, c)[2];
          assertEquals(mean, statistics.state().get("norm.mean").doubles()[c], 1e-12);
          assertEquals(variance, statistics.state().get("norm.variance").doubles()[c], 1e-12);
          assertEquals((x[2 + c] - mean) / Math.sqrt(variance + 1e-5), y[2 + c], 1e-10);
        }
      }
    }
  }

  /** Training and use, differentiated twice, in images. */
  @Test
  void gradients() {
    GradientCheck.of((t, x) -> fresh(t).train(x.get(0)).square(), shape(3, 2, 2, 2))
        .first()
        .second();
    GradientCheck.of((t, x) -> fresh(t).apply(x.get(0)).square(), shape(3, 2)).first().second();
  }

  private static BatchNorm fresh(Tape tape) {
    ParameterStore parameters = new ParameterStore(tape.type(), 1);
    return new BatchNorm(parameters, new ParameterStore(tape.type(), 1), "norm", 2, 1e-5, 0.1);
  }

  @Test
  void oneRowHasNoVariance() {
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      assertThrows(
          IllegalArgumentException.class, () -> norm.train(tape.constant(new double[2], 1, 2)));
    }
  }

  /** Equal channels and groups, other numbers of pixels, on one tape. */
  @Test
  void groupNormOfSeveralSizesOnOneTape() {
    double[] x = values();
    double[][] alone = new double[2][];
    for (int i = 0; i < 2; i++) {
      try (Tape tape = new Tape(DataType.DOUBLE)) {
        alone[i] = normalised(tape, x, i == 0 ? shape(2, 12, 2) : shape(4, 6, 2));
      }
    }
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      assertArrayEquals(alone[0], normalised(tape, x, 2, 12, 2), 1e-12);
      assertArrayEquals(alone[1], normalised(tape, x, 4, 6, 2), 1e-12);
    }
  }

  private static double[] normalised(Tape tape, double[] x, long... shape) {
    return Functions.groupNorm(tape.constant(x, shape), 1, tape.fill(1, 2), tape.fill(0, 2), 1e-5)
        .toDoubles();
  }
}
