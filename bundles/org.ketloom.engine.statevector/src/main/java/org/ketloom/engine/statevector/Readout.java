package org.ketloom.engine.statevector;

/** How some of the outputs are read from the final state. Immutable. */
interface Readout {

  /**
   * Adds the values.
   *
   * @param sums {@link Kernels#LANES} numbers for each output of the circuit
   */
  void values(Workspace work, double[] sums);

  /**
   * Adds the observables, weighted, times the state to lambda, and the gradients of the
   * observables' own entries.
   *
   * @param weights {@link Kernels#LANES} numbers for each output of the circuit
   */
  void backward(Workspace work, double[] weights);
}
