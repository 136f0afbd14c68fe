package org.ketloom.engine.statevector;

/**
 * The loops over amplitudes: all that the engine spends its time in.
 *
 * <p>A block holds {@link #LANES} samples. The amplitude at position p lies at {@code p * STRIDE}:
 * the real parts of all samples, then their imaginary parts. Small matrices have the same form: an
 * entry is {@link #STRIDE} numbers, so that the same kernel serves matrices that are shared by the
 * samples and matrices that aren't.
 *
 * <p>Positions come from an {@link IndexPlan}; {@code masks} (scaled by {@link #STRIDE}) lead from
 * the position of a gate's basis state 0 to the positions of the others.
 */
interface Kernels {
  /** Samples in a block. */
  int LANES = 8;

  /** Numbers per amplitude in a block. */
  int STRIDE = 2 * LANES;

  /** Multiplies by a matrix of 2 or 4 rows in place. */
  void apply(double[] psi, IndexPlan plan, int[] masks, double[] matrix);

  /**
   * Takes a gate back: multiplies {@code psi} and {@code lambda} by the adjoint of the matrix, and
   * adds to {@code gather} the Hermitian part Q of {@code psi lambda^† / i}, both as they are
   * before the gate: {@link #LANES} numbers for each of the diagonal entries, then for each entry
   * {@code r < c} of the upper triangle {@code 2 Re Q} and {@code 2 Im Q}.
   */
  void takeBack(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int[] masks,
      double[] matrix,
      double[] gather,
      int gatherStart);

  /** Multiplies the amplitudes at the given positions by -1. */
  void negate(double[] psi, IndexPlan plan);

  /**
   * Adds to {@code sums} the expectation value of a Pauli string: {@code X} on the mask {@code
   * flip}, a sign by the parity of position and {@code signs} (plus {@code signOffset}), and a
   * factor i if {@code imaginary}.
   *
   * @param flip exclusive or of positions, not scaled
   * @param coefficient real factor
   */
  void addPauliValue(
      double[] psi,
      int positions,
      int flip,
      int signs,
      int signOffset,
      boolean imaginary,
      double coefficient,
      double[] sums);

  /** Adds the Pauli string of {@link #addPauliValue} times psi to lambda, each lane weighted. */
  void addPauliTimesState(
      double[] psi,
      double[] lambda,
      int positions,
      int flip,
      int signs,
      int signOffset,
      boolean imaginary,
      double[] weights);

  /** Adds the probabilities of the masks' basis states to {@code sums}, {@link #LANES} for each. */
  void addProbabilities(double[] psi, IndexPlan plan, int[] masks, double[] sums);

  /** Adds to lambda psi times a weight per mask and lane. */
  void addDiagonalTimesState(
      double[] psi, double[] lambda, IndexPlan plan, int[] masks, double[] weights);

  /**
   * Adds the expectation value of a dense Hermitian.
   *
   * @param hermitian real and imaginary parts in turn, row-major, shared by the lanes
   */
  void addHermitianValue(
      double[] psi, IndexPlan plan, int[] masks, double[] hermitian, double[] sums);

  /** Adds to lambda the Hermitian times psi, each lane weighted. */
  void addHermitianTimesState(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int[] masks,
      double[] hermitian,
      double[] weights);

  /**
   * Adds to {@code gradient} from {@code start} on the derivatives of the weighted expectation
   * values, summed over lanes, in the layout of {@link
   * org.ketloom.api.circuit.Observable.Hermitian}.
   */
  void addHermitianGradient(
      double[] psi, IndexPlan plan, int[] masks, double[] weights, double[] gradient, int start);
}
