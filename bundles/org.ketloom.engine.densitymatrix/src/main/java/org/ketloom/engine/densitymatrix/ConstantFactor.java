package org.ketloom.engine.densitymatrix;

import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;

/**
 * A constant map of a wire.
 *
 * @param entries 16 numbers, row-major
 */
record ConstantFactor(double[] entries, boolean unitary, Shape shape, String name)
    implements Factor {

  @Override
  public List<Angle> angles() {
    return List.of();
  }

  @Override
  public Optional<Inverse> inverse() {
    return Inverse.of(entries, 4);
  }

  @Override
  public void matrix(double[] read, double[] matrix) {
    System.arraycopy(entries, 0, matrix, 0, entries.length);
  }

  @Override
  public void derivatives(double[] read, double[] gather, double[] derivatives) {
    // It depends on nothing.
  }
}
