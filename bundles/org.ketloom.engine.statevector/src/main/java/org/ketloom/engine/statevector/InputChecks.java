package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Inputs;

/** Checks of what a program is given: lengths, and that all numbers are finite. */
final class InputChecks {

  private InputChecks() {}

  /**
   * Checks a program's inputs.
   *
   * @throws IllegalArgumentException naming the array, sample and index
   */
  static void check(Circuit circuit, Start start, Inputs inputs) {
    if (inputs.batch() < 1) {
      throw new IllegalArgumentException(
          "a batch needs at least 1 sample, found " + inputs.batch());
    }
    checkLength("features", inputs.features(), inputs.batch(), circuit.features());
    checkLength("weights", inputs.weights(), 1, circuit.weights());
    checkLength("sampleAngles", inputs.sampleAngles(), inputs.batch(), circuit.sampleAngles());
    checkLength("hermitianEntries", inputs.hermitianEntries(), 1, circuit.hermitianEntries());
    checkRows("feature", inputs.features(), circuit.features());
    checkFinite("weight", inputs.weights());
    checkRows("per-sample angle", inputs.sampleAngles(), circuit.sampleAngles());
    checkFinite("Hermitian entry", inputs.hermitianEntries());
    start.check(inputs);
  }

  /**
   * Checks a direction; its arrays may be empty.
   *
   * @throws IllegalArgumentException naming the array, sample and index
   */
  static void check(Circuit circuit, Inputs inputs, Direction direction) {
    int batch = inputs.batch();
    checkPart("features", direction.features(), batch, circuit.features());
    checkPart("weights", direction.weights(), 1, circuit.weights());
    checkPart("sampleAngles", direction.sampleAngles(), batch, circuit.sampleAngles());
    checkPart("hermitianEntries", direction.hermitianEntries(), 1, circuit.hermitianEntries());
    checkRows("the direction's feature", direction.features(), circuit.features());
    checkFinite("the direction's weight", direction.weights());
    checkRows("the direction's per-sample angle", direction.sampleAngles(), circuit.sampleAngles());
    checkFinite("the direction's Hermitian entry", direction.hermitianEntries());
  }

  private static void checkPart(String name, double[] values, int rows, int columns) {
    if (values.length > 0) {
      checkLength("the direction's " + name, values, rows, columns);
    }
  }

  static void checkLength(String name, double[] values, int rows, int columns) {
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

  static void checkRows(String what, double[] values, int columns) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            what
                + " "
                + i % columns
                + " of sample "
                + i / columns
                + " is "
                + values[i]
                + ", expected a finite number");
      }
    }
  }

  private static void checkFinite(String what, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            what + " " + i + " is " + values[i] + ", expected a finite number");
      }
    }
  }
}
