package org.ketloom.engine.trajectories;

/**
 * The loops over a block of states. A block is {@link #LANES} trajectories side by side: the real
 * part of amplitude x of lane l lies at {@code 2 * x * LANES + l}, its imaginary part {@code LANES}
 * behind. Matrices have the same form, row-major, so that each trajectory may have its own.
 *
 * <p>Places are where amplitudes begin, two for each group that a matrix of one wire mixes, four
 * for one of two wires.
 */
interface Kernels {
  /** Trajectories in a block. */
  int LANES = 4;

  /** Numbers of an amplitude, or an entry of a matrix, of all lanes. */
  int ENTRY = 2 * LANES;

  /**
   * On the Vector API where it is there and fast, plain elsewhere, and where system property {@code
   * ketloom.kernels} is {@code plain}.
   */
  static Kernels best() {
    if (!"plain".equals(System.getProperty("ketloom.kernels"))) {
      try {
        return Class.forName(Kernels.class.getPackageName() + ".VectorKernels")
            .asSubclass(Kernels.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException | LinkageError e) {
        System.getLogger(Kernels.class.getName())
            .log(
                System.Logger.Level.DEBUG,
                "trajectories run plain kernels, several times slower",
                e);
      }
    }
    return new PlainKernels();
  }

  /** What they are, for people. */
  String describe();

  /** Multiplies each pair of amplitudes by a matrix. */
  void applyOne(double[] states, int[] places, double[] matrix);

  /** Multiplies each four amplitudes by a matrix. */
  void applyTwo(double[] states, int[] places, double[] matrix);

  /** Exchanges the amplitudes of each pair. */
  void exchange(double[] states, int[] places);

  /**
   * Sums of {@code lambda_a conj(psi_b)} over all groups.
   *
   * @param rows 2 or 4
   * @param sums a matrix of so many rows; overwritten
   */
  void gather(double[] psi, double[] lambda, int[] places, int rows, double[] sums);
}
