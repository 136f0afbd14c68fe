package org.ketloom.engine.statevector;

import java.lang.reflect.InvocationTargetException;

/**
 * The loops over amplitudes: all that the engine spends its time in.
 *
 * <p>A block holds vectors of {@link #LANES} numbers; {@link Layout} says whether its lanes are
 * samples or amplitudes. Vector p lies at {@code p * STRIDE}: the real parts of all lanes, then
 * their imaginary parts. Small matrices have the same form: an entry is {@link #STRIDE} numbers, so
 * that the same kernel serves matrices that are shared by the lanes and matrices that aren't.
 *
 * <p>Places come from a part of an {@link IndexPlan}; {@code masks} lead from the place of a gate's
 * basis state 0 to the places of the others.
 */
interface Kernels {
  /** Numbers in a vector. */
  int LANES = 8;

  /** Numbers per vector in a block. */
  int STRIDE = 2 * LANES;

  /**
   * The kernels on the Vector API where it is there and fast, plain ones elsewhere, and where
   * system property {@code ketloom.kernels} is {@code plain}: for what is over before the others
   * pay.
   */
  static Kernels best() {
    if ("plain".equals(System.getProperty("ketloom.kernels"))) {
      return new PlainKernels(null);
    }
    String reason;
    try {
      return (Kernels)
          Class.forName(Kernels.class.getPackageName() + ".VectorKernels")
              .getDeclaredConstructor()
              .newInstance();
    } catch (InvocationTargetException e) {
      reason = String.valueOf(e.getCause().getMessage());
    } catch (ReflectiveOperationException | LinkageError e) {
      reason =
          "the package jdk.incubator.vector isn't there (start Java with --add-modules"
              + " jdk.incubator.vector)";
    }
    return new PlainKernels(
        "The state vector engine runs plain kernels, several times slower: " + reason);
  }

  /** Called when a program is run: the first time, says on the log what makes it slow. */
  void announce();

  /** What they are, for people. */
  String describe();

  /** Multiplies by a matrix of 4 rows in place. */
  void apply4(double[] psi, IndexPlan plan, int part, int[] masks, double[] matrix);

  /** Multiplies pairs by a matrix of two rows in place. */
  void applyPairs(double[] psi, PairSet set, int part, double[] matrix);

  /**
   * Takes a gate of two rows back: multiplies {@code psi} and {@code lambda} by the adjoint of the
   * matrix, and adds to {@code gather} the Hermitian part Q of {@code psi lambda^† / i}, both as
   * they are before the gate: {@link #LANES} numbers each for {@code Q_00}, {@code Q_11}, {@code 2
   * Re Q_01} and {@code 2 Im Q_01}.
   *
   * @param gather has room for as many numbers behind
   */
  void takeBack(
      double[] psi, double[] lambda, PairSet set, int part, double[] matrix, double[] gather);

  /**
   * Changes signs of amplitudes.
   *
   * @param signs for each vector of the block, a bit for each lane that changes
   */
  void negate(double[] psi, IndexPlan plan, int part, byte[] signs);

  /**
   * Adds the expectation value of a Pauli string to its output's sums.
   *
   * @param from first vector of those that are counted
   * @param to end of them
   * @param room for {@link #LANES} numbers
   */
  void addPauliValue(
      double[] psi,
      Layout layout,
      PauliString string,
      int from,
      int to,
      double[] room,
      double[] sums);

  /**
   * Adds a Pauli string times psi to lambda, each lane with its output's weight.
   *
   * @param from first vector of lambda that is added to
   * @param to end of them
   * @param room for {@link #LANES} numbers
   */
  void addPauliTimesState(
      double[] psi,
      double[] lambda,
      Layout layout,
      PauliString string,
      int from,
      int to,
      double[] room,
      double[] weights);

  /**
   * Adds the probabilities of the masks' basis states from {@code start} on, {@link #LANES} each.
   */
  void addProbabilities(
      double[] psi, IndexPlan plan, int part, int[] masks, double[] sums, int start);

  /** Adds to lambda psi times a weight per mask and lane, from {@code start} on. */
  void addDiagonalTimesState(
      double[] psi,
      double[] lambda,
      IndexPlan plan,
      int part,
      int[] masks,
      double[] weights,
      int start);

  /**
   * Adds to {@code density} the derivatives of a dense Hermitian's expectation value by its
   * entries, {@link #LANES} for each, in the layout of {@link
   * org.ketloom.api.circuit.Observable.Hermitian}: the reduced density matrix of the masks' wires.
   */
  void addDensity(double[] psi, IndexPlan plan, int part, int[] masks, double[] density);

  /**
   * Adds to lambda a dense Hermitian times psi.
   *
   * @param entries {@link #LANES} for each entry, in the layout of {@link
   *     org.ketloom.api.circuit.Observable.Hermitian}
   */
  void addHermitianTimesState(
      double[] psi, double[] lambda, IndexPlan plan, int part, int[] masks, double[] entries);

  /** Writes the squared moduli of some vectors, {@link #LANES} for each. */
  void moduli(double[] psi, int firstVector, int count, double[] squares);

  /**
   * Walsh and Hadamard's transform in place: entry m becomes the sum over positions p of entry p
   * with the sign of the parity of {@code p & m}.
   *
   * @param entries {@link #LANES} numbers for each position
   */
  void walsh(double[] entries, int positions);

  /**
   * Sets some vectors of lambda to psi times a real factor.
   *
   * @param factors {@link #LANES} for each of the vectors
   */
  void diagonalTimesState(
      double[] psi, double[] factors, int firstVector, int count, double[] lambda);

  /** Sets vectors to others times one vector, lane by lane. */
  void multiply(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt);

  /** Adds to vectors others times the conjugate of one vector, lane by lane. */
  void addConjugateTimes(
      double[] factor, int factorAt, double[] from, int fromAt, int count, double[] to, int toAt);

  /**
   * Sets vectors to the sum of two others, each times the conjugate of its own vector, lane by
   * lane.
   *
   * @param factors the first such vector, and behind it the second
   * @param from the first vectors, and behind them the second ones
   */
  void combine(
      double[] factors, int factorsAt, double[] from, int fromAt, int count, double[] to, int toAt);

  /** Sets one vector to the sum of vectors times the conjugates of others, lane by lane. */
  void inner(
      double[] conjugated,
      int conjugatedAt,
      double[] from,
      int fromAt,
      int count,
      double[] to,
      int toAt);

  /** Replaces angles, in the place of cosines, by {@code [slot][cosine, sine][lane]}. */
  void cosinesAndSines(double[] trig, int slots);

  /** {@code (a, b) <- (cos a - sin b, cos b + sin a)}, lane by lane. */
  void turn(double[] numbers, int a, int b, double[] trig, int at);

  /** {@link #turn} by twice the angle. */
  void turnTwice(double[] numbers, int a, int b, double[] trig, int at);

  /** Multiplies the first four numbers of all lanes by a matrix of four rows. */
  void mix(double[] numbers, double[] matrix);

  /** The matrix of what {@link Spin} keeps as a quaternion and a phase. */
  void spinMatrix(double[] spin, double[] matrix);
}
