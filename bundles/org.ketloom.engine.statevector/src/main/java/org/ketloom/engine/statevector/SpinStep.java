package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Angle;

/**
 * A fused gate: a matrix of two rows on some pairs of amplitudes, the product of factors. The
 * derivation of its backward sweep is in ADJOINT.md.
 *
 * @param sets all the pairs
 * @param spin the product
 * @param factors number of its factors
 * @param shared number of the step among those whose matrix the batch shares; -1 if it differs
 *     between samples
 */
record SpinStep(Kernels kernels, List<PairSet> sets, Spin spin, int factors, int shared)
    implements Step {

  /** Numbers that a step gathers. */
  static final int GATHERED = 4 * Kernels.LANES;

  /** Numbers of its matrix. */
  static final int MATRIX = 4 * Kernels.STRIDE;

  SpinStep {
    sets = List.copyOf(sets);
  }

  /** Computes the matrix that the batch shares, once per call. */
  void prepare(Prepared prepared) {
    spin.product(kernels, prepared.trig, prepared.spin, prepared.matrices[shared]);
  }

  @Override
  public void forward(Workspace work) {
    double[] matrix = matrix(work);
    for (int s = 0; s < sets.size(); s++) {
      PairSet set = sets.get(s);
      kernels.applyPairs(work.state.psi, set, set.arranged(matrix, work.arranged));
    }
  }

  private double[] matrix(Workspace work) {
    if (shared >= 0) {
      return work.prepared.matrices[shared];
    }
    spin.product(kernels, work.state.trig, work.spin, work.matrix);
    return work.matrix;
  }

  @Override
  public void backward(Workspace work) {
    double[] matrix = matrix(work);
    if (shared >= 0) {
      takeBack(work, matrix, work.partial.gather, shared * GATHERED);
      return;
    }
    Arrays.fill(work.gather, 0);
    takeBack(work, matrix, work.gather, 0);
    if (work.lanesAreAmplitudes) {
      addLanes(work.gather);
    }
    spin.differentiate(kernels, work.state.trig, work.gather, work.spin, work);
  }

  private void takeBack(Workspace work, double[] matrix, double[] gather, int start) {
    for (int s = 0; s < sets.size(); s++) {
      PairSet set = sets.get(s);
      if (set.roles() == null) {
        kernels.takeBack(work.state.psi, work.lambda, set, matrix, gather, start);
      } else {
        Arrays.fill(work.found, 0);
        kernels.takeBack(
            work.state.psi, work.lambda, set, set.arranged(matrix, work.arranged), work.found, 0);
        set.addGathered(work.found, gather, start);
      }
    }
  }

  /** Replaces the first lane by the sum of all. */
  private static void addLanes(double[] gather) {
    for (int at = 0; at < GATHERED; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        gather[at] += gather[at + l];
      }
    }
  }

  /**
   * Adds the gradients of the weights.
   *
   * @param gather what all samples gathered, summed
   */
  void differentiateShared(Prepared prepared, double[] gather, double[] weights) {
    double[] sums = prepared.sums;
    System.arraycopy(gather, shared * GATHERED, sums, 0, GATHERED);
    addLanes(sums);
    spin.differentiate(
        kernels,
        prepared.trig,
        sums,
        prepared.spin,
        (factor, values, start, scale) -> {
          for (Angle angle : factor.angles()) {
            if (angle.source() == Angle.Source.WEIGHT) {
              weights[angle.index()] += angle.scale() * scale * values[start];
            }
          }
        });
  }

  @Override
  public String describe() {
    return "2x2 of "
        + factors
        + " factors on "
        + sets.stream().mapToInt(s -> s.plan().size()).sum()
        + " vectors, "
        + (shared < 0 ? "per sample" : "shared");
  }
}
