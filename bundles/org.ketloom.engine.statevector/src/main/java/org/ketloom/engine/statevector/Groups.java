package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups of {@code 2^k} amplitudes that differ in k wires alone, for kernels that work on whole
 * vectors of groups. Where the lanes of the state are samples these are its own vectors. Where they
 * are amplitudes, groups may begin in any lane and their amplitudes lie in any other: some groups
 * at a time are copied side by side into a tile, worked on there, and copied back.
 *
 * @param bases places of the groups' first amplitudes
 * @param masks lead from there to the others
 * @param inTile places of the vectors of first amplitudes in a tile; null if there is no tile
 * @param tileMasks lead from there to the others
 */
record Groups(
    Arithmetic arithmetic,
    IndexPlan bases,
    int[] masks,
    @Nullable IndexPlan inTile,
    int[] tileMasks) {

  /**
   * The groups in which some wires' bits differ.
   *
   * @param equations hold at the positions of first amplitudes
   * @param masks of positions
   */
  static Groups of(
      Arithmetic arithmetic, Layout layout, Cosets cosets, List<Parity> equations, int[] masks) {
    int[] places = Arrays.stream(masks).map(layout::at).toArray();
    if (layout.laneBits() == 0) {
      return new Groups(arithmetic, cosets.plan(equations, layout::at), places, null, places);
    }
    IndexPlan bases = cosets.withLanes(layout.laneBits()).plan(equations, layout::at);
    int vectors = (bases.low().length + Kernels.LANES - 1) / Kernels.LANES;
    int[] low = new int[vectors];
    int[] tileMasks = new int[masks.length];
    for (int v = 0; v < vectors; v++) {
      low[v] = v * masks.length * Kernels.STRIDE;
    }
    for (int m = 0; m < masks.length; m++) {
      tileMasks[m] = m * Kernels.STRIDE;
    }
    return new Groups(arithmetic, bases, places, new IndexPlan(new int[1], low), tileMasks);
  }

  int parts() {
    return bases.first().length - 1;
  }

  /** Number of amplitudes of a block that belong to a group, all samples counted. */
  double amplitudes() {
    return (double) bases.size() * masks.length * (inTile == null ? Kernels.LANES : 1);
  }

  String describe() {
    return inTile == null ? "" : ", by tiles";
  }

  /** Numbers that a tile needs. */
  int tileSize() {
    return inTile == null ? 0 : inTile.size() * masks.length * Kernels.STRIDE;
  }

  /** One piece of work for a kernel. */
  interface Work {
    /**
     * Works on vectors of groups, of the state or of a copy.
     *
     * @param lambda room without meaning if the work was run on the state alone
     */
    void accept(Workspace room, Object psi, Object lambda, IndexPlan plan, int part);
  }

  /** What is copied back. */
  enum Changed {
    /** Nothing. */
    NONE,
    /** The state, and lambda if it was worked on. */
    ALL,
    /** Lambda alone. */
    LAMBDA
  }

  /** Works on all groups of a part of the state. */
  void run(Object psi, Workspace room, Changed changed, Work work) {
    run(psi, room.lambdaTile, false, room, changed, work);
  }

  /** Works on all groups of a part of the state and of its adjoint. */
  void run(Object psi, Object lambda, Workspace room, Changed changed, Work work) {
    run(psi, lambda, true, room, changed, work);
  }

  private void run(
      Object psi, Object lambda, boolean both, Workspace room, Changed changed, Work work) {
    int part = room.part;
    Kernels<Object> kernels = arithmetic.kernels();
    if (inTile == null) {
      work.accept(room, psi, lambda, bases, part);
      return;
    }
    if (bases.low().length < Kernels.LANES) {
      // Lanes without a group count for nothing.
      arithmetic.storage().fill(room.tile, 0, tileSize(), 0);
    }
    for (int h = bases.from(part); h < bases.to(part); h++) {
      int high = bases.high()[h];
      kernels.toTile(psi, room.tile, high, bases.low(), masks);
      if (both) {
        kernels.toTile(lambda, room.lambdaTile, high, bases.low(), masks);
      }
      work.accept(room, room.tile, room.lambdaTile, inTile, 0);
      if (changed == Changed.ALL) {
        kernels.fromTile(room.tile, psi, high, bases.low(), masks);
      }
      if (both && changed != Changed.NONE) {
        kernels.fromTile(room.lambdaTile, lambda, high, bases.low(), masks);
      }
    }
  }
}
