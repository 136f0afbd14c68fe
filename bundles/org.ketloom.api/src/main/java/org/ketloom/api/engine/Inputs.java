package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;

/**
 * What a program reads. The arrays are not copied and must not change until the call that takes
 * them has returned, or, for {@link Program#evaluate}, until its last {@link Evaluation#vjp}.
 *
 * @param batch number of samples, at least 1
 * @param features row-major {@code [batch][features]}
 * @param weights {@code [weights]}, shared by the batch
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}, laid out as {@link
 *     org.ketloom.api.circuit.Observable.Hermitian} says
 */
public record Inputs(
    int batch,
    double[] features,
    double[] weights,
    double[] sampleAngles,
    double[] hermitianEntries) {

  private static final double[] NONE = {};

  /** Inputs of a circuit that reads only features and weights. */
  public static Inputs of(int batch, double[] features, double[] weights) {
    return new Inputs(batch, features, weights, NONE, NONE);
  }

  /**
   * Checks that these are inputs of a circuit: lengths, and that all numbers are finite.
   *
   * @throws IllegalArgumentException naming the array, sample and index
   */
  public void requireShape(Circuit circuit) {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch needs at least 1 sample, found " + batch);
    }
    requireLength("features", features, batch, circuit.features());
    requireLength("weights", weights, 1, circuit.weights());
    requireLength("sampleAngles", sampleAngles, batch, circuit.sampleAngles());
    requireLength("hermitianEntries", hermitianEntries, 1, circuit.hermitianEntries());
    requireFiniteRows("feature", features, circuit.features());
    requireFinite("weight", weights);
    requireFiniteRows("per-sample angle", sampleAngles, circuit.sampleAngles());
    requireFinite("Hermitian entry", hermitianEntries);
  }

  /**
   * Checks the length of an array.
   *
   * @param rows 1 for what the batch shares
   * @throws IllegalArgumentException naming the array
   */
  public static void requireLength(String name, double[] values, int rows, int columns) {
    if (values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "the array "
              + name
              + " has "
              + values.length
              + " values, expected "
              + (rows == 1 ? "" : rows + " samples x ")
              + columns);
    }
  }

  /**
   * Checks that all numbers of an array that has a row for each sample are finite.
   *
   * @param what one of them
   * @throws IllegalArgumentException naming the sample and index
   */
  public static void requireFiniteRows(String what, double[] values, int columns) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw notFinite(what + " " + i % columns + " of sample " + i / columns, values[i]);
      }
    }
  }

  /**
   * Checks that all numbers of an array that the batch shares are finite.
   *
   * @param what one of them
   * @throws IllegalArgumentException naming the index
   */
  public static void requireFinite(String what, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw notFinite(what + " " + i, values[i]);
      }
    }
  }

  private static IllegalArgumentException notFinite(String what, double value) {
    return new IllegalArgumentException(what + " is " + value + ", expected a finite number");
  }
}
