package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Inputs;

/**
 * Reads the numbers of the samples of a block, or those that the batch shares.
 *
 * @param lanes lanes that differ: 1 where the batch shares the numbers
 * @param first number of the block's first sample
 * @param count samples of the block; lanes beyond repeat the last
 */
record Reader(Inputs inputs, int lanes, int first, int count) {

  /** For what the batch shares. */
  static Reader shared(Inputs inputs) {
    return new Reader(inputs, 1, 0, 1);
  }

  /** For a block. */
  static Reader block(Inputs inputs, int block) {
    int first = block * Kernels.LANES;
    return new Reader(
        inputs, Kernels.LANES, first, Math.min(Kernels.LANES, inputs.batch() - first));
  }

  /** Number of the sample in a lane. */
  int sample(int lane) {
    return first + Math.min(lane, count - 1);
  }

  double read(Angle angle, int lane) {
    double value =
        switch (angle.source()) {
          case CONSTANT -> 0;
          case WEIGHT -> inputs.weights()[angle.index()];
          case FEATURE -> at(inputs.features(), lane, angle.index());
          case SAMPLE -> at(inputs.sampleAngles(), lane, angle.index());
        };
    return angle.scale() * value + angle.offset();
  }

  private double at(double[] rows, int lane, int index) {
    return rows[sample(lane) * (rows.length / inputs.batch()) + index];
  }

  /** Copies the first lane to all where lanes don't differ. */
  void spread(double[] coefficients) {
    if (lanes > 1) {
      return;
    }
    for (int at = 0; at < coefficients.length; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        coefficients[at + l] = coefficients[at];
      }
    }
  }

  /** An error of this sample, or of what the batch shares. */
  IllegalArgumentException refused(int lane, IllegalArgumentException cause) {
    return lanes == 1
        ? cause
        : new IllegalArgumentException("sample " + sample(lane) + ": " + cause.getMessage(), cause);
  }
}
