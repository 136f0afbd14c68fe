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

  /** Whether the step can be undone; if not, the block before it has to be kept. */
  boolean invertible();

  /**
   * Takes lambda back, and adds the derivatives by the coefficients. The block is the one after an
   * {@link #invertible} step, which is undone, and the one before any other.
   *
   * @param gather {@link #gatherSize} numbers
   */
  void backward(Workspace work, double[] coefficients, double[] gather);

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
