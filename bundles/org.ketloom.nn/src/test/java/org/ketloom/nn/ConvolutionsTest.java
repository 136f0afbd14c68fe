package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.convolution.onednn.OneDnnEngine;
import org.nd4j.linalg.api.buffer.DataType;

/** On an engine, networks compute what they compute on ND4J's own convolutions. */
class ConvolutionsTest {
  private static final float TOLERANCE = 2e-4f;
  private final OneDnnEngine engine = new OneDnnEngine();

  @ParameterizedTest
  @CsvSource({
    "3, 4, 3, 1, 1, true",
    "1, 16, 3, 1, 1, true",
    "5, 7, 4, 2, 1, true",
    "16, 8, 1, 1, 0, false",
    "2, 3, 4, 2, 0, false"
  })
  void agreesWithNd4j(
      int inputs, int outputs, int kernel, int stride, int padding, boolean biased) {
    assertEquals(Optional.empty(), engine.fault());
    requireSame(
        tape -> {
          Variable x = tape.input(numbers(1, 3 * 8 * 8 * inputs), 3, 8, 8, inputs);
          Variable w =
              tape.input(
                  numbers(2, outputs * inputs * kernel * kernel), outputs, inputs, kernel, kernel);
          Variable b = tape.input(numbers(3, outputs), outputs);
          return differentiated(
              tape, Functions.conv2d(x, w, biased ? b : null, stride, padding), x, w, b);
        });
    requireSame(
        tape -> {
          Variable x = tape.input(numbers(4, 3 * 5 * 5 * outputs), 3, 5, 5, outputs);
          Variable w =
              tape.input(
                  numbers(5, outputs * inputs * kernel * kernel), outputs, inputs, kernel, kernel);
          Variable b = tape.input(numbers(6, inputs), inputs);
          return differentiated(
              tape, Functions.convTranspose2d(x, w, biased ? b : null, stride, padding), x, w, b);
        });
  }

  /** A network's result, its gradients, and the gradients of a gradient's length. */
  private static List<float[]> differentiated(Tape tape, Variable y, Variable... inputs) {
    List<Variable> xs = List.of(inputs);
    Variable loss = y.mul(y).mean();
    List<float[]> found = new ArrayList<>();
    found.add(y.toFloats());
    for (Variable g : tape.gradients(loss, xs, false)) {
      found.add(g.toFloats());
    }
    for (Variable g : tape.gradients(loss, xs.subList(0, 1), false)) {
      found.add(g.toFloats());
    }
    Variable slope = tape.gradients(loss, xs, true).get(0);
    for (Variable g : tape.gradients(slope.mul(slope).sum(), xs, false)) {
      found.add(g.toFloats());
    }
    return found;
  }

  private interface Network {
    List<float[]> run(Tape tape);
  }

  private void requireSame(Network network) {
    List<float[]> expected = run(network, Optional.empty());
    List<float[]> found = run(network, Optional.of(engine));
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), TOLERANCE, "result " + i);
    }
  }

  private static List<float[]> run(Network network, Optional<ConvolutionEngine> engine) {
    try (Tape tape = new Tape(DataType.FLOAT, engine)) {
      return network.run(tape);
    }
  }

  private static float[] numbers(long seed, int length) {
    Random random = new Random(seed);
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = 2 * random.nextFloat() - 1;
    }
    return numbers;
  }
}
