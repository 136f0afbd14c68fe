package org.ketloom.engine.statevector;

/** How an observable is read from the final state. Immutable. */
interface Readout {

  /** Number of values per sample. */
  int outputs();

  /** Adds the values to {@code sums}, {@link Kernels#LANES} for each, which are 0 before. */
  void values(Workspace work, double[] sums);

  /**
   * Adds the observable, weighted, times the state to lambda, and the gradients of the observable's
   * own entries.
   *
   * @param weights {@link Kernels#LANES} for each output
   */
  void backward(Workspace work, double[] weights);
}
