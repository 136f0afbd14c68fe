package org.ketloom.engine.trajectories;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Pauli;

/**
 * The Pauli string that is between a trajectory's state and the one that its program computes:
 * {@code X^x Z^z} on each wire, apart from a phase. What is drawn is added to it, gates carry it
 * on, and no gate is run for it. Here it is a plan: x and z are rows of bits of all trajectories
 * ({@link BitMoves}). TRAJECTORIES.md has the rules.
 */
final class PauliFrame {
  /** In place of a row whose bits are all 0. */
  static final int ZERO = -1;

  private final int[] x;
  private final int[] z;

  /** Rows that aren't 0 for all trajectories. */
  private final BitSet filled = new BitSet();

  private final IntStream.Builder moves = IntStream.builder();
  private int rows;

  PauliFrame(int wires) {
    this.x = IntStream.range(0, wires).toArray();
    this.z = IntStream.range(wires, 2 * wires).toArray();
    this.rows = 2 * wires;
  }

  BitMoves plan() {
    return new BitMoves(rows, moves.build().toArray());
  }

  /** A row of bits that are drawn. */
  int drawn() {
    filled.set(rows);
    return rows++;
  }

  private void add(int to, int from) {
    if (filled.get(from)) {
      moves.add(to).add(from);
      filled.set(to);
    }
  }

  /** Adds drawn bits to a wire. */
  void addX(int wire, int drawn) {
    add(x[wire], drawn);
  }

  /** Adds drawn bits to a wire. */
  void addZ(int wire, int drawn) {
    add(z[wire], drawn);
  }

  void hadamard(int wire) {
    int old = x[wire];
    x[wire] = z[wire];
    z[wire] = old;
  }

  /** S: X becomes Y. */
  void phase(int wire) {
    add(z[wire], x[wire]);
  }

  void exchange(int a, int b) {
    int oldX = x[a];
    int oldZ = z[a];
    x[a] = x[b];
    z[a] = z[b];
    x[b] = oldX;
    z[b] = oldZ;
  }

  /** X, Y or Z under one control. */
  void controlled(Pauli pauli, int control, int target) {
    boolean flips = pauli != Pauli.Z;
    boolean signs = pauli != Pauli.X;
    // The control gets a sign where the target's string doesn't commute with the gate.
    if (flips) {
      add(z[control], z[target]);
    }
    if (signs) {
      add(z[control], x[target]);
    }
    if (flips) {
      add(x[target], x[control]);
    }
    if (signs) {
      add(z[target], x[control]);
    }
  }

  /** A row that is 1 where the frame doesn't commute with a string; or {@link #ZERO}. */
  int anticommutes(int[] wires, Pauli[] paulis) {
    int row = rows++;
    for (int i = 0; i < wires.length; i++) {
      if (paulis[i] != Pauli.X) {
        add(row, x[wires[i]]);
      }
      if (paulis[i] != Pauli.Z) {
        add(row, z[wires[i]]);
      }
    }
    if (!filled.get(row)) {
      rows--;
      return ZERO;
    }
    return row;
  }

  /** Takes X out of the frame of a wire: a row that is 1 where it was there; or {@link #ZERO}. */
  int takeX(int wire) {
    return take(x[wire]);
  }

  /** As {@link #takeX}. */
  int takeZ(int wire) {
    return take(z[wire]);
  }

  private int take(int from) {
    if (!filled.get(from)) {
      return ZERO;
    }
    int row = rows++;
    add(row, from);
    add(from, row);
    filled.clear(from);
    return row;
  }
}
