package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the amplitude of a basis state lies in memory: at {@code A x + c} over GF(2), for the basis
 * index {@code x}. X, CNOT and SWAP are affine maps of the basis index, so that they change this
 * map and move no amplitude.
 */
final class BasisMap {
  private final int[] columns;
  private final int[] rows;
  private int offset;

  /** The map under which every amplitude lies at its basis index. */
  BasisMap(int wires) {
    this.columns = new int[wires];
    this.rows = new int[wires];
    for (int w = 0; w < wires; w++) {
      columns[w] = rows[w] = 1 << (wires - 1 - w);
    }
  }

  /** Applies X. */
  void flip(int wire) {
    offset ^= columns[wire];
  }

  /** Applies CNOT. */
  void controlledFlip(int control, int target) {
    columns[control] ^= columns[target];
    rows[target] ^= rows[control];
  }

  /** Applies SWAP. */
  void swap(int a, int b) {
    int column = columns[a];
    columns[a] = columns[b];
    columns[b] = column;
    int row = rows[a];
    rows[a] = rows[b];
    rows[b] = row;
  }

  /** What is added to a position when the bit of a wire flips. */
  int column(int wire) {
    return columns[wire];
  }

  /**
   * The mask whose parity with a position is the bit of a wire, up to {@link #parityOffset}; masks
   * of several wires are added.
   */
  int row(int wire) {
    return rows[wire];
  }

  /** Parity that {@code mask}, a sum of rows, has with the offset of the map. */
  int parityOffset(int mask) {
    return Parity.of(mask & offset);
  }

  /**
   * Offsets of the {@code 2^k} basis states of some wires from the one in which all are 0.
   *
   * @param targets k wires, most significant first
   */
  int[] masks(List<Integer> targets) {
    int k = targets.size();
    int[] masks = new int[1 << k];
    for (int x = 1; x < masks.length; x++) {
      int low = Integer.numberOfTrailingZeros(x);
      masks[x] = masks[x & (x - 1)] ^ columns[targets.get(k - 1 - low)];
    }
    return masks;
  }

  /** Holds where the bit of a sum of wires' rows is a given one. */
  Parity parity(int mask, int bit) {
    return new Parity(mask, bit ^ Parity.of(mask & offset));
  }

  /** Holds at the positions in which all targets are 0 and all controls are 1. */
  List<Parity> equations(List<Integer> targets, List<Integer> controls) {
    List<Parity> equations = new ArrayList<>();
    targets.forEach(t -> equations.add(parity(rows[t], 0)));
    controls.forEach(c -> equations.add(parity(rows[c], 1)));
    return equations;
  }

  @Override
  public String toString() {
    return Arrays.toString(columns) + "+" + offset;
  }
}
