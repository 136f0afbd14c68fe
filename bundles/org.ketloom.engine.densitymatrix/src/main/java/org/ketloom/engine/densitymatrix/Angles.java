package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;

/** What a number depends on. */
final class Angles {

  private Angles() {}

  /** Whether it has a gradient. */
  static boolean varies(Angle angle) {
    return angle.source() != Angle.Source.CONSTANT;
  }

  /** Whether it differs between samples. */
  static boolean perSample(Angle angle) {
    return angle.source() == Angle.Source.FEATURE || angle.source() == Angle.Source.SAMPLE;
  }
}
