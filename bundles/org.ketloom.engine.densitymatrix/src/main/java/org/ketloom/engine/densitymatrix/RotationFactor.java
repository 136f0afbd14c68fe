package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;

/**
 * A rotation about an axis: it turns the Bloch vector about that axis by its angle.
 *
 * @param axis 1 for X, 2 for Y, 3 for Z
 */
record RotationFactor(int axis, Angle angle, String name) implements Factor {

  @Override
  public List<Angle> angles() {
    return List.of(angle);
  }

  @Override
  public boolean unitary() {
    return true;
  }

  @Override
  public Optional<Inverse> inverse() {
    return Optional.empty();
  }

  @Override
  public Shape shape() {
    return Shape.UNITAL;
  }

  /** The axis that is turned towards {@link #last}. */
  private int next() {
    return axis % 3 + 1;
  }

  private int last() {
    return next() % 3 + 1;
  }

  @Override
  public void matrix(double[] read, double[] matrix) {
    double c = Math.cos(read[0]);
    double s = Math.sin(read[0]);
    Arrays.fill(matrix, 0, 16, 0);
    matrix[0] = 1;
    matrix[5 * axis] = 1;
    matrix[5 * next()] = c;
    matrix[5 * last()] = c;
    matrix[4 * last() + next()] = s;
    matrix[4 * next() + last()] = -s;
  }

  @Override
  public void derivatives(double[] read, double[] gather, double[] derivatives) {
    double c = Math.cos(read[0]);
    double s = Math.sin(read[0]);
    derivatives[0] +=
        -s * (gather[5 * next()] + gather[5 * last()])
            + c * (gather[4 * last() + next()] - gather[4 * next() + last()]);
  }
}
