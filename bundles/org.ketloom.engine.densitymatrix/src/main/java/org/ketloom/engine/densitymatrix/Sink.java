package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;

/** Takes derivatives. */
interface Sink {
  /** Adds the derivative by a number that was read for the sample in a lane. */
  void add(Angle angle, int lane, double derivative);
}
