package org.ketloom.engine.statevector;

/**
 * The loops over amplitudes: all that the engine spends its time in. They are written for double
 * precision, plain and on the Vector API; the build makes those for single precision of them, word
 * for word.
 *
 * <p>A block holds vectors of {@link #LANES} numbers; {@link Layout} says whether its lanes are
 * samples or amplitudes. Vector p lies at {@code p * STRIDE}: the real parts of all lanes, then
 * their imaginary parts. Small matrices have the same form: an entry is {@link #STRIDE} numbers, so
 * that the same kernel serves matrices that are shared by the lanes and matrices that aren't.
 *
 * <p>Places come from a part of an {@link IndexPlan}; {@code masks} lead from the place of a gate's
 * basis state 0 to the places of the others.
 *
 * @param <A> what numbers are kept in: {@code double[]} or {@code float[]}
 */
interface Kernels<A> {
  /** Numbers in a vector. */
  int LANES = 8;

  /** Numbers per vector in a block. */
  int STRIDE = 2 * LANES;

  /** What they are, for people. */
  String describe();

  /** Multiplies by a matrix of 4 rows in place. */
  void apply4(A psi, IndexPlan plan, int part, int[] masks, A matrix);

  /** Multiplies pairs by a matrix of two rows in place. */
  void applyPairs(A psi, PairSet set, int part, A matrix);

  /**
   * Takes a gate of two rows back: multiplies {@code psi} and {@code lambda} by the adjoint of the
   * matrix, and adds to {@code gather} the Hermitian part Q of {@code psi lambda^† / i}, both as
   * they are before the gate: {@link #LANES} numbers each for {@code Q_00}, {@code Q_11}, {@code 2
   * Re Q_01} and {@code 2 Im Q_01}.
   *
   * @param gather has room for as many numbers behind
   */
  void applyAdjoint(A psi, A lambda, PairSet set, int part, A matrix, A gather);

  /**
   * Changes signs of amplitudes.
   *
   * @param signs for each vector of the block, a bit for each lane that changes
   */
  void negate(A psi, IndexPlan plan, int part, byte[] signs);

  /**
   * Sets the expectation value of a Pauli string, lane by lane and apart from {@link
   * PauliString#laneFactor}.
   *
   * @param from first vector of those that are counted
   * @param to end of them
   * @param values {@link #LANES} numbers
   */
  void pauliValue(A psi, Layout layout, PauliString string, int from, int to, A values);

  /**
   * Adds a Pauli string times psi to lambda.
   *
   * @param from first vector of lambda that is added to
   * @param to end of them
   * @param weights for each lane of lambda
   */
  void addPauliTimesState(
      A psi, A lambda, Layout layout, PauliString string, int from, int to, A weights);

  /** Adds the probabilities of the masks' basis states, {@link #LANES} each. */
  void addProbabilities(A psi, IndexPlan plan, int part, int[] masks, A sums);

  /** Adds to lambda psi times a weight per mask and lane. */
  void addDiagonalTimesState(A psi, A lambda, IndexPlan plan, int part, int[] masks, A weights);

  /**
   * Adds to {@code density} the derivatives of a dense Hermitian's expectation value by its
   * entries, {@link #LANES} for each, in the layout of {@link
   * org.ketloom.api.circuit.Observable.Hermitian}: the reduced density matrix of the masks' wires.
   */
  void addDensity(A psi, IndexPlan plan, int part, int[] masks, A density);

  /**
   * Adds to lambda a dense Hermitian times psi.
   *
   * @param entries {@link #LANES} for each entry, in the layout of {@link
   *     org.ketloom.api.circuit.Observable.Hermitian}
   */
  void addHermitianTimesState(A psi, A lambda, IndexPlan plan, int part, int[] masks, A entries);

  /** Writes the squared moduli of some vectors, {@link #LANES} for each. */
  void moduli(A psi, int firstVector, int count, A squares);

  /**
   * Walsh and Hadamard's transform in place: entry m becomes the sum over positions p of entry p
   * with the sign of the parity of {@code p & m}.
   *
   * @param entries {@link #LANES} numbers for each position
   */
  void walsh(A entries, int positions);

  /**
   * Sets some vectors of lambda to psi times a real factor.
   *
   * @param factors {@link #LANES} for each of the vectors
   */
  void diagonalTimesState(A psi, A factors, int firstVector, int count, A lambda);

  /** Sets vectors to others times one vector, lane by lane. */
  void multiply(A factor, int factorAt, A from, int fromAt, int count, A to, int toAt);

  /** Adds to vectors others times the conjugate of one vector, lane by lane. */
  void addConjugateTimes(A factor, int factorAt, A from, int fromAt, int count, A to, int toAt);

  /** Sets one vector to the sum of vectors times the conjugates of others, lane by lane. */
  void inner(A conjugated, int conjugatedAt, A from, int fromAt, int count, A to, int toAt);

  /**
   * Copies some groups of amplitudes side by side into a tile.
   *
   * @param high where the groups begin, with {@code low}
   * @param masks lead from there to the group's other amplitudes
   */
  void toTile(A state, A tile, int high, int[] low, int[] masks);

  /** Copies them back. */
  void fromTile(A tile, A state, int high, int[] low, int[] masks);
}
