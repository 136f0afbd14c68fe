package org.ketloom.engine.densitymatrix;

import java.util.Optional;

/**
 * A constant gate or channel of several wires, as a matrix on the coefficients of their strings.
 *
 * @param bases places of the groups' first coefficients
 * @param offsets lead from there to all of the group
 * @param matrix row-major
 * @param transposed likewise
 * @param inverse empty if there is none
 */
record DenseStep(
    Kernels kernels,
    int[] bases,
    int[] offsets,
    double[] matrix,
    double[] transposed,
    Optional<Inverse> inverse,
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
  public double amplification() {
    return inverse.map(Inverse::amplification).orElse(Double.POSITIVE_INFINITY);
  }

  @Override
  public void backward(Workspace work, double[] coefficients, boolean undo, double[] gather) {
    if (undo) {
      kernels.applyDense(work.r, bases, offsets, inverse.orElseThrow().matrix(), work.group);
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
    return offsets.length + "x" + offsets.length + " constant";
  }
}
