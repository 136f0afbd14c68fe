package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;

/** How fast the inputs of a block's samples move. */
interface InputTangent {

  /**
   * The rate of one number of the inputs.
   *
   * @param row number of the sample in the block
   */
  double rate(Angle.Source source, int index, int row);
}
