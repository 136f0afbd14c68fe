package org.ketloom.engine.trajectories;

import static org.ketloom.engine.trajectories.Kernels.ENTRY;
import static org.ketloom.engine.trajectories.Kernels.LANES;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.ketloom.api.engine.Gradients;

/**
 * Runs a {@link Sweep} on a block of trajectories, forwards and back. Neighbouring maps of a wire
 * are multiplied into one, which waits until another wire is to be joined; a diagonal one waits
 * behind controls too, with which it commutes. What is run is a list of passes over the block.
 *
 * <p>Going back, a pass is undone by its inverse. The state before it is kept for trajectories
 * whose matrix has none, or where the product of the matrices' condition numbers since the last
 * kept state would be above {@link #WORST}, so that rounding errors grow no more than that.
 */
final class SweepRun {
  static final double WORST = 1e4;

  /** The matrix of a step that changes nothing, by identity. */
  static final double[] IDENTITY = {1, 0, 0, 0, 0, 0, 1, 0};

  /** The matrices of a call. */
  interface Source {
    /** A step's matrix for a row: real and imaginary parts in turn, row-major. */
    double[] matrix(int step, int row);

    /**
     * Takes the derivative {@code dL = Re sum_ab conj(g_ab) dM_ab} by a step's matrix M.
     *
     * @param g real and imaginary parts in turn, row-major
     * @param into is added to
     */
    void differentiate(int step, int row, double[] g, Gradients into);
  }

  private final Sweep sweep;
  private final double[] psi;
  private final double[] lambda;

  // Matrices that wait, by wire.
  private final double[][] waiting;
  private final boolean[] waits;
  private final boolean[] diagonal;
  private final int[][] merged;
  private final int[] mergedCount;

  // Passes: number of the step, or -1 less the wire where steps were merged.
  private int passes;
  private int[] passStep = new int[64];
  private int[] matrixAt = new int[64];
  private int[] factorsFrom = new int[65];
  private int[] keptLanes = new int[64];
  private double[] matrices = new double[64 * 4 * ENTRY];
  private int[] factors = new int[256];

  /** States before passes, one lane each, and arrays for more of them. */
  private final Deque<double[]> kept = new ArrayDeque<>();

  private final Deque<double[]> free = new ArrayDeque<>();
  private final double[] condition = new double[LANES];

  private final double[][] lanes = new double[LANES][];
  private final double[] small = new double[16 * ENTRY];
  private final double[] sums = new double[16 * ENTRY];
  private double[][] prefixes = new double[8][8];
  private final double[] one = new double[8];
  private final double[] two = new double[8];
  private final double[] four = new double[32];

  SweepRun(Sweep sweep) {
    int wires = sweep.wires();
    this.sweep = sweep;
    this.psi = new double[ENTRY << wires];
    this.lambda = new double[ENTRY << wires];
    this.waiting = new double[wires][4 * ENTRY];
    this.waits = new boolean[wires];
    this.diagonal = new boolean[wires];
    this.merged = new int[wires][8];
    this.mergedCount = new int[wires];
  }

  /**
   * Runs rows.
   *
   * @param states row-major, each real parts, then imaginary parts
   * @param count of rows, at most {@link Kernels#LANES}
   * @param keeps whether {@link #backward} follows
   */
  void forward(Source source, double[] states, int first, int count, boolean keeps) {
    load(states, psi, first, count);
    passes = 0;
    free.addAll(kept);
    kept.clear();
    Arrays.fill(condition, 1);
    for (int s = 0; s < sweep.steps().size(); s++) {
      SweepStep step = sweep.steps().get(s);
      boolean idle = true;
      for (int l = 0; l < LANES; l++) {
        lanes[l] = source.matrix(s, first + Math.min(l, count - 1));
        idle &= lanes[l] == IDENTITY;
      }
      if (idle) {
        continue;
      }
      if (step.merges()) {
        merge(step.wires().get(0), s);
        continue;
      }
      for (int control : step.controls()) {
        if (!diagonal[control]) {
          flush(control, keeps);
        }
      }
      for (int wire : step.wires()) {
        flush(wire, keeps);
      }
      emit(s, step, keeps);
    }
    for (int wire = 0; wire < sweep.wires(); wire++) {
      flush(wire, keeps);
    }
  }

  /** Writes the final states. */
  void store(double[] states, int first, int count) {
    unload(psi, states, first, count);
  }

  private void load(double[] from, double[] to, int first, int count) {
    int size = 1 << sweep.wires();
    for (int l = 0; l < LANES; l++) {
      int at = 2 * size * (first + Math.min(l, count - 1));
      for (int x = 0; x < size; x++) {
        to[x * ENTRY + l] = from[at + x];
        to[x * ENTRY + LANES + l] = from[at + size + x];
      }
    }
  }

  private void unload(double[] from, double[] to, int first, int count) {
    int size = 1 << sweep.wires();
    for (int l = 0; l < count; l++) {
      int at = 2 * size * (first + l);
      for (int x = 0; x < size; x++) {
        to[at + x] = from[x * ENTRY + l];
        to[at + size + x] = from[x * ENTRY + LANES + l];
      }
    }
  }

  // Forwards.

  private void merge(int wire, int step) {
    double[] to = waiting[wire];
    boolean straight = true;
    for (int l = 0; l < LANES; l++) {
      double[] m = lanes[l];
      straight &= m[2] == 0 && m[3] == 0 && m[4] == 0 && m[5] == 0;
      if (!waits[wire]) {
        SmallMatrix.put(m, to, 0, l, 4);
      } else {
        SmallMatrix.get(to, 0, l, one, 4);
        SmallMatrix.multiply(m, one, two);
        SmallMatrix.put(two, to, 0, l, 4);
      }
    }
    if (!waits[wire]) {
      waits[wire] = true;
      diagonal[wire] = straight;
      mergedCount[wire] = 0;
    } else {
      diagonal[wire] &= straight;
    }
    if (mergedCount[wire] == merged[wire].length) {
      merged[wire] = Arrays.copyOf(merged[wire], 2 * mergedCount[wire]);
    }
    merged[wire][mergedCount[wire]++] = step;
  }

  private void flush(int wire, boolean keeps) {
    if (!waits[wire]) {
      return;
    }
    waits[wire] = false;
    diagonal[wire] = true;
    begin(-1 - wire, mergedCount[wire]);
    int from = factorsFrom[passes];
    System.arraycopy(merged[wire], 0, factors, from, mergedCount[wire]);
    factorsFrom[passes + 1] = from + mergedCount[wire];
    System.arraycopy(waiting[wire], 0, matrices, matrixAt[passes], 4 * ENTRY);
    run(4, keeps);
  }

  private void emit(int number, SweepStep step, boolean keeps) {
    begin(number, 1);
    int from = factorsFrom[passes];
    factors[from] = number;
    factorsFrom[passes + 1] = from + 1;
    int entries = 1 << 2 * step.wires().size();
    for (int l = 0; l < LANES; l++) {
      SmallMatrix.put(lanes[l], matrices, matrixAt[passes], l, entries);
    }
    run(entries, keeps);
  }

  /** Makes room for a pass. */
  private void begin(int step, int count) {
    if (passes + 1 == passStep.length) {
      passStep = Arrays.copyOf(passStep, 2 * passes);
      matrixAt = Arrays.copyOf(matrixAt, 2 * passes);
      keptLanes = Arrays.copyOf(keptLanes, 2 * passes);
      factorsFrom = Arrays.copyOf(factorsFrom, 2 * passes + 1);
    }
    if (passes == 0) {
      matrixAt[0] = 0;
      factorsFrom[0] = 0;
    }
    passStep[passes] = step;
    keptLanes[passes] = 0;
    if (matrices.length < matrixAt[passes] + 16 * ENTRY) {
      matrices = Arrays.copyOf(matrices, 2 * matrices.length);
    }
    if (factors.length < factorsFrom[passes] + count) {
      factors = Arrays.copyOf(factors, 2 * (factorsFrom[passes] + count));
    }
  }

  private void run(int entries, boolean keeps) {
    if (keeps) {
      keep(entries);
    }
    System.arraycopy(matrices, matrixAt[passes], small, 0, entries * ENTRY);
    apply(psi, passes, entries);
    matrixAt[passes + 1] = matrixAt[passes] + entries * ENTRY;
    passes++;
  }

  private boolean exchanges(int pass) {
    return passStep[pass] >= 0 && sweep.steps().get(passStep[pass]).exchanges();
  }

  private int[] places(int pass) {
    int step = passStep[pass];
    return step < 0 ? sweep.places().get(-1 - step) : sweep.steps().get(step).places();
  }

  private void apply(double[] states, int pass, int entries) {
    if (exchanges(pass)) {
      sweep.kernels().exchange(states, places(pass));
    } else if (entries == 4) {
      sweep.kernels().applyOne(states, places(pass), small);
    } else {
      sweep.kernels().applyTwo(states, places(pass), small);
    }
  }

  /** Keeps the states that can't be made again from those after the pass. */
  private void keep(int entries) {
    boolean branch = passStep[passes] >= 0 && sweep.steps().get(passStep[passes]).gate().isEmpty();
    for (int l = 0; l < LANES; l++) {
      double worst = branch ? Double.POSITIVE_INFINITY : entries == 4 ? conditionOf(l) : 1;
      condition[l] *= worst;
      if (!(condition[l] <= WORST)) {
        condition[l] = 1;
        keptLanes[passes] |= 1 << l;
        double[] state = free.isEmpty() ? new double[2 << sweep.wires()] : free.pop();
        for (int x = 0; x < 1 << sweep.wires(); x++) {
          state[2 * x] = psi[x * ENTRY + l];
          state[2 * x + 1] = psi[x * ENTRY + LANES + l];
        }
        kept.push(state);
      }
    }
  }

  /**
   * The ratio of the singular values of a matrix of two rows: of their sum of squares and product.
   */
  private double conditionOf(int lane) {
    SmallMatrix.get(matrices, matrixAt[passes], lane, one, 4);
    double squares = 0;
    for (double entry : one) {
      squares += entry * entry;
    }
    double re = one[0] * one[6] - one[1] * one[7] - one[2] * one[4] + one[3] * one[5];
    double im = one[0] * one[7] + one[1] * one[6] - one[2] * one[5] - one[3] * one[4];
    double mean = Math.max(1, squares / (2 * Math.hypot(re, im)));
    return mean + Math.sqrt(mean * mean - 1);
  }

  // Back.

  /**
   * Takes the passes of the last {@link #forward} back, which kept states.
   *
   * @param gradients derivatives by the final states; those by the initial ones replace them
   * @param into takes those by what the steps read
   */
  void backward(Source source, double[] gradients, int first, int count, Gradients into) {
    load(gradients, lambda, first, count);
    for (int pass = passes - 1; pass >= 0; pass--) {
      int entries = (matrixAt[pass + 1] - matrixAt[pass]) / ENTRY;
      if (exchanges(pass)) {
        sweep.kernels().exchange(psi, places(pass));
        sweep.kernels().exchange(lambda, places(pass));
        continue;
      }
      int rows = entries == 4 ? 2 : 4;
      if (keptLanes[pass] != (1 << LANES) - 1) {
        if (rows == 2) {
          invert(pass);
        } else {
          adjoint(pass, rows);
        }
        apply(psi, pass, entries);
      }
      restore(keptLanes[pass]);
      if (varies(pass)) {
        sweep.kernels().gather(psi, lambda, places(pass), rows, sums);
        for (int l = 0; l < count; l++) {
          differentiate(source, pass, first + l, l, entries, into);
        }
      }
      adjoint(pass, rows);
      apply(lambda, pass, entries);
    }
    unload(lambda, gradients, first, count);
  }

  private void restore(int mask) {
    for (int l = LANES - 1; l >= 0; l--) {
      if ((mask >> l & 1) == 1) {
        double[] state = kept.pop();
        for (int x = 0; x < 1 << sweep.wires(); x++) {
          psi[x * ENTRY + l] = state[2 * x];
          psi[x * ENTRY + LANES + l] = state[2 * x + 1];
        }
        free.push(state);
      }
    }
  }

  private boolean varies(int pass) {
    for (int f = factorsFrom[pass]; f < factorsFrom[pass + 1]; f++) {
      if (sweep.steps().get(factors[f]).varies()) {
        return true;
      }
    }
    return false;
  }

  private void adjoint(int pass, int rows) {
    int from = matrixAt[pass];
    for (int a = 0; a < rows; a++) {
      for (int b = 0; b < rows; b++) {
        int at = from + (a * rows + b) * ENTRY;
        int to = (b * rows + a) * ENTRY;
        for (int l = 0; l < LANES; l++) {
          small[to + l] = matrices[at + l];
          small[to + LANES + l] = -matrices[at + LANES + l];
        }
      }
    }
  }

  /** The inverse; 0 for lanes whose state is kept. */
  private void invert(int pass) {
    for (int l = 0; l < LANES; l++) {
      Arrays.fill(two, 0);
      if ((keptLanes[pass] >> l & 1) == 0) {
        SmallMatrix.get(matrices, matrixAt[pass], l, one, 4);
        double re = one[0] * one[6] - one[1] * one[7] - one[2] * one[4] + one[3] * one[5];
        double im = one[0] * one[7] + one[1] * one[6] - one[2] * one[5] - one[3] * one[4];
        double square = re * re + im * im;
        re /= square;
        im /= -square;
        quotient(one[6], one[7], re, im, 0);
        quotient(-one[2], -one[3], re, im, 2);
        quotient(-one[4], -one[5], re, im, 4);
        quotient(one[0], one[1], re, im, 6);
      }
      SmallMatrix.put(two, small, 0, l, 4);
    }
  }

  private void quotient(double x, double y, double re, double im, int to) {
    two[to] = x * re - y * im;
    two[to + 1] = x * im + y * re;
  }

  /** The derivatives by the steps of a pass, from those by their product. */
  private void differentiate(
      Source source, int pass, int row, int lane, int entries, Gradients into) {
    int from = factorsFrom[pass];
    int count = factorsFrom[pass + 1] - from;
    if (entries == 16) {
      SmallMatrix.get(sums, 0, lane, four, 16);
      source.differentiate(factors[from], row, four, into);
      return;
    }
    SmallMatrix.get(sums, 0, lane, one, 4);
    if (count == 1) {
      source.differentiate(factors[from], row, one, into);
      return;
    }
    if (prefixes.length < count) {
      prefixes = new double[2 * count][8];
    }
    // Of the product of the first j + 1 steps.
    System.arraycopy(source.matrix(factors[from], row), 0, prefixes[0], 0, 8);
    for (int j = 1; j < count - 1; j++) {
      SmallMatrix.multiply(source.matrix(factors[from + j], row), prefixes[j - 1], prefixes[j]);
    }
    for (int j = count - 1; j >= 0; j--) {
      if (sweep.steps().get(factors[from + j]).varies()) {
        if (j == 0) {
          source.differentiate(factors[from], row, one, into);
        } else {
          SmallMatrix.timesAdjoint(one, prefixes[j - 1], two);
          source.differentiate(factors[from + j], row, two, into);
        }
      }
      if (j > 0) {
        SmallMatrix.adjointTimes(source.matrix(factors[from + j], row), one, two);
        System.arraycopy(two, 0, one, 0, 8);
      }
    }
  }
}
