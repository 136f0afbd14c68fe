package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;

/**
 * A Pauli string in the memory's positions.
 *
 * @param output the output that it is added to
 * @param coefficient real factor
 * @param flip exclusive or of positions, not scaled
 * @param signs mask whose parity with a position is the sign
 * @param signOffset 1 for all signs changed
 * @param imaginary whether there is a factor i
 */
record PauliString(
    int output, double coefficient, int flip, int signs, int signOffset, boolean imaginary) {

  static PauliString of(PauliTerm term, BasisMap basisMap, int output) {
    int flip = 0;
    int signs = 0;
    int ys = 0;
    for (int i = 0; i < term.wires().size(); i++) {
      int wire = term.wires().get(i);
      Pauli pauli = term.paulis().get(i);
      if (pauli != Pauli.Z) {
        flip ^= basisMap.column(wire);
      }
      if (pauli != Pauli.X) {
        signs ^= basisMap.row(wire);
      }
      // Y|b> = i (-1)^b |1-b>
      ys += pauli == Pauli.Y ? 1 : 0;
    }
    double factor = ys % 4 < 2 ? 1 : -1;
    return new PauliString(
        output,
        factor * term.coefficient(),
        flip,
        signs,
        basisMap.parityOffset(signs),
        ys % 2 == 1);
  }

  /** Whether it consists of Z only. */
  boolean isDiagonal() {
    return flip == 0;
  }

  /** The coefficient, with the sign that a lane has by its number and the offset. */
  double laneFactor(Layout layout, int lane) {
    int odd = (Integer.bitCount(layout.lane(signs) & lane) + signOffset) & 1;
    return odd == 0 ? coefficient : -coefficient;
  }
}
