package org.ketloom.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.random.SplitMix64;

/**
 * States of a circuit with random inputs: per-sample angles uniform on a turn, features uniform
 * from -pi to pi, or those of two different rows of data for the two states of a pair. States are
 * drawn one after another from a seed, so that they depend neither on threads nor on how many of
 * them the engine is given at a time.
 */
final class StateSource {
  /** Numbers in the amplitudes of what is given to the engine at a time: 32 MB. */
  private static final int MAX_TOGETHER = 1 << 22;

  private final Program program;

  /** Outputs of the circuit's own observables, before the amplitudes. */
  private final int skipped;

  private final double[] weights;
  private final Optional<double[][]> data;

  /** Takes some pairs of states. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes pairs.
     *
     * @param from number of the first pair
     * @param pairs how many
     * @param states gives their states, to be read during the call: 2 i and 2 i + 1 are the pair i
     *     of these
     */
    void visit(int from, int pairs, IntFunction<PureState> states);
  }

  /**
   * A source.
   *
   * @param circuit of unitary gates; what it reads doesn't matter
   * @param weights that all states share
   * @param data rows of features, at least 2, or empty for random ones
   * @throws IllegalArgumentException if the circuit's states aren't pure, or the arrays don't fit
   */
  StateSource(QuantumEngine engine, Circuit circuit, double[] weights, Optional<double[][]> data) {
    if (!circuit.isPure()) {
      throw new IllegalArgumentException(
          "the bench measures pure states, found a circuit with noise, a mixed start or read-outs of"
              + " mixed states; of these Q would measure mixedness too (it is then the mean linear"
              + " entropy): bench the circuit without them");
    }
    program = engine.compile(circuit.toBuilder().amplitudes().build());
    this.skipped = circuit.outputs();
    this.weights = weights.clone();
    this.data = data;
    data.ifPresent(rows -> requireRows(rows, circuit.features()));
  }

  private static void requireRows(double[][] rows, int features) {
    if (rows.length < 2) {
      throw new IllegalArgumentException(
          "data of at least 2 rows are expected, found " + rows.length);
    }
    for (double[] row : rows) {
      if (row.length != features) {
        throw new IllegalArgumentException(
            "the circuit takes " + features + " features, a row of the data has " + row.length);
      }
    }
  }

  /** Draws pairs of states, and gives them to a visitor, some at a time. */
  void draw(int pairs, long seed, Visitor visitor) {
    Circuit circuit = program.circuit();
    int outputs = circuit.outputs();
    int together = Math.max(1, MAX_TOGETHER / (2 * outputs));
    SplitMix64 ofAngles = new SplitMix64(seed);
    SplitMix64 ofFeatures = new SplitMix64(SplitMix64.mix(seed));
    for (int from = 0; from < pairs; from += together) {
      int some = Math.min(together, pairs - from);
      double[] angles = uniform(ofAngles, 2L * some * circuit.sampleAngles(), 0, 2 * Math.PI);
      double[] features = features(ofFeatures, some);
      double[] values =
          program.values(
              new Inputs(
                  2 * some, features, weights, angles, new double[circuit.hermitianEntries()]));
      visitor.visit(from, some, i -> new PureState(values, i * outputs + skipped, circuit.wires()));
    }
  }

  private double[] features(SplitMix64 random, int pairs) {
    int each = program.circuit().features();
    if (data.isEmpty()) {
      return uniform(random, 2L * pairs * each, -Math.PI, Math.PI);
    }
    double[][] rows = data.get();
    double[] features = new double[2 * pairs * each];
    for (int pair = 0; pair < pairs; pair++) {
      int one = random.nextInt(rows.length);
      int other = (one + 1 + random.nextInt(rows.length - 1)) % rows.length;
      System.arraycopy(rows[one], 0, features, 2 * pair * each, each);
      System.arraycopy(rows[other], 0, features, (2 * pair + 1) * each, each);
    }
    return features;
  }

  private static double[] uniform(SplitMix64 random, long count, double from, double to) {
    double[] numbers = new double[Math.toIntExact(count)];
    Arrays.setAll(numbers, i -> from + (to - from) * random.nextDouble());
    return numbers;
  }
}
