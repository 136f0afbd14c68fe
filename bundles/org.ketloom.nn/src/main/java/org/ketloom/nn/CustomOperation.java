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
   * @param inputs row-major; not to be changed
   * @param differentiated whether the gradient may be asked for
   */
  Evaluation evaluate(double[][] inputs, boolean differentiated);

  /** One result. */
  interface Evaluation {

    /** The values, row-major; not to be changed. */
    double[] output();

    /**
     * Gradients of the sum over all outputs of g times output.
     *
     * @param g like the output
     * @param needed which inputs' gradients are asked for
     * @return one array per input, like the input; null where it was not asked for
     */
    double[][] vectorJacobianProduct(double[] g, boolean[] needed);
  }
}
