package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;

/** Receives derivatives by the inputs of a block's samples. */
interface Derivatives {

  /**
   * Adds to the derivative by one number of the inputs.
   *
   * @param row number of the sample in the block
   */
  void add(Angle.Source source, int index, int row, double value);
}
