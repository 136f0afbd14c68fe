package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;

/**
 * A direction in which inputs move, shaped like the {@link Inputs}; an empty array stands for
 * zeros. The arrays are not copied and must not change during the call that takes them.
 *
 * @param features row-major {@code [batch][features]}
 * @param weights {@code [weights]}
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}
 */
public record Direction(
    double[] features, double[] weights, double[] sampleAngles, double[] hermitianEntries) {

  private static final double[] NONE = {};

  /** A direction in which only the weights move. */
  public static Direction ofWeights(double... weights) {
    return new Direction(NONE, weights, NONE, NONE);
  }

  /**
   * Checks that this is a direction for inputs of a circuit: lengths, and that all numbers are
   * finite.
   *
   * @throws IllegalArgumentException naming the array, sample and index
   */
  public void requireShape(Circuit circuit, int batch) {
    requireLength("features", features, batch, circuit.features());
    requireLength("weights", weights, 1, circuit.weights());
    requireLength("sampleAngles", sampleAngles, batch, circuit.sampleAngles());
    requireLength("hermitianEntries", hermitianEntries, 1, circuit.hermitianEntries());
    Inputs.requireFiniteRows("the direction's feature", features, circuit.features());
    Inputs.requireFinite("the direction's weight", weights);
    Inputs.requireFiniteRows(
        "the direction's per-sample angle", sampleAngles, circuit.sampleAngles());
    Inputs.requireFinite("the direction's Hermitian entry", hermitianEntries);
  }

  private static void requireLength(String name, double[] values, int rows, int columns) {
    if (values.length > 0) {
      Inputs.requireLength("the direction's " + name, values, rows, columns);
    }
  }
}
