package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import org.ketloom.api.engine.Inputs;

/**
 * A product of states of single wires: the first gates of all wires at once. It is the outer
 * product of a left and a right table, each for about half of the wires, and its gradients come
 * from contracting lambda with each of the two; ADJOINT.md has the derivation.
 *
 * @param gates the gate of each wire; null for a wire that begins with 0
 */
record ProductStart(Arithmetic arithmetic, Layout layout, List<FusedGate> gates) implements Start {

  /** Where in the tables things begin. */
  private int columns() {
    return 0;
  }

  /** The product of the wires that choose the lane. */
  private int lanes() {
    return columns() + 2 * layout.wires() * Kernels.STRIDE;
  }

  /** Amplitudes of a wire, weighted with the rest of lambda: two vectors. */
  private int rest() {
    return lanes() + Kernels.STRIDE;
  }

  /** Products of the lowest b bits' wires from entry {@code 2^b} on, for all b. */
  private int right() {
    return rest() + 2 * Kernels.STRIDE;
  }

  private int left() {
    return right() + (2 << rightBits()) * Kernels.STRIDE;
  }

  /** The right product with the lanes. */
  private int rightWithLanes() {
    return left() + (2 << leftBits()) * Kernels.STRIDE;
  }

  /** Lambda contracted with the left product. */
  private int contractedLeft() {
    return rightWithLanes() + (1 << rightBits()) * Kernels.STRIDE;
  }

  /** Contractions of lambda on the lowest b bits from entry {@code 2^b} on. */
  private int rightRest() {
    return contractedLeft() + (1 << rightBits()) * Kernels.STRIDE;
  }

  private int leftRest() {
    return rightRest() + (2 << rightBits()) * Kernels.STRIDE;
  }

  @Override
  public int tableSize() {
    return leftRest() + (2 << leftBits()) * Kernels.STRIDE;
  }

  private int rightBits() {
    return (layout.wires() - layout.laneBits()) / 2;
  }

  private int leftBits() {
    return layout.wires() - layout.laneBits() - rightBits();
  }

  /** The wire of a bit of the vector's position. */
  private int wire(int bit) {
    return layout.wires() - 1 - layout.laneBits() - bit;
  }

  private int column(int wire) {
    return columns() + 2 * wire * Kernels.STRIDE;
  }

  @Override
  public void check(Inputs inputs) {
    // All finite angles will do.
  }

  @Override
  public void forward(Workspace work) {
    makeTables(work);
    Object stored = stored(work);
    int row = 1 << rightBits();
    for (int h = work.first(1 << leftBits()); h < work.end(1 << leftBits()); h++) {
      int factor = left() + ((1 << leftBits()) + h) * Kernels.STRIDE;
      arithmetic
          .kernels()
          .multiply(
              stored,
              factor,
              stored,
              rightWithLanes(),
              row,
              work.state.psi,
              h * row * Kernels.STRIDE);
    }
  }

  private Object stored(Workspace work) {
    return arithmetic.storage().stored(work.tables, tableSize(), work.tablesStored);
  }

  private void makeTables(Workspace work) {
    double[] t = work.tables;
    for (int w = 0; w < layout.wires(); w++) {
      int at = column(w);
      Arrays.fill(t, at, at + 2 * Kernels.STRIDE, 0);
      if (gates.get(w) == null) {
        Arrays.fill(t, at, at + Kernels.LANES, 1);
      } else {
        double[] matrix = gates.get(w).matrix(arithmetic.su2(), work);
        System.arraycopy(matrix, 0, t, at, Kernels.STRIDE);
        System.arraycopy(matrix, 2 * Kernels.STRIDE, t, at + Kernels.STRIDE, Kernels.STRIDE);
      }
    }
    makeProducts(t, right(), 0, rightBits());
    makeProducts(t, left(), rightBits(), leftBits());
    for (int l = 0; l < Kernels.LANES; l++) {
      setLane(t, lanes(), l, -1);
    }
    int row = 1 << rightBits();
    arithmetic
        .tables()
        .multiply(t, lanes(), t, right() + row * Kernels.STRIDE, row, t, rightWithLanes());
  }

  /** The product of the amplitudes that the wires of the lanes have in one lane. */
  private void setLane(double[] t, int to, int lane, int without) {
    double re = 1;
    double im = 0;
    for (int j = 0; j < layout.laneBits(); j++) {
      if (j != without) {
        int at = column(layout.wires() - 1 - j) + (lane >> j & 1) * Kernels.STRIDE;
        double r = re * t[at] - im * t[at + Kernels.LANES];
        im = re * t[at + Kernels.LANES] + im * t[at];
        re = r;
      }
    }
    t[to + lane] = re;
    t[to + Kernels.LANES + lane] = im;
  }

  private void makeProducts(double[] t, int start, int firstBit, int bits) {
    int one = start + Kernels.STRIDE;
    Arrays.fill(t, one, one + Kernels.LANES, 1);
    Arrays.fill(t, one + Kernels.LANES, one + Kernels.STRIDE, 0);
    for (int b = 0; b < bits; b++) {
      int size = 1 << b;
      int from = start + size * Kernels.STRIDE;
      int to = start + 2 * size * Kernels.STRIDE;
      int column = column(wire(firstBit + b));
      arithmetic.tables().multiply(t, column, t, from, size, t, to);
      arithmetic
          .tables()
          .multiply(t, column + Kernels.STRIDE, t, from, size, t, to + size * Kernels.STRIDE);
    }
  }

  @Override
  public void backward(Workspace work) {
    makeTables(work);
    int rows = 1 << leftBits();
    int row = 1 << rightBits();
    Arrays.fill(work.tables, contractedLeft(), contractedLeft() + row * Kernels.STRIDE, 0);
    Object t = stored(work);
    for (int h = work.first(rows); h < work.end(rows); h++) {
      int from = h * row * Kernels.STRIDE;
      arithmetic
          .kernels()
          .inner(
              t,
              rightWithLanes(),
              work.lambda,
              from,
              row,
              t,
              leftRest() + (rows + h) * Kernels.STRIDE);
      arithmetic
          .kernels()
          .addConjugateTimes(
              t, left() + (rows + h) * Kernels.STRIDE, work.lambda, from, row, t, contractedLeft());
    }
    arithmetic.storage().numbers(t, tableSize(), work.tables);
  }

  @Override
  public void finish(Workspace[] slices) {
    Workspace work = slices[0];
    double[] t = work.tables;
    int rows = 1 << leftBits();
    int row = 1 << rightBits();
    for (int s = 1; s < slices.length; s++) {
      double[] other = slices[s].tables;
      int from = leftRest() + (rows + slices[s].first(rows)) * Kernels.STRIDE;
      int to = leftRest() + (rows + slices[s].end(rows)) * Kernels.STRIDE;
      System.arraycopy(other, from, t, from, to - from);
      for (int i = contractedLeft(); i < contractedLeft() + row * Kernels.STRIDE; i++) {
        t[i] += other[i];
      }
    }
    differentiate(work, left(), leftRest(), rightBits(), leftBits());
    differentiateLanes(work);
    int top = rightRest() + row * Kernels.STRIDE;
    Arrays.fill(t, top, top + row * Kernels.STRIDE, 0);
    arithmetic.tables().addConjugateTimes(t, lanes(), t, contractedLeft(), row, t, top);
    differentiate(work, right(), rightRest(), 0, rightBits());
  }

  /** Splits one bit after another off the contraction, the highest first. */
  private void differentiate(Workspace work, int products, int rest, int firstBit, int bits) {
    double[] t = work.tables;
    for (int b = bits - 1; b >= 0; b--) {
      int size = 1 << b;
      int from = rest + 2 * size * Kernels.STRIDE;
      int upper = from + size * Kernels.STRIDE;
      int to = rest + size * Kernels.STRIDE;
      int wire = wire(firstBit + b);
      if (gates.get(wire) != null) {
        arithmetic.tables().inner(t, products + size * Kernels.STRIDE, t, from, size, t, rest());
        arithmetic
            .tables()
            .inner(t, products + size * Kernels.STRIDE, t, upper, size, t, rest() + Kernels.STRIDE);
        gather(work, gates.get(wire));
      }
      combine(t, column(wire), from, size, to);
    }
  }

  /**
   * Sets vectors to the sum of two others, each times the conjugate of its own vector, lane by
   * lane.
   */
  private static void combine(double[] t, int factors, int from, int count, int to) {
    for (int v = 0; v < count * Kernels.STRIDE; v += Kernels.STRIDE) {
      int second = from + count * Kernels.STRIDE + v;
      for (int l = 0; l < Kernels.LANES; l++) {
        double fr = t[factors + l];
        double fi = t[factors + Kernels.LANES + l];
        double sr = t[factors + Kernels.STRIDE + l];
        double si = t[factors + Kernels.STRIDE + Kernels.LANES + l];
        double ar = t[from + v + l];
        double ai = t[from + v + Kernels.LANES + l];
        double br = t[second + l];
        double bi = t[second + Kernels.LANES + l];
        t[to + v + l] = fr * ar + fi * ai + sr * br + si * bi;
        t[to + v + Kernels.LANES + l] = fr * ai - fi * ar + sr * bi - si * br;
      }
    }
  }

  private void differentiateLanes(Workspace work) {
    double[] t = work.tables;
    int row = 1 << rightBits();
    // The lanes of lambda, contracted with all wires but those of the lanes.
    int contracted = rightRest();
    arithmetic
        .tables()
        .inner(t, right() + row * Kernels.STRIDE, t, contractedLeft(), row, t, contracted);
    for (int j = 0; j < layout.laneBits(); j++) {
      FusedGate gate = gates.get(layout.wires() - 1 - j);
      if (gate == null) {
        continue;
      }
      Arrays.fill(t, rest(), rest() + 2 * Kernels.STRIDE, 0);
      for (int l = 0; l < Kernels.LANES; l++) {
        setLane(t, rightWithLanes(), l, j);
        double re = t[rightWithLanes() + l];
        double im = t[rightWithLanes() + Kernels.LANES + l];
        double lr = t[contracted + l];
        double li = t[contracted + Kernels.LANES + l];
        int to = rest() + (l >> j & 1) * Kernels.STRIDE;
        t[to] += re * lr + im * li;
        t[to + Kernels.LANES] += re * li - im * lr;
      }
      gather(work, gate);
    }
  }

  /** Adds what the gate would gather on its way back to the state 0. */
  private void gather(Workspace work, FusedGate gate) {
    double[] m = gate.matrix(arithmetic.su2(), work);
    double[] t = work.tables;
    double[] gather = gate.gather(work);
    int start = gate.gatherStart(work);
    int first = rest();
    int second = first + Kernels.STRIDE;
    for (int l = 0; l < Kernels.LANES; l++) {
      double ar = t[first + l];
      double ai = t[first + Kernels.LANES + l];
      double br = t[second + l];
      double bi = t[second + Kernels.LANES + l];
      gather[start + l] -= m[l] * ai - m[8 + l] * ar + m[32 + l] * bi - m[40 + l] * br;
      gather[start + 2 * Kernels.LANES + l] -=
          m[16 + l] * ai - m[24 + l] * ar + m[48 + l] * bi - m[56 + l] * br;
      gather[start + 3 * Kernels.LANES + l] -=
          m[16 + l] * ar + m[24 + l] * ai + m[48 + l] * br + m[56 + l] * bi;
    }
    gate.gathered(arithmetic.su2(), work);
  }

  @Override
  public double multiplyAdds() {
    return 4.0 * Kernels.LANES * layout.vectors();
  }

  @Override
  public String describe() {
    return "outer product";
  }
}
