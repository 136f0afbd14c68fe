package org.ketloom.api.engine;

import org.osgi.annotation.versioning.ProviderType;

/** One forward pass of a program, ready for its backward sweep. */
@ProviderType
public interface Evaluation {

  /** The observables' values, row-major {@code [batch][outputs]}; not to be changed. */
  double[] outputs();

  /**
   * Gradients of {@code sum over samples b and outputs k of cotangents[b][k] * outputs[b][k]}, for
   * everything that the circuit reads, in one backward sweep.
   *
   * @param cotangents row-major {@code [batch][outputs]}
   * @throws IllegalArgumentException if the length is wrong or a value is NaN or infinite
   * @throws UnsupportedOperationException naming the gate or observable that can't be
   *     differentiated
   */
  Gradients vjp(double[] cotangents);
}
