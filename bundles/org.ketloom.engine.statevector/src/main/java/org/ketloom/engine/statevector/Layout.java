package org.ketloom.engine.statevector;

/**
 * How a block of the state lies in memory. The lanes are samples while the states are small; of a
 * large state they are its own last bits, so that a block is one sample and no lane is idle.
 *
 * @param wires number of qubits
 * @param laneBits bits of a position that choose the lane: 0 or 3
 */
record Layout(int wires, int laneBits) {
  private static final int ALL_LANES = 3;

  /** The lanes are samples. */
  static Layout ofSamples(int wires) {
    return new Layout(wires, 0);
  }

  /** The lanes are amplitudes of one sample. */
  static Layout ofAmplitudes(int wires) {
    return new Layout(wires, ALL_LANES);
  }

  /** Number of amplitudes, each of all lanes, in a block. */
  int vectors() {
    return 1 << (wires - laneBits);
  }

  /** Number of samples in a block. */
  int samples() {
    return laneBits == 0 ? Kernels.LANES : 1;
  }

  /** Number of blocks of a batch. */
  int blocks(int batch) {
    return (batch + samples() - 1) / samples();
  }

  /** Where the real part at a position of the state lies in the first of its lanes. */
  int at(int position) {
    return high(position) * Kernels.STRIDE + lane(position);
  }

  /** The part of a position, or of a mask, that chooses the vector. */
  int high(int position) {
    return position >> laneBits;
  }

  /** The part of a position, or of a mask, that chooses the lane. */
  int lane(int position) {
    return position & ((1 << laneBits) - 1);
  }
}
