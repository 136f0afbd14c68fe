package org.ketloom.engine.statevector;

/** How some of the outputs are read from the final state. Immutable. */
interface Readout {

  /**
   * Adds the values from the workspace's slice of the state.
   *
   * @param sums {@link Kernels#LANES} numbers for each output of the circuit
   */
  void values(Workspace work, double[] sums);

  /**
   * Adds the observables, weighted, times the state to lambda in the workspace's slice, and the
   * gradients of the observables' own entries.
   *
   * @param weights {@link Kernels#LANES} numbers for each output of the circuit
   */
  void backward(Workspace work, double[] weights);

  /** Multiplications and additions, each pair of them one, of {@link #values} for a whole block. */
  double multiplyAdds();

  /** What is read. */
  String what();

  /** The kernel, for people. */
  String describe();
}
