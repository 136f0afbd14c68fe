package org.ketloom.api.circuit;

import java.util.List;

/**
 * A Pauli string with a coefficient; wires that are not named carry the identity.
 *
 * @param coefficient real factor
 * @param wires the wires acted on; may be empty for a multiple of the identity
 * @param paulis one matrix per wire
 */
public record PauliTerm(double coefficient, List<Integer> wires, List<Pauli> paulis) {

  /** Copies and checks that there is one matrix per wire and the coefficient is finite. */
  public PauliTerm {
    wires = List.copyOf(wires);
    paulis = List.copyOf(paulis);
    if (wires.size() != paulis.size()) {
      throw new IllegalArgumentException(
          "a Pauli term needs one matrix per wire, found " + paulis + " on wires " + wires);
    }
    if (!Double.isFinite(coefficient)) {
      throw new IllegalArgumentException("Pauli coefficient " + coefficient + " must be finite");
    }
  }

  /** One matrix on one wire, coefficient 1. */
  public static PauliTerm of(Pauli pauli, int wire) {
    return new PauliTerm(1, List.of(wire), List.of(pauli));
  }
}
