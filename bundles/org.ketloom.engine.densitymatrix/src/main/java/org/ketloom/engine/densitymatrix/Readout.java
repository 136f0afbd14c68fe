package org.ketloom.engine.densitymatrix;

/** How an observable is read. Immutable. */
interface Readout {

  /**
   * Sets the values of its outputs.
   *
   * @param lanes {@link Kernels#LANES} numbers for each output of the circuit
   */
  void values(Workspace work, double[] lanes);

  /**
   * Adds the derivatives by what is read, and the gradients of the observable's own entries.
   *
   * @param lanes weights, {@link Kernels#LANES} numbers for each output of the circuit
   */
  void backward(Workspace work, double[] lanes);

  /** Multiplications and additions, each pair of them one, of {@link #values} for a block. */
  double multiplyAdds();

  /** What is read. */
  String what();
}
