package org.ketloom.engine.densitymatrix;

/** CNOT, CZ or SWAP: strings change places and signs. It undoes itself. */
record PermutationStep(Kernels kernels, int[] pairs, byte[] signs, int[] flips, String gates)
    implements Step {

  @Override
  public void prepare(Reader reader, double[] into) {
    // It has no coefficients.
  }

  @Override
  public void forward(Workspace work, double[] coefficients) {
    kernels.permute(work.r, pairs, signs, flips);
  }

  @Override
  public double amplification() {
    return 1;
  }

  @Override
  public void backward(Workspace work, double[] coefficients, boolean undo, double[] gather) {
    if (undo) {
      kernels.permute(work.r, pairs, signs, flips);
    }
    kernels.permute(work.lambda, pairs, signs, flips);
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
    return 0;
  }

  @Override
  public String describe() {
    return "permutation with signs";
  }
}
