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
    direction.requireShape(plan.circuit(), inputs.batch());
  }
}
