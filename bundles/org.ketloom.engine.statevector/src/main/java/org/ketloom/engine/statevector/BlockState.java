package org.ketloom.engine.statevector;

/** The state of one block of samples, and what its backward sweep needs of the forward pass. */
final class BlockState {
  /** The amplitudes, laid out as {@link Kernels} says. */
  final Object psi;

  /** Cosines and sines of the per-sample angles, {@code [slot][cosine, sine][lane]}. */
  final double[] trig;

  /** Norms of the prepared amplitudes' vectors, by lane. */
  final double[] norms = new double[Kernels.LANES];

  /** Matrices of the gates that differ between samples, if the block is one sample. */
  final double[][] matrices;

  BlockState(Storage<Object> storage, int vectors, int angles, int matrices) {
    this.psi = storage.array(vectors * Kernels.STRIDE);
    this.matrices = new double[matrices][FusedGateStep.MATRIX];
    this.trig = new double[angles * Kernels.STRIDE];
  }
}
