package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of positions that differ by a mask, as parities over GF(2): in one of the two the target
 * parity holds, and in both all conditions hold.
 *
 * @param mask exclusive or of the two positions
 * @param target holds where the pair's first basis state lies
 * @param conditions hold where there are pairs
 */
record Pairs(int mask, Parity target, List<Parity> conditions) {

  Pairs {
    conditions = List.copyOf(conditions);
  }

  /**
   * The pairs by vectors, those together whose lanes have the same roles.
   *
   * @param cosets parts of the vectors that hold the mask
   */
  List<PairSet> sets(Layout layout, Cosets cosets) {
    List<Parity> all = new ArrayList<>();
    all.add(target);
    all.addAll(conditions);
    List<PairSet> sets = new ArrayList<>();
    int high = layout.high(mask);
    int lane = layout.lane(mask);
    // Each choice is a parity of the vector's position for each of the masks.
    for (int choice = 0; choice < 1 << all.size(); choice++) {
      int partner = choice;
      for (int i = 0; i < all.size(); i++) {
        partner ^= Parity.of(layout.high(all.get(i).mask()) & high) << i;
      }
      int[] roles = roles(layout, all, choice);
      if (roles == null || (high != 0 && comesWithPartner(roles, lane, choice, partner))) {
        continue;
      }
      List<Parity> equations = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        equations.add(new Parity(layout.high(all.get(i).mask()), choice >> i & 1));
      }
      if (high != 0 && partner == choice) {
        equations.add(new Parity(Integer.highestOneBit(high), 0));
      }
      IndexPlan plan = cosets.plan(equations, p -> p * Kernels.STRIDE);
      if (plan.size() > 0) {
        sets.add(new PairSet(plan, high * Kernels.STRIDE, lane, allZero(roles) ? null : roles));
      }
    }
    return sets;
  }

  /** Whether these vectors are visited as the partners of others. */
  private static boolean comesWithPartner(int[] roles, int lane, int choice, int partner) {
    if (partner == choice) {
      return false;
    }
    if (lane != 0) {
      return partner < choice;
    }
    for (int role : roles) {
      if (role >= 0) {
        return role == 1;
      }
    }
    return false;
  }

  /** Null if no lane has a pair. */
  private static int @Nullable [] roles(Layout layout, List<Parity> all, int choice) {
    int[] roles = new int[Kernels.LANES];
    boolean any = false;
    for (int l = 0; l < roles.length; l++) {
      roles[l] = (choice & 1) ^ Parity.of(layout.lane(all.get(0).mask()) & l) ^ all.get(0).value();
      for (int i = 1; i < all.size(); i++) {
        int found = (choice >> i & 1) ^ Parity.of(layout.lane(all.get(i).mask()) & l);
        if (found != all.get(i).value()) {
          roles[l] = -1;
        }
      }
      any |= roles[l] >= 0;
    }
    return any ? roles : null;
  }

  private static boolean allZero(int[] roles) {
    for (int role : roles) {
      if (role != 0) {
        return false;
      }
    }
    return true;
  }
}
