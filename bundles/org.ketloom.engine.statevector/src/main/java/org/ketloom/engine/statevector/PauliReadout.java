package org.ketloom.engine.statevector;

import java.util.List;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;

/** Reads the expectation value of a sum of Pauli strings. */
record PauliReadout(Kernels kernels, int positions, List<Term> terms) implements Readout {

  /**
   * A string in the memory's positions: flips, signs by parity, and a factor that may be imaginary.
   */
  record Term(double coefficient, int flip, int signs, int signOffset, boolean imaginary) {

    static Term of(PauliTerm term, Frame frame) {
      int flip = 0;
      int signs = 0;
      int ys = 0;
      for (int i = 0; i < term.wires().size(); i++) {
        int wire = term.wires().get(i);
        Pauli pauli = term.paulis().get(i);
        if (pauli != Pauli.Z) {
          flip ^= frame.column(wire);
        }
        if (pauli != Pauli.X) {
          signs ^= frame.row(wire);
        }
        // Y|b> = i (-1)^b |1-b>
        ys += pauli == Pauli.Y ? 1 : 0;
      }
      double factor = ys % 4 < 2 ? 1 : -1;
      return new Term(
          factor * term.coefficient(), flip, signs, frame.parityOffset(signs), ys % 2 == 1);
    }
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public void values(Workspace work, double[] sums) {
    for (Term term : terms) {
      kernels.addPauliValue(
          work.state.psi,
          positions,
          term.flip(),
          term.signs(),
          term.signOffset(),
          term.imaginary(),
          term.coefficient(),
          sums);
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    double[] scaled = work.scratch;
    for (Term term : terms) {
      for (int l = 0; l < Kernels.LANES; l++) {
        scaled[l] = term.coefficient() * weights[l];
      }
      kernels.addPauliTimesState(
          work.state.psi,
          work.lambda,
          positions,
          term.flip(),
          term.signs(),
          term.signOffset(),
          term.imaginary(),
          scaled);
    }
  }
}
