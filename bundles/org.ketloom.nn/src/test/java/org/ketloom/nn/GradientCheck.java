package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.ketloom.api.random.SplitMix64;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Checks of an operation's gradients: against central differences in double precision, first with
 * and without recording, then those of the gradient; and single precision, which runs on other
 * kernels, against double.
 */
final class GradientCheck {
  private static final double STEP = 1e-5;

  /** What is checked. */
  @FunctionalInterface
  interface Function {
    Variable apply(Tape tape, List<Variable> inputs);
  }

  private final long[][] shapes;
  private final double[][] values;
  private final Function function;
  private static final double TOLERANCE = 1e-6;

  private GradientCheck(Function function, double low, double high, long[][] shapes) {
    this.function = function;
    this.shapes = shapes;
    SplitMix64 random = RandomStreams.of(7, "gradient check");
    values = new double[shapes.length][];
    for (int i = 0; i < shapes.length; i++) {
      values[i] = random.doubles(Shapes.length(shapes[i]), low, high).toArray();
    }
  }

  static GradientCheck of(Function function, long[]... shapes) {
    return new GradientCheck(function, -1, 1, shapes);
  }

  static GradientCheck positive(Function function, long[]... shapes) {
    return new GradientCheck(function, 0.3, 1.5, shapes);
  }

  static long[] shape(long... shape) {
    return shape;
  }

  GradientCheck first() {
    double[][] expected = differences(this::weighted);
    compare("gradient", expected, gradients(DataType.DOUBLE, false), TOLERANCE);
    compare("recorded gradient", expected, gradients(DataType.DOUBLE, true), TOLERANCE);
    compare("single precision", expected, gradients(DataType.FLOAT, false), 2e-4);
    try (Tape single = new Tape(DataType.FLOAT);
        Tape tape = new Tape(DataType.DOUBLE)) {
      double value = weighted(tape, values);
      assertEquals(value, weighted(single, values), 1e-4 * (1 + Math.abs(value)), "value");
    }
    return this;
  }

  GradientCheck second() {
    double[][] expected = differences(this::projection);
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      List<Variable> inputs = inputs(tape, values);
      List<Variable> g = tape.gradients(loss(tape, inputs), inputs, true);
      Variable sum = projection(tape, g);
      compare("second", expected, arrays(tape.gradients(sum, inputs, false)), 10 * TOLERANCE);
      compare(
          "recorded second", expected, arrays(tape.gradients(sum, inputs, true)), 10 * TOLERANCE);
    }
    return this;
  }

  private double[][] gradients(DataType type, boolean record) {
    try (Tape tape = new Tape(type)) {
      List<Variable> inputs = inputs(tape, values);
      return arrays(tape.gradients(loss(tape, inputs), inputs, record));
    }
  }

  private static double[][] arrays(List<Variable> variables) {
    return variables.stream().map(Variable::toDoubles).toArray(double[][]::new);
  }

  private List<Variable> inputs(Tape tape, double[][] at) {
    List<Variable> inputs = new ArrayList<>();
    for (int i = 0; i < shapes.length; i++) {
      inputs.add(tape.input(at[i], shapes[i]));
    }
    return inputs;
  }

  /** All outputs with weights that tell them apart. */
  private Variable loss(Tape tape, List<Variable> inputs) {
    return weigh(tape, function.apply(tape, inputs), "outputs");
  }

  private static Variable weigh(Tape tape, Variable y, String purpose) {
    double[] weights = RandomStreams.of(11, purpose).doubles(y.length(), -1, 1).toArray();
    return y.mul(tape.constant(weights, y.shape())).sum();
  }

  private static Variable projection(Tape tape, List<Variable> gradients) {
    Variable sum = weigh(tape, gradients.get(0), "projection 0");
    for (int i = 1; i < gradients.size(); i++) {
      sum = sum.add(weigh(tape, gradients.get(i), "projection " + i));
    }
    return sum;
  }

  private double weighted(Tape tape, double[][] at) {
    return loss(tape, inputs(tape, at)).scalar();
  }

  private double projection(Tape tape, double[][] at) {
    List<Variable> inputs = inputs(tape, at);
    return projection(tape, tape.gradients(loss(tape, inputs), inputs, false)).scalar();
  }

  private double[][] differences(ToDoubleBiFunction<Tape, double[][]> f) {
    double[][] result = new double[values.length][];
    double[][] at = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
    try (Tape tape = new Tape(DataType.DOUBLE)) {
      for (int i = 0; i < values.length; i++) {
        result[i] = new double[values[i].length];
        for (int j = 0; j < values[i].length; j++) {
          at[i][j] = values[i][j] + STEP;
          double above = f.applyAsDouble(tape, at);
          tape.clear();
          at[i][j] = values[i][j] - STEP;
          result[i][j] = (above - f.applyAsDouble(tape, at)) / (2 * STEP);
          tape.clear();
          at[i][j] = values[i][j];
        }
      }
    }
    return result;
  }

  private static void compare(
      String what, double[][] expected, double[][] found, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      double scale = 1;
      for (double e : expected[i]) {
        scale = Math.max(scale, Math.abs(e));
      }
      for (int j = 0; j < expected[i].length; j++) {
        assertEquals(
            expected[i][j], found[i][j], tolerance * scale, what + " of input " + i + " at " + j);
      }
    }
  }
}
