package org.ketloom.nn;

/** An operation on plain arrays that brings its own gradient; see {@link Functions#custom}. */
public interface CustomOperation {

  /** What errors call it. */
  String name();

  /**
   * The output's shape.
   *
   * @param inputs the inputs' shapes
   * @throws IllegalArgumentException naming the operation, the shape found and the one expected
   */
  long[] shape(long[]... inputs);

  /**
   * Computes the output.
   *
   * @param inputs row-major; not to be changed, and read until {@link Evaluation#close} at most
   * @param differentiated whether the gradient may be asked for
   */
  Evaluation evaluate(double[][] inputs, boolean differentiated);

  /** One result. */
  interface Evaluation extends AutoCloseable {

    /** The values, row-major; not to be changed. */
    double[] output();

    /**
     * Gradients of the sum over all outputs of g times output.
     *
     * @param g like the output
     * @param into one array per input, like the input; all are overwritten
     */
    void vectorJacobianProduct(double[] g, double[][] into);

    /** Neither values nor gradients are asked for any more. */
    @Override
    default void close() {}
  }
}
