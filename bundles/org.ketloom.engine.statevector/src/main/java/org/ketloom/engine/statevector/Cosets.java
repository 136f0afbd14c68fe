package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The positions of vectors, or of amplitudes, in parts that gates with given masks don't leave: the
 * cosets over GF(2) of a subspace that holds the masks. Steps with the same cosets run one after
 * another on a part while it is in the cache, and parts are independent of each other.
 *
 * @param basis basis of the subspace in reduced echelon form, ascending
 * @param starts a position of each part
 */
record Cosets(int[] basis, int[] starts) {
  /** Bits of a plan's inner table. */
  private static final int LOW_BITS = 7;

  /**
   * Parts that hold the masks.
   *
   * @param bits number of bits of a position
   * @param masks what a part is to hold
   * @param dimension bits of a part, if the masks need no more and the positions have as many
   */
  static Cosets of(int bits, int[] masks, int dimension) {
    List<Integer> basis = new ArrayList<>();
    Arrays.stream(masks).forEach(m -> insert(basis, m));
    // Short strides before long ones.
    for (int b = 0; b < bits && basis.size() < dimension; b++) {
      insert(basis, 1 << b);
    }
    int pivots = basis.stream().mapToInt(Integer::highestOneBit).reduce(0, (a, b) -> a | b);
    int[] rest = IntStream.range(0, bits).map(b -> 1 << b).filter(b -> (pivots & b) == 0).toArray();
    return new Cosets(basis.stream().mapToInt(b -> b).toArray(), span(rest));
  }

  /** Whether a mask is new to a basis, which then holds it. */
  static boolean insert(List<Integer> basis, int mask) {
    int reduced = mask;
    for (int i = basis.size() - 1; i >= 0; i--) {
      if ((reduced & Integer.highestOneBit(basis.get(i))) != 0) {
        reduced ^= basis.get(i);
      }
    }
    if (reduced == 0) {
      return false;
    }
    int pivot = Integer.highestOneBit(reduced);
    for (int i = 0; i < basis.size(); i++) {
      if ((basis.get(i) & pivot) != 0) {
        basis.set(i, basis.get(i) ^ reduced);
      }
    }
    basis.add(reduced);
    Collections.sort(basis);
    return true;
  }

  /** Number of parts. */
  int parts() {
    return starts.length;
  }

  /** The same parts, of amplitudes, each vector being {@code 2^laneBits} of them. */
  Cosets withLanes(int laneBits) {
    int[] all = new int[laneBits + basis.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < laneBits ? 1 << i : basis[i - laneBits] << laneBits;
    }
    return new Cosets(all, Arrays.stream(starts).map(s -> s << laneBits).toArray());
  }

  /**
   * The solutions of some equations, part by part.
   *
   * @param place where a position lies; linear over GF(2)
   */
  IndexPlan plan(List<Parity> equations, IntUnaryOperator place) {
    // In coordinates by the basis: one row of coefficients per equation, reduced once.
    int count = equations.size();
    int[] rows = new int[count];
    int[] sources = new int[count];
    for (int e = 0; e < count; e++) {
      for (int b = 0; b < basis.length; b++) {
        rows[e] |= Parity.of(equations.get(e).mask() & basis[b]) << b;
      }
      sources[e] = 1 << e;
    }
    int pivots = 0;
    for (int e = 0; e < count; e++) {
      if (rows[e] != 0) {
        int pivot = Integer.lowestOneBit(rows[e]);
        pivots |= pivot;
        for (int other = 0; other < count; other++) {
          if (other != e && (rows[other] & pivot) != 0) {
            rows[other] ^= rows[e];
            sources[other] ^= sources[e];
          }
        }
      }
    }
    int[] free = new int[basis.length - Integer.bitCount(pivots)];
    int next = 0;
    for (int b = 0; b < basis.length; b++) {
      if ((pivots >> b & 1) == 0) {
        int direction = basis[b];
        for (int row : rows) {
          if ((row >> b & 1) == 1) {
            direction ^= basis[Integer.numberOfTrailingZeros(row)];
          }
        }
        free[next++] = direction;
      }
    }
    int[] directions = echelon(free);
    int lowBits = Math.min(directions.length, LOW_BITS);
    int[] low = span(Arrays.copyOf(directions, lowBits));
    int[] outer = span(Arrays.copyOfRange(directions, lowBits, directions.length));
    int[] high = new int[starts.length * outer.length];
    int[] first = new int[starts.length + 1];
    int size = 0;
    for (int part = 0; part < starts.length; part++) {
      int wanted = 0;
      for (int e = 0; e < count; e++) {
        Parity equation = equations.get(e);
        wanted |= (equation.value() ^ Parity.of(equation.mask() & starts[part])) << e;
      }
      int position = starts[part];
      boolean solvable = true;
      for (int e = 0; e < count; e++) {
        boolean odd = Parity.of(sources[e] & wanted) == 1;
        if (odd && rows[e] == 0) {
          solvable = false;
        } else if (odd) {
          position ^= basis[Integer.numberOfTrailingZeros(rows[e])];
        }
      }
      for (int o = 0; solvable && o < outer.length; o++) {
        high[size++] = place.applyAsInt(position ^ outer[o]);
      }
      first[part + 1] = size;
    }
    return new IndexPlan(Arrays.copyOf(high, size), Arrays.stream(low).map(place).toArray(), first);
  }

  private static int[] echelon(int[] generators) {
    List<Integer> basis = new ArrayList<>();
    Arrays.stream(generators).forEach(g -> insert(basis, g));
    return basis.stream().mapToInt(b -> b).toArray();
  }

  private static int[] span(int[] basis) {
    int[] positions = new int[1 << basis.length];
    for (int i = 1; i < positions.length; i++) {
      positions[i] = positions[i & (i - 1)] ^ basis[Integer.numberOfTrailingZeros(i)];
    }
    return positions;
  }
}
