package org.ketloom.engine.statevector;

/** A diagonal of 1 and -1: any number of (multi-)controlled Z gates in one pass. */
record SignStep(Kernels kernels, IndexPlan negatives) implements Step {

  @Override
  public void forward(Workspace work) {
    kernels.negate(work.state.psi, negatives);
  }

  @Override
  public void backward(Workspace work) {
    kernels.negate(work.state.psi, negatives);
    kernels.negate(work.lambda, negatives);
  }

  @Override
  public String describe() {
    return "signs on " + negatives.size() + " amplitudes";
  }
}
