package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values on a {@link Tape}, row-major, with the operations on them. Two arrays of different shapes
 * are stretched to the common one: aligned at the last axis, axes of size 1 or missing repeat.
 *
 * <p>Errors are {@link IllegalArgumentException}s that name the operation, the shapes found and
 * what was expected, and {@link IllegalStateException}s where the values were released.
 */
public final class Variable {
  static final Variable[] NONE = {};
  private static final Storage[] NOTHING = {};
  private static final int MAX_PIECES = 8;

  /** The chain rule of one operation. */
  @FunctionalInterface
  interface Gradient {
    /**
     * @param result of the operation
     * @param g gradient for the result
     * @param needed which inputs' gradients are asked for
     * @return gradients by input; those not asked for may be null
     */
    Variable[] of(Variable result, Variable g, boolean[] needed);
  }

  final Tape tape;
  final String name;
  final long[] shape;
  @Nullable Storage storage;
  int index = -1;
  Variable[] inputs = NONE;
  Storage[] saved = NOTHING;
  @Nullable Gradient gradient;
  @Nullable Parameter parameter;
  private @Nullable Runnable afterwards;
  private boolean kept;

  Variable(Tape tape, String name, Storage storage, long[] shape) {
    this.tape = tape;
    this.name = name;
    this.storage = storage;
    this.shape = shape;
  }

  /** The tape that it belongs to. */
  public Tape tape() {
    return tape;
  }

  /** Sizes of the axes. */
  public long[] shape() {
    return shape.clone();
  }

  /** Size of an axis; -1 is the last. */
  public long size(int axis) {
    return shape[Shapes.axis("size", axis, shape.length)];
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Number of values. */
  public long length() {
    return Shapes.length(shape);
  }

  /** A copy of the values. */
  public float[] toFloats() {
    return Kernels.floats(array());
  }

  /** A copy of the values. */
  public double[] toDoubles() {
    return Kernels.doubles(array());
  }

  /** The only value. */
  public double scalar() {
    if (length() != 1) {
      throw new IllegalArgumentException("scalar: a single value is expected, found " + this);
    }
    return toDoubles()[0];
  }

  /** Keeps the values through {@link Tape#backward}, until the tape is cleared. */
  public Variable keep() {
    kept = true;
    return this;
  }

  /** The same values, not differentiated. */
  public Variable detach() {
    return tape.borrow(live(), shape);
  }

  @Override
  public String toString() {
    return name + Shapes.text(shape);
  }

  // ---- arithmetic

  /** Sum, element by element. */
  public Variable add(Variable other) {
    return binary(
        "add",
        other,
        (r, g, needed) ->
            new Variable[] {
              needed[0] ? g.sumTo(shape) : null, needed[1] ? g.sumTo(other.shape) : null
            });
  }

  /** Difference, element by element. */
  public Variable sub(Variable other) {
    return binary(
        "subtract",
        other,
        (r, g, needed) ->
            new Variable[] {
              needed[0] ? g.sumTo(shape) : null, needed[1] ? g.sumTo(other.shape).neg() : null
            });
  }

  /** Product, element by element. */
  public Variable mul(Variable other) {
    return binary(
        "multiply",
        other,
        (r, g, needed) ->
            new Variable[] {
              needed[0] ? g.mul(other).sumTo(shape) : null,
              needed[1] ? g.mul(this).sumTo(other.shape) : null
            });
  }

  /** Quotient, element by element. */
  public Variable div(Variable other) {
    return binary(
        "divide",
        other,
        (r, g, needed) ->
            new Variable[] {
              needed[0] ? g.div(other).sumTo(shape) : null,
              needed[1] ? g.mul(r).div(other).sumTo(other.shape).neg() : null
            });
  }

  /** Adds a number to every value. */
  public Variable add(double summand) {
    Storage out = take(shape);
    Kernels.shift(array(), summand, out.view(shape));
    return result("add", out, shape, (r, g, needed) -> new Variable[] {g});
  }

  /** Multiplies every value by a number. */
  public Variable mul(double factor) {
    Storage out = take(shape);
    Kernels.scale(array(), factor, out.view(shape));
    return result("scale", out, shape, (r, g, needed) -> new Variable[] {g.mul(factor)});
  }

  /** Subtracts a number from every value. */
  public Variable sub(double subtrahend) {
    return add(-subtrahend);
  }

  /** Divides every value by a number. */
  public Variable div(double divisor) {
    return mul(1 / divisor);
  }

  /** The negative. */
  public Variable neg() {
    return mul(-1);
  }

  // ---- functions, element by element

  /** Square. */
  public Variable square() {
    Storage out = take(shape);
    Kernels.square(array(), out.view(shape));
    return result("square", out, shape, (r, g, needed) -> new Variable[] {g.mul(this).mul(2)});
  }

  /** Square root; its gradient is infinite at 0. */
  public Variable sqrt() {
    Storage out = take(shape);
    Kernels.sqrt(array(), out.view(shape));
    return result("sqrt", out, shape, (r, g, needed) -> new Variable[] {g.div(r).mul(0.5)});
  }

  /** Exponential. */
  public Variable exp() {
    Storage out = take(shape);
    Kernels.exp(array(), out.view(shape));
    return result("exp", out, shape, (r, g, needed) -> new Variable[] {g.mul(r)});
  }

  /** Natural logarithm. */
  public Variable log() {
    Storage out = take(shape);
    Kernels.log(array(), out.view(shape));
    return result("log", out, shape, (r, g, needed) -> new Variable[] {g.div(this)});
  }

  /** Absolute value; its gradient is taken as 0 at 0. */
  public Variable abs() {
    Storage sign = take(shape);
    Kernels.sign(array(), sign.view(shape));
    return timesSaved("abs", sign);
  }

  /** Hyperbolic tangent. */
  public Variable tanh() {
    Storage out = take(shape);
    Kernels.tanh(array(), out.view(shape));
    return result("tanh", out, shape, (r, g, needed) -> new Variable[] {g.sub(g.mul(r.square()))});
  }

  /** Logistic function 1 / (1 + exp(-x)). */
  public Variable sigmoid() {
    Storage out = take(shape);
    Kernels.sigmoid(array(), out.view(shape));
    return result(
        "sigmoid", out, shape, (r, g, needed) -> new Variable[] {g.mul(r.sub(r.square()))});
  }

  /** max(x, 0); its gradient is taken as 0 at 0. */
  public Variable relu() {
    return leakyRelu(0);
  }

  /**
   * x where it is positive, slope times x elsewhere.
   *
   * @param slope usually 0.01 or 0.2
   */
  public Variable leakyRelu(double slope) {
    Storage slopes = take(shape);
    Kernels.slopes(array(), slope, slopes.view(shape));
    return timesSaved("leakyRelu", slopes);
  }

  /** SiLU, also called swish: x sigmoid(x). */
  public Variable silu() {
    Storage s = take(shape);
    Kernels.sigmoid(array(), s.view(shape));
    Storage out = take(shape);
    Kernels.binary("multiply", array(), s.view(shape), out.view(shape));
    return tape.result(
        "silu",
        out,
        shape,
        (r, g, needed) -> {
          if (tape.recording()) {
            return tape.through(() -> mul(sigmoid()), g, r.inputs, needed);
          }
          // s + y (1 - s), in one array
          Storage d = take(shape);
          INDArray dv = d.view(shape);
          INDArray sv = r.saved[0].view(shape);
          Kernels.binary("multiply", r.array(), sv, dv);
          Kernels.binary("subtract", r.array(), dv, dv);
          Kernels.binary("add", dv, sv, dv);
          Kernels.binary("multiply", dv, g.array(), dv);
          return new Variable[] {tape.result("silu'", d, shape, null, List.of())};
        },
        List.of(this),
        s);
  }

  // ---- sums and products

  /**
   * Matrix product.
   *
   * @param other {@code [k, n]} for {@code [m, k]}, or {@code [b, k, n]} for {@code [b, m, k]}
   */
  public Variable matmul(Variable other) {
    return matmul(other, false, false);
  }

  /**
   * Matrix product of two or of two stacks of as many matrices.
   *
   * @param transposeThis whether the last two axes of this change places first
   * @param transposeOther whether those of the other do
   */
  public Variable matmul(Variable other, boolean transposeThis, boolean transposeOther) {
    int rank = shape.length;
    boolean fits = (rank == 2 || rank == 3) && other.shape.length == rank;
    if (fits) {
      fits =
          shape[rank - (transposeThis ? 2 : 1)] == other.shape[rank - (transposeOther ? 1 : 2)]
              && (rank == 2 || shape[0] == other.shape[0]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "matmul: shapes "
              + Shapes.text(shape)
              + (transposeThis ? " transposed" : "")
              + " and "
              + Shapes.text(other.shape)
              + (transposeOther ? " transposed" : "")
              + " don't fit: [m, k] and [k, n] or [b, m, k] and [b, k, n] are expected");
    }
    long[] to = shape.clone();
    to[rank - 2] = shape[rank - (transposeThis ? 1 : 2)];
    to[rank - 1] = other.shape[rank - (transposeOther ? 2 : 1)];
    Storage out = take(to);
    Kernels.matmul(array(), other.array(), transposeThis, transposeOther, out.view(to));
    return tape.result(
        "matmul",
        out,
        to,
        (r, g, needed) -> {
          Variable[] parts = new Variable[2];
          if (needed[0]) {
            parts[0] =
                transposeThis
                    ? other.matmul(g, transposeOther, true)
                    : g.matmul(other, false, !transposeOther);
          }
          if (needed[1]) {
            parts[1] =
                transposeOther
                    ? g.matmul(this, true, transposeThis)
                    : matmul(g, !transposeThis, false);
          }
          return parts;
        },
        List.of(this, other));
  }

  /**
   * Sum over axes, which disappear; what is left has at least one axis.
   *
   * @param axes -1 is the last; none: all
   */
  public Variable sum(int... axes) {
    return dropAxes("sum", sumKeepingAxes(axes), axes);
  }

  /** Sum over axes, which stay with size 1. */
  public Variable sumKeepingAxes(int... axes) {
    return sumTo(Shapes.reduced("sum", shape, axes));
  }

  /**
   * Mean over axes, which disappear; what is left has at least one axis.
   *
   * @param axes -1 is the last; none: all
   */
  public Variable mean(int... axes) {
    return dropAxes("mean", meanKeepingAxes(axes), axes);
  }

  /** Mean over axes, which stay with size 1. */
  public Variable meanKeepingAxes(int... axes) {
    Variable sum = sumTo(Shapes.reduced("mean", shape, axes));
    return sum.mul((double) sum.length() / length());
  }

  /**
   * Length sqrt(sum x^2) of the vectors along the last axis, which stays with size 1.
   *
   * @param epsilon added under the root, against a division by 0 in the gradient
   */
  public Variable norm(double epsilon) {
    return square().sumKeepingAxes(-1).add(epsilon).sqrt();
  }

  /** Softmax along the last axis. */
  public Variable softmax() {
    long columns = shape[shape.length - 1];
    long[] matrix = {length() / columns, columns};
    Storage out = take(shape);
    Kernels.softmax(live().view(matrix), out.view(matrix));
    return result(
        "softmax",
        out,
        shape,
        (r, g, needed) -> {
          Variable gr = g.mul(r);
          return new Variable[] {gr.sub(r.mul(gr.sumKeepingAxes(-1)))};
        });
  }

  // ---- shape

  /**
   * The same values in another shape.
   *
   * @param to one size may be -1: what is left
   */
  public Variable reshape(long... to) {
    long[] target = to.clone();
    for (int i = 0; i < to.length; i++) {
      if (to[i] == -1) {
        target[i] = 1;
        target[i] = length() / Math.max(1, Shapes.length(target));
      }
    }
    if (Shapes.length(target) != length() || Arrays.stream(target).anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException(
          "reshape: " + Shapes.text(shape) + " doesn't fit " + Shapes.text(to));
    }
    if (Arrays.equals(target, shape)) {
      return this;
    }
    return result(
        "reshape", live().retain(), target, (r, g, needed) -> new Variable[] {g.reshape(shape)});
  }

  /** The last two axes change places. */
  public Variable transpose() {
    if (shape.length < 2) {
      throw new IllegalArgumentException("transpose: two axes are expected, found " + this);
    }
    int[] axes = new int[shape.length];
    Arrays.setAll(axes, i -> i);
    axes[shape.length - 1] = shape.length - 2;
    axes[shape.length - 2] = shape.length - 1;
    return permute(axes);
  }

  /** Axis i of the result is axis {@code axes[i]} of this. */
  public Variable permute(int... axes) {
    int[] inverse = new int[shape.length];
    Arrays.fill(inverse, -1);
    long[] to = new long[shape.length];
    for (int i = 0; i < axes.length && i < to.length; i++) {
      int axis = Shapes.axis("permute", axes[i], shape.length);
      inverse[axis] = i;
      to[i] = shape[axis];
    }
    if (axes.length != shape.length || Arrays.stream(inverse).anyMatch(i -> i < 0)) {
      throw new IllegalArgumentException(
          "permute: " + Arrays.toString(axes) + " doesn't name every axis of " + this + " once");
    }
    Storage out = take(to);
    Kernels.permute(array(), axes, out.view(to));
    return result("permute", out, to, (r, g, needed) -> new Variable[] {g.permute(inverse)});
  }

  /**
   * A part of an axis.
   *
   * @param from first index
   * @param to index after the last
   */
  public Variable slice(int axis, long from, long to) {
    int a = Shapes.axis("slice", axis, shape.length);
    if (from < 0 || to <= from || to > shape[a]) {
      throw new IllegalArgumentException(
          "slice: from " + from + " to " + to + " on axis " + axis + " of " + this);
    }
    if (from == 0 && to == shape[a]) {
      return this;
    }
    long[] target = shape.clone();
    target[a] = to - from;
    Storage out = take(target);
    long rows = rowsBefore(a);
    long block = length() / rows / shape[a];
    Kernels.copyFromColumns(
        live().view(new long[] {rows, shape[a] * block}),
        from * block,
        to * block,
        out.view(new long[] {rows, (to - from) * block}));
    return result(
        "slice", out, target, (r, g, needed) -> new Variable[] {g.embed(a, from, shape[a])});
  }

  /** Zeros along an axis, with this in the middle: the reverse of a slice. */
  private Variable embed(int axis, long from, long size) {
    long[] target = shape.clone();
    target[axis] = size;
    long to = from + shape[axis];
    Storage out = take(target);
    out.view(target).assign(0);
    long rows = rowsBefore(axis);
    long block = length() / rows / shape[axis];
    Kernels.copyToColumns(
        live().view(new long[] {rows, shape[axis] * block}),
        out.view(new long[] {rows, size * block}),
        from * block,
        to * block);
    return result("embed", out, target, (r, g, needed) -> new Variable[] {g.slice(axis, from, to)});
  }

  /** Arrays one after another along an axis; the other axes are equal. */
  public static Variable concat(int axis, List<Variable> parts) {
    Variable first = parts.get(0);
    int a = Shapes.axis("concat", axis, first.shape.length);
    long[] target = first.shape.clone();
    target[a] = 0;
    for (Variable part : parts) {
      long[] expected = first.shape.clone();
      expected[a] = -1;
      Shapes.require("concat", "one of the arrays", part.shape, expected);
      target[a] += part.shape[a];
    }
    long rows = first.rowsBefore(a);
    Storage out = first.take(target);
    Kernels.concat(
        parts.stream().map(p -> p.live().view(new long[] {rows, p.length() / rows})).toList(),
        1,
        out.view(new long[] {rows, Shapes.length(target) / rows}));
    return first.tape.result(
        "concat",
        out,
        target,
        (r, g, needed) -> {
          Variable[] slices = new Variable[needed.length];
          if (!g.tape.recording() && g.split(parts, rows, slices)) {
            return slices;
          }
          long from = 0;
          for (int i = 0; i < slices.length; i++) {
            long to = from + r.inputs[i].shape[a];
            if (needed[i]) {
              slices[i] = g.slice(a, from, to);
            }
            from = to;
          }
          return slices;
        },
        parts);
  }

  /**
   * Takes this apart into all the parts at once, where they are made of few pieces of equal width:
   * ND4J copies those six times as fast as a slice.
   *
   * @return whether it was done
   */
  private boolean split(List<Variable> parts, long rows, Variable[] slices) {
    long columns = length() / rows;
    long width = columns;
    for (Variable part : parts) {
      width = gcd(width, part.length() / rows);
    }
    int count = (int) (columns / width);
    if (count > MAX_PIECES) {
      return false;
    }
    long[] piece = {rows, width};
    List<Storage> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pieces.add(take(piece));
    }
    Kernels.split(
        live().view(new long[] {rows, columns}), pieces.stream().map(p -> p.view(piece)).toList());
    int next = 0;
    for (int i = 0; i < slices.length; i++) {
      Variable part = parts.get(i);
      int end = next + (int) (part.length() / rows / width);
      List<Storage> own = pieces.subList(next, end);
      Storage out = own.get(0);
      if (own.size() > 1) {
        out = take(part.shape);
        Kernels.concat(
            own.stream().map(p -> p.view(piece)).toList(),
            1,
            out.view(new long[] {rows, part.length() / rows}));
        own.forEach(Storage::release);
      }
      slices[i] = tape.result("split", out, part.shape, null, List.of());
      next = end;
    }
    return true;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Repeats axes of size 1, and missing ones in front, up to a shape. */
  public Variable stretchTo(long... target) {
    if (Arrays.equals(shape, target)) {
      return this;
    }
    if (!Arrays.equals(Shapes.broadcast("stretch", shape, target), target)) {
      throw new IllegalArgumentException(
          "stretch: " + this + " doesn't fit " + Shapes.text(target));
    }
    Storage out = take(target);
    Kernels.stretch(array(), out.view(target));
    return result(
        "stretch", out, target.clone(), (r, g, needed) -> new Variable[] {g.sumTo(shape)});
  }

  /** Sums over what stretching to this shape would repeat. */
  Variable sumTo(long... target) {
    if (Arrays.equals(shape, target)) {
      return this;
    }
    long[] full = new long[shape.length];
    for (int i = 0; i < full.length; i++) {
      full[i] = Shapes.size(target, full.length, i);
    }
    Storage out = take(target);
    Kernels.sum(tape.pool(), live(), shape, full, out);
    return result(
        "sum", out, target.clone(), (r, g, needed) -> new Variable[] {g.stretchTo(shape)});
  }

  // ---- for operations

  INDArray array() {
    return live().view(shape);
  }

  /** The memory, unless it was released. */
  Storage live() {
    if (storage == null) {
      throw new IllegalStateException(
          this + " was released by backward() or clear(): read or keep() it before");
    }
    return storage;
  }

  Storage take(long[] size) {
    return tape.pool().take(Shapes.length(size));
  }

  Variable result(String operation, Storage out, long[] to, @Nullable Gradient rule) {
    return tape.result(operation, out, to, rule, List.of(this));
  }

  /** This times an array that was computed from it and has no gradient of its own. */
  Variable timesSaved(String operation, Storage factor) {
    Storage out = take(shape);
    Kernels.binary("multiply", array(), factor.view(shape), out.view(shape));
    return tape.result(
        operation,
        out,
        shape,
        (r, g, needed) -> new Variable[] {g.mul(tape.borrow(r.saved[0], shape))},
        List.of(this),
        factor);
  }

  /**
   * Has something done once the gradient can't be asked for any more: at once if none is recorded.
   */
  Variable afterwards(Runnable work) {
    if (index < 0) {
      work.run();
    } else {
      afterwards = work;
    }
    return this;
  }

  void release() {
    if (storage != null) {
      storage.release();
      storage = null;
      if (afterwards != null) {
        afterwards.run();
        afterwards = null;
      }
      for (Storage s : saved) {
        s.release();
      }
      saved = NOTHING;
    }
  }

  /** Releases what the walk backwards has passed and the caller can't want to read. */
  void releaseEarly() {
    if (gradient != null && !kept && length() > 1) {
      release();
    }
  }

  private Variable binary(String operation, Variable other, Gradient rule) {
    long[] to = Shapes.broadcast(operation, shape, other.shape);
    Storage out = take(to);
    Kernels.binary(operation, array(), other.array(), out.view(to));
    return tape.result(operation, out, to, rule, List.of(this, other));
  }

  private Variable dropAxes(String operation, Variable reduced, int... axes) {
    if (axes.length == 0) {
      return reduced.reshape(1);
    }
    boolean[] drop = new boolean[shape.length];
    for (int axis : axes) {
      drop[Shapes.axis(operation, axis, shape.length)] = true;
    }
    long[] to = new long[shape.length];
    int n = 0;
    for (int i = 0; i < shape.length; i++) {
      if (!drop[i]) {
        to[n++] = shape[i];
      }
    }
    return reduced.reshape(n == 0 ? new long[] {1} : Arrays.copyOf(to, n));
  }

  private long rowsBefore(int axis) {
    return Shapes.length(Arrays.copyOf(shape, axis));
  }
}
