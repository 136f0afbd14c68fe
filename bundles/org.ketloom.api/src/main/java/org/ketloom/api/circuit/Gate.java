package org.ketloom.api.circuit;

/**
 * The elementary gates. Any of them may carry further control wires (see {@link Operation}): CNOT
 * is {@link #X} with one control, CRZ is {@link #RZ} with one control.
 */
public enum Gate {
  /** Hadamard. */
  H(1, 0),
  /** Pauli X. */
  X(1, 0),
  /** Pauli Y. */
  Y(1, 0),
  /** Pauli Z. */
  Z(1, 0),
  /** {@code diag(1, i)}. */
  S(1, 0),
  /** {@code diag(1, exp(i pi/4))}. */
  T(1, 0),
  /** {@code exp(-i t X / 2)}. */
  RX(1, 1),
  /** {@code exp(-i t Y / 2)}. */
  RY(1, 1),
  /** {@code exp(-i t Z / 2)}. */
  RZ(1, 1),
  /** {@code diag(1, exp(i t))}. */
  PHASE(1, 1),
  /**
   * {@code U3(theta, phi, lambda) = [[cos(theta/2), -exp(i lambda) sin(theta/2)], [exp(i phi)
   * sin(theta/2), exp(i (phi + lambda)) cos(theta/2)]]}.
   */
  U3(1, 3),
  /** Exchanges two wires. */
  SWAP(2, 0),
  /** {@code exp(-i t X⊗X / 2)}. */
  RXX(2, 1),
  /** {@code exp(-i t Y⊗Y / 2)}. */
  RYY(2, 1),
  /** {@code exp(-i t Z⊗Z / 2)}. */
  RZZ(2, 1),
  /**
   * The canonical two-qubit gate {@code exp(i (a X⊗X + b Y⊗Y + c Z⊗Z))}, angles in the order a, b,
   * c: the non-local core of every two-qubit unitary (Vatan and Williams, Phys. Rev. A 69, 032315).
   */
  CANONICAL(2, 3),
  /** A constant one-qubit unitary. */
  UNITARY1(1, 0),
  /** A constant two-qubit unitary. */
  UNITARY2(2, 0);

  private final int wires;
  private final int angles;

  Gate(int wires, int angles) {
    this.wires = wires;
    this.angles = angles;
  }

  /** Number of wires that the gate acts on, controls not counted: 1 or 2. */
  public int wires() {
    return wires;
  }

  /** Number of angles that the gate takes: 0, 1 or 3. */
  public int angles() {
    return angles;
  }

  /** Whether the gate is a constant matrix given with the operation. */
  public boolean isUnitary() {
    return this == UNITARY1 || this == UNITARY2;
  }
}
