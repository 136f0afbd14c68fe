package org.ketloom.api.circuit;

/** The Pauli matrices. */
public enum Pauli {
  /** Pauli X. */
  X,
  /** Pauli Y. */
  Y,
  /** Pauli Z. */
  Z
}
