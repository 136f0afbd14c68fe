package org.ketloom.engine.statevector;

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
  static void check(CircuitCompiler.Plan plan, Inputs inputs) {
    if (inputs.batch() < 1) {
      throw new IllegalArgumentException(
          "a batch needs at least 1 sample, found " + inputs.batch());
    }
    checkLength("features", inputs.features(), inputs.batch(), plan.sizes().features());
    checkLength("weights", inputs.weights(), 1, plan.sizes().weights());
    checkLength("sampleAngles", inputs.sampleAngles(), inputs.batch(), plan.sizes().sampleAngles());
    checkLength("hermitianEntries", inputs.hermitianEntries(), 1, plan.sizes().hermitianEntries());
    checkRows("feature", inputs.features(), plan.sizes().features());
    checkFinite("weight", inputs.weights());
    checkRows("per-sample angle", inputs.sampleAngles(), plan.sizes().sampleAngles());
    checkFinite("Hermitian entry", inputs.hermitianEntries());
    plan.start().check(inputs);
  }

  /**
   * Checks a direction; its arrays may be empty.
   *
   * @throws IllegalArgumentException naming the array, sample and index
   */
  static void check(CircuitCompiler.Plan plan, Inputs inputs, Direction direction) {
    int batch = inputs.batch();
    checkPart("features", direction.features(), batch, plan.sizes().features());
    checkPart("weights", direction.weights(), 1, plan.sizes().weights());
    checkPart("sampleAngles", direction.sampleAngles(), batch, plan.sizes().sampleAngles());
    checkPart("hermitianEntries", direction.hermitianEntries(), 1, plan.sizes().hermitianEntries());
    checkRows("the direction's feature", direction.features(), plan.sizes().features());
    checkFinite("the direction's weight", direction.weights());
    checkRows(
        "the direction's per-sample angle", direction.sampleAngles(), plan.sizes().sampleAngles());
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
