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
    inputs.requireShape(plan.circuit());
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
    Inputs.requireFiniteRows(
        "the direction's feature", direction.features(), plan.sizes().features());
    Inputs.requireFinite("the direction's weight", direction.weights());
    Inputs.requireFiniteRows(
        "the direction's per-sample angle", direction.sampleAngles(), plan.sizes().sampleAngles());
    Inputs.requireFinite("the direction's Hermitian entry", direction.hermitianEntries());
  }

  private static void checkPart(String name, double[] values, int rows, int columns) {
    if (values.length > 0) {
      Inputs.requireLength("the direction's " + name, values, rows, columns);
    }
  }
}
