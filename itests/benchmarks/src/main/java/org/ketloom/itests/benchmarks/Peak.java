package org.ketloom.itests.benchmarks;

/** Loops that show what the processor can do at most. */
interface Peak {

  /** On the Vector API where it is there, plain Java elsewhere. */
  static Peak best() {
    try {
      return Class.forName(Peak.class.getPackageName() + ".VectorPeak")
          .asSubclass(Peak.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      return new PlainPeak();
    }
  }

  /**
   * Multiplies and adds in independent chains.
   *
   * @return a number that depends on all of them
   */
  double multiplyAdd(int rounds);

  /** Floating-point operations of {@code multiplyAdd(1)}. */
  int flopsPerRound();

  /** Multiplies an array by a number, in place. */
  void scale(double[] values, double factor);
}
