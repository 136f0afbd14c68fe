package org.ketloom.api.circuit;

/**
 * How often the final measurement of a wire is read wrongly. Pauli strings and probabilities of the
 * wire are read with it; other observables aren't measurements of a wire, and have none.
 *
 * @param oneForZero probability that 1 is read where the outcome is 0
 * @param zeroForOne probability that 0 is read where the outcome is 1
 */
public record ReadoutError(double oneForZero, double zeroForOne) {

  /** Checks that both are probabilities. */
  public ReadoutError {
    if (!(oneForZero >= 0 && oneForZero <= 1 && zeroForOne >= 0 && zeroForOne <= 1)) {
      throw new IllegalArgumentException(
          "readout errors are probabilities from 0 to 1, found "
              + oneForZero
              + " and "
              + zeroForOne);
    }
  }

  /**
   * What a Pauli matrix's expectation value is multiplied by: {@code <P>' = scale <P> + offset}, X
   * and Y being read through a change of basis.
   */
  public double scale() {
    return 1 - oneForZero - zeroForOne;
  }

  /** What is added to it. */
  public double offset() {
    return zeroForOne - oneForZero;
  }
}
