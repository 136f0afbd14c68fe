package org.ketloom.engine.statevector;

/**
 * A diagonal of 1 and -1: any number of (multi-)controlled Z gates in one pass.
 *
 * @param width samples at each place
 */
record SignStep(Kernels kernels, IndexPlan negatives, int width) implements Step {

  @Override
  public void forward(Workspace work) {
    kernels.negate(work.state.psi, negatives, width);
  }

  @Override
  public void backward(Workspace work) {
    kernels.negate(work.state.psi, negatives, width);
    kernels.negate(work.lambda, negatives, width);
  }

  @Override
  public String describe() {
    return "signs on " + negatives.size() + " amplitudes";
  }
}
