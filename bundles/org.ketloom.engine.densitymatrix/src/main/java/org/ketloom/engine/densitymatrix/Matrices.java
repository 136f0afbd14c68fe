package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.UnitaryMatrix;

/** Unitaries of the gates without angles: real and imaginary parts in turn, row-major. */
final class Matrices {

  private Matrices() {}

  /** The gate, without its controls. */
  static double[] of(Operation operation) {
    double h = Math.sqrt(0.5);
    return switch (operation.gate()) {
      case H -> new double[] {h, 0, h, 0, h, 0, -h, 0};
      case X -> new double[] {0, 0, 1, 0, 1, 0, 0, 0};
      case Y -> new double[] {0, 0, 0, -1, 0, 1, 0, 0};
      case Z -> new double[] {1, 0, 0, 0, 0, 0, -1, 0};
      case S -> new double[] {1, 0, 0, 0, 0, 0, 0, 1};
      case T -> new double[] {1, 0, 0, 0, 0, 0, h, h};
      case SWAP -> {
        double[] swap = new double[32];
        swap[0] = swap[2 * 6] = swap[2 * 9] = swap[2 * 15] = 1;
        yield swap;
      }
      case UNITARY1, UNITARY2 -> {
        UnitaryMatrix unitary = operation.matrix().orElseThrow();
        int rows = unitary.size();
        double[] entries = new double[2 * rows * rows];
        for (int i = 0; i < rows * rows; i++) {
          entries[2 * i] = unitary.re(i / rows, i % rows);
          entries[2 * i + 1] = unitary.im(i / rows, i % rows);
        }
        yield entries;
      }
      case RX, RY, RZ, PHASE, U3, RXX, RYY, RZZ, CANONICAL ->
          throw new IllegalArgumentException(operation + " has angles");
    };
  }

  /** The gate on its controls, the most significant bits, and its wires. */
  static double[] controlled(Operation operation) {
    double[] small = of(operation);
    int inner = 1 << operation.wires().size();
    int rows = inner << operation.controls().size();
    double[] entries = new double[2 * rows * rows];
    for (int i = 0; i < rows - inner; i++) {
      entries[2 * (i * rows + i)] = 1;
    }
    for (int i = 0; i < inner; i++) {
      for (int j = 0; j < inner; j++) {
        int to = 2 * ((rows - inner + i) * rows + rows - inner + j);
        entries[to] = small[2 * (i * inner + j)];
        entries[to + 1] = small[2 * (i * inner + j) + 1];
      }
    }
    return entries;
  }
}
