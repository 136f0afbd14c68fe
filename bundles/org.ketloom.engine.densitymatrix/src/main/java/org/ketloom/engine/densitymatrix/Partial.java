package org.ketloom.engine.densitymatrix;

/** Sums over the samples of one group of blocks; groups are added up in their order. */
final class Partial {
  /** What the steps that the batch shares gathered, for each step. */
  final double[][] gather;

  /** Gradients of weights that stand in a per-sample step. */
  final double[] weights;

  final double[] hermitianEntries;

  Partial(Compiler.Plan plan) {
    gather = new double[plan.steps().size()][];
    for (int s = 0; s < gather.length; s++) {
      Step step = plan.steps().get(s);
      gather[s] = new double[step.perSample() ? 0 : step.gatherSize()];
    }
    weights = new double[plan.circuit().weights()];
    hermitianEntries = new double[plan.circuit().hermitianEntries()];
  }

  void add(Partial other) {
    for (int s = 0; s < gather.length; s++) {
      add(other.gather[s], gather[s]);
    }
    add(other.weights, weights);
    add(other.hermitianEntries, hermitianEntries);
  }

  private static void add(double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }
}
