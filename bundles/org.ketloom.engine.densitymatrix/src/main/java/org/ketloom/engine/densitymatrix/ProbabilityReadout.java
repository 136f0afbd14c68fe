package org.ketloom.engine.densitymatrix;

import java.util.List;
import org.ketloom.api.circuit.ReadoutError;

/**
 * Probabilities of k wires: the Walsh transform of the coefficients of their strings of Z, divided
 * by {@code 2^k}.
 *
 * @param places of the strings of Z, bits of the index as wires, the first the most significant
 * @param errors with which each wire is read
 */
record ProbabilityReadout(int output, int[] places, List<ReadoutError> errors, String what)
    implements Readout {

  @Override
  public void values(Workspace work, double[] lanes) {
    double[] values = new double[places.length];
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int z = 0; z < values.length; z++) {
        values[z] = work.read[places[z] * Kernels.LANES + l] / values.length;
      }
      for (int w = 0; w < errors.size(); w++) {
        misread(values, w, false);
      }
      PauliBasis.walsh(values);
      for (int x = 0; x < values.length; x++) {
        lanes[(output + x) * Kernels.LANES + l] = values[x];
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] lanes) {
    double[] values = new double[places.length];
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int x = 0; x < values.length; x++) {
        values[x] = lanes[(output + x) * Kernels.LANES + l] / values.length;
      }
      PauliBasis.walsh(values);
      for (int w = 0; w < errors.size(); w++) {
        misread(values, w, true);
      }
      for (int z = 0; z < values.length; z++) {
        work.readDerivatives[places[z] * Kernels.LANES + l] += values[z];
      }
    }
  }

  /** Z becomes {@code scale Z + offset}; transposed for derivatives. */
  private void misread(double[] values, int wire, boolean transposed) {
    double scale = errors.get(wire).scale();
    double offset = errors.get(wire).offset();
    int bit = 1 << (errors.size() - 1 - wire);
    for (int z = 0; z < values.length; z++) {
      if ((z & bit) != 0) {
        if (transposed) {
          values[z ^ bit] += offset * values[z];
          values[z] *= scale;
        } else {
          values[z] = scale * values[z] + offset * values[z ^ bit];
        }
      }
    }
  }

  @Override
  public double multiplyAdds() {
    return (double) errors.size() * places.length * Kernels.LANES;
  }
}
