package org.ketloom.engine.densitymatrix;

/** One pass over a block. Immutable; whatever changes lies in the workspace. */
interface Step {

  /**
   * Computes the coefficients, once per call where the batch shares them, else once per block.
   *
   * @param into {@link #coefficientSize} numbers
   */
  void prepare(Reader reader, double[] into);

  /** Applies the step to the block. */
  void forward(Workspace work, double[] coefficients);

  /**
   * How much longer rounding errors of the block can be after the step is undone: 1 if it is
   * unitary, infinite if it can't be undone, whatever the inputs are.
   */
  double amplification();

  /**
   * Takes lambda back, and adds the derivatives by the coefficients.
   *
   * @param undo whether the block is the one after the step, and is taken back too; if not, it is
   *     the one before the step
   * @param gather {@link #gatherSize} numbers
   */
  void backward(Workspace work, double[] coefficients, boolean undo, double[] gather);

  /** Adds the gradients of what is read to a sink, from what was gathered. */
  void differentiate(Reader reader, double[] gather, Sink sink);

  /** Whether it reads features or per-sample numbers. */
  boolean perSample();

  /** Numbers of its coefficients. */
  int coefficientSize();

  /** Numbers that it gathers and room behind them; 0 if it has no gradients. */
  int gatherSize();

  /** Multiplications and additions, each pair of them one, of a forward pass over a block. */
  double multiplyAdds();

  /** The gates and channels that it is. */
  String gates();

  /** The kernel, for people. */
  String describe();
}
