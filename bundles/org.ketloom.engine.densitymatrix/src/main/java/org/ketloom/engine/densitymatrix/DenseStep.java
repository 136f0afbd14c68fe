package org.ketloom.engine.densitymatrix;

/**
 * A constant gate or channel of several wires, as a matrix on the coefficients of their strings.
 *
 * @param bases places of the groups' first coefficients
 * @param offsets lead from there to all of the group
 * @param matrix row-major
 * @param transposed likewise
 * @param invertible whether the transpose is the inverse
 */
record DenseStep(
    Kernels kernels,
    int[] bases,
    int[] offsets,
    double[] matrix,
    double[] transposed,
    boolean invertible,
    String gates)
    implements Step {

  @Override
  public void prepare(Reader reader, double[] into) {
    // It is constant.
  }

  @Override
  public void forward(Workspace work, double[] coefficients) {
    kernels.applyDense(work.r, bases, offsets, matrix, work.group);
  }

  @Override
  public void backward(Workspace work, double[] coefficients, double[] gather) {
    if (invertible) {
      kernels.applyDense(work.r, bases, offsets, transposed, work.group);
    }
    kernels.applyDense(work.lambda, bases, offsets, transposed, work.group);
  }

  @Override
  public void differentiate(Reader reader, double[] gather, Sink sink) {
    // It has no gradients.
  }

  @Override
  public boolean perSample() {
    return false;
  }

  @Override
  public int coefficientSize() {
    return 0;
  }

  @Override
  public int gatherSize() {
    return 0;
  }

  @Override
  public double multiplyAdds() {
    return (double) bases.length * offsets.length * offsets.length * Kernels.LANES;
  }

  @Override
  public String describe() {
    return offsets.length + "x" + offsets.length + " constant" + (invertible ? "" : ", kept");
  }
}
