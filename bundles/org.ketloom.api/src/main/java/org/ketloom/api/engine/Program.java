package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A compiled circuit. It may be used by several threads at once, and its results don't depend on
 * the number of threads that work for it.
 */
@ProviderType
public interface Program {

  /** The circuit that was compiled. */
  Circuit circuit();

  /**
   * What the circuit was compiled to, and the memory that it takes.
   *
   * @throws UnsupportedOperationException if the engine doesn't tell
   */
  default ExecutionPlan plan() {
    throw new UnsupportedOperationException("this engine doesn't tell its plan");
  }

  /**
   * The observables' values.
   *
   * @return row-major {@code [batch][outputs]}
   * @throws IllegalArgumentException if an array has the wrong length, or a value is NaN or
   *     infinite (the message names the sample and the index), or a sample's amplitudes are all
   *     zero, or the batch can't fit in memory (the message gives the estimate)
   */
  double[] values(Inputs inputs);

  /**
   * As {@link #values(Inputs)}, written into an array of the caller.
   *
   * @param into row-major {@code [batch][outputs]}; overwritten
   */
  default void values(Inputs inputs, double[] into) {
    double[] found = values(inputs);
    System.arraycopy(found, 0, into, 0, found.length);
  }

  /**
   * The observables' values, keeping what their vector-Jacobian product needs.
   *
   * @throws IllegalArgumentException as {@link #values(Inputs)}
   */
  Evaluation evaluate(Inputs inputs);

  /**
   * The circuit's second derivatives and Fisher information.
   *
   * @throws UnsupportedOperationException if the engine doesn't compute them
   * @throws IllegalArgumentException if they need more memory than there is (the message gives the
   *     estimate)
   */
  default SecondOrder secondOrder() {
    throw new UnsupportedOperationException(
        "this engine computes no second derivatives and no Fisher information");
  }
}
