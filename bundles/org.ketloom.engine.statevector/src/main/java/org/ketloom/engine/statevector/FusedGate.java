package org.ketloom.engine.statevector;

import java.util.Arrays;

/**
 * A matrix of two rows, the product of factors, with its place among the matrices that the batch
 * shares, or among those that differ between samples.
 *
 * @param product the product
 * @param perSample whether it differs between samples
 * @param number its number among its like
 */
record FusedGate(Su2Product product, boolean perSample, int number) {

  /** Computes the matrix that the batch shares, once per call. */
  void prepare(Su2Kernels kernels, Prepared prepared) {
    product.product(kernels, prepared.trig, prepared.product, prepared.matrices[number]);
  }

  /** Computes the matrix of a block's one sample. */
  void prepareSample(Su2Kernels kernels, Workspace work) {
    product.product(kernels, work.state.trig, work.product, work.state.matrices[number]);
  }

  /** The matrix for the samples of a block. */
  double[] matrix(Su2Kernels kernels, Workspace work) {
    if (!perSample) {
      return work.prepared.matrices[number];
    }
    if (work.lanesAreAmplitudes) {
      return work.state.matrices[number];
    }
    product.product(kernels, work.state.trig, work.product, work.matrix);
    return work.matrix;
  }

  /** Where a step that is taken back adds what it gathers. */
  double[] gather(Workspace work) {
    if (!perSample) {
      return work.partial.gather;
    }
    if (!work.lanesAreAmplitudes) {
      Arrays.fill(work.gather, 0);
      return work.gather;
    }
    return work.partial.sampleGather;
  }

  int gatherStart(Workspace work) {
    return perSample && !work.lanesAreAmplitudes ? 0 : number * FusedGateStep.GATHERED;
  }

  /** Called when all is gathered: differentiates what differs between the samples of a block. */
  void gathered(Su2Kernels kernels, Workspace work) {
    if (perSample && !work.lanesAreAmplitudes) {
      product.differentiate(kernels, work.state.trig, work.gather, work.product, work);
    }
  }

  /**
   * Adds the gradients of a block of one sample.
   *
   * @param gather what all of its parts gathered, summed
   */
  void differentiateSample(Su2Kernels kernels, double[] gather, Workspace work) {
    System.arraycopy(
        gather, number * FusedGateStep.GATHERED, work.gather, 0, FusedGateStep.GATHERED);
    addLanes(work.gather);
    product.differentiate(kernels, work.state.trig, work.gather, work.product, work);
  }

  /**
   * Adds the gradients of the weights to those of {@code prepared}.
   *
   * @param gather what all samples gathered, summed
   */
  void differentiateShared(Su2Kernels kernels, Prepared prepared, double[] gather) {
    System.arraycopy(
        gather, number * FusedGateStep.GATHERED, prepared.sums, 0, FusedGateStep.GATHERED);
    addLanes(prepared.sums);
    product.differentiate(kernels, prepared.trig, prepared.sums, prepared.product, prepared);
  }

  /** Replaces the first lane by the sum of all. */
  private static void addLanes(double[] gather) {
    for (int at = 0; at < FusedGateStep.GATHERED; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        gather[at] += gather[at + l];
      }
    }
  }
}
