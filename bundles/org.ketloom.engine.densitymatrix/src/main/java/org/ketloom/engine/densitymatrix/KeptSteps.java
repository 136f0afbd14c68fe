package org.ketloom.engine.densitymatrix;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The steps before which the backward sweep takes the block from memory. Between them steps are
 * undone, last step first, and what rounding adds to the block grows by each step's {@link
 * Step#amplification}: where the product of these would exceed {@link #LIMIT}, the block is kept.
 */
final class KeptSteps {
  /**
   * Coefficients are at most 1, so that those of an undone block are right to about as many times
   * {@code 1e-16}.
   */
  static final double LIMIT = 1 << 12;

  private final BitSet kept = new BitSet();

  KeptSteps(List<Step> steps) {
    double product = 1;
    for (int s = steps.size() - 1; s >= 0; s--) {
      product *= steps.get(s).amplification();
      if (!(product <= LIMIT)) {
        kept.set(s);
        product = 1;
      }
    }
  }

  /** Whether the block before this step is kept. */
  boolean at(int step) {
    return kept.get(step);
  }

  /** Number of all. */
  int count() {
    return kept.cardinality();
  }

  /** Number of those from a step to before another. */
  int count(int from, int to) {
    return kept.get(from, to).cardinality();
  }

  /** Steps at which segments of so many of these begin; the first is step 0. */
  List<Integer> segments(int length) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    int inside = 0;
    for (int s = kept.nextSetBit(0); s >= 0; s = kept.nextSetBit(s + 1)) {
      if (inside == length) {
        starts.add(s);
        inside = 0;
      }
      inside++;
    }
    return starts;
  }
}
