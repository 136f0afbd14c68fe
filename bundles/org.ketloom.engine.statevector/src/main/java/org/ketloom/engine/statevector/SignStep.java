package org.ketloom.engine.statevector;

/**
 * A diagonal of 1 and -1: any number of (multi-)controlled Z gates in one pass.
 *
 * @param plan all vectors
 * @param signs for each vector, a bit for each lane that changes its sign
 */
record SignStep(Kernels<Object> kernels, IndexPlan plan, byte[] signs) implements Step {

  @Override
  public void forward(Workspace work) {
    kernels.negate(work.state.psi, plan, work.part, signs);
  }

  @Override
  public void backward(Workspace work) {
    kernels.negate(work.state.psi, plan, work.part, signs);
    kernels.negate(work.lambda, plan, work.part, signs);
  }

  @Override
  public double multiplyAdds() {
    int changed = 0;
    for (byte lanes : signs) {
      changed += lanes == 0 ? 0 : 1;
    }
    return 2.0 * Kernels.LANES * changed;
  }

  @Override
  public String describe() {
    return "signs";
  }
}
