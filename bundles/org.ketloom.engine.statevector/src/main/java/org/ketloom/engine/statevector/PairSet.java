package org.ketloom.engine.statevector;

import org.jspecify.annotations.Nullable;

/**
 * Pairs of amplitudes that a matrix of two rows acts on, vector by vector: lane l at a position of
 * the plan, and lane {@code l ^ maskLane} at the position moved by the mask.
 *
 * @param plan positions of vectors
 * @param mask moves to the partner's vector, scaled by {@link Kernels#STRIDE}; 0 if both of a pair
 *     lie in one vector
 * @param maskLane exclusive or of lanes
 * @param roles for each lane, which of the two basis states it holds: 0 or 1, or -1 where the
 *     matrix doesn't act; null for 0 in all lanes
 */
record PairSet(IndexPlan plan, int mask, int maskLane, int @Nullable [] roles) {

  /** The matrix as each lane is to be multiplied by it. */
  double[] arranged(double[] matrix, double[] room) {
    if (roles == null) {
      return matrix;
    }
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int e = 0; e < 4; e++) {
        int to = e * Kernels.STRIDE + l;
        int from = (roles[l] == 1 ? 3 - e : e) * Kernels.STRIDE + l;
        boolean acts = roles[l] >= 0;
        room[to] = acts ? matrix[from] : e % 3 == 0 ? 1 : 0;
        room[to + Kernels.LANES] = acts ? matrix[from + Kernels.LANES] : 0;
      }
    }
    return room;
  }

  /** Adds what {@link Kernels#applyAdjoint} gathered with the arranged matrix. */
  void addGathered(double[] found, double[] gather, int start) {
    if (roles == null) {
      for (int i = 0; i < FusedGateStep.GATHERED; i++) {
        gather[start + i] += found[i];
      }
      return;
    }
    for (int l = 0; l < Kernels.LANES; l++) {
      if (roles[l] >= 0) {
        int first = roles[l] * Kernels.LANES + l;
        int second = (1 - roles[l]) * Kernels.LANES + l;
        gather[start + l] += found[first];
        gather[start + Kernels.LANES + l] += found[second];
        gather[start + 2 * Kernels.LANES + l] += found[2 * Kernels.LANES + l];
        gather[start + 3 * Kernels.LANES + l] += (1 - 2 * roles[l]) * found[3 * Kernels.LANES + l];
      }
    }
  }
}
