package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reverse-mode differentiation. What is computed with the variables of a tape is recorded while it
 * is computed, and walked backwards for gradients. The gradient of every operation is made of
 * operations again, so that a gradient can be differentiated too.
 *
 * <p>The tape owns the memory of its variables, off the heap. A training step is:
 *
 * <pre>{@code
 * Variable loss = Losses.meanSquaredError(model.apply(tape.constant(x, n, d)), target);
 * tape.backward(loss);   // adds to the gradients of the parameters
 * optimizer.step();
 * tape.clear();          // the memory is used again by the next step
 * }</pre>
 *
 * <p>Used by one thread at a time. Equal computations give equal bits as long as nothing else
 * computes with ND4J at the same time.
 */
public final class Tape implements AutoCloseable {
  private final DataType type;
  private final ArrayPool pool;
  private final Convolutions convolutions;
  private final List<Variable> nodes = new ArrayList<>();
  private final Map<Parameter, Variable> parameters = new IdentityHashMap<>();

  /** Values that are not recorded, released together at the end of what they were made for. */
  private List<Variable> scope = new ArrayList<>();

  private boolean recording = true;

  /**
   * With ND4J's own convolutions.
   *
   * @param type of all values: {@code FLOAT} to train, {@code DOUBLE} to check gradients
   */
  public Tape(DataType type) {
    this(type, Optional.empty());
  }

  /**
   * @param type of all values
   * @param engine of convolutions in single precision; empty for ND4J's own, which those in double
   *     precision always are
   */
  public Tape(DataType type, Optional<ConvolutionEngine> engine) {
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException("a tape holds FLOAT or DOUBLE values, not " + type);
    }
    this.type = type;
    pool = new ArrayPool(type);
    convolutions =
        engine.isPresent() && type == DataType.FLOAT
            ? new EngineConvolutions(engine.get(), pool)
            : new Nd4jConvolutions(pool);
  }

  /** Type of all values. */
  public DataType type() {
    return type;
  }

  /** Bytes of memory off the heap that the tape holds, in use or waiting to be used again. */
  public long bytes() {
    return pool.bytes();
  }

  /**
   * Values that are not differentiated, copied.
   *
   * @throws IllegalArgumentException if the number of values doesn't fit the shape
   */
  public Variable constant(float[] values, long... shape) {
    Variable v = blank("constant", values.length, shape);
    Kernels.write(v.array(), values);
    return v;
  }

  /**
   * Values that are not differentiated, copied.
   *
   * @throws IllegalArgumentException if the number of values doesn't fit the shape
   */
  public Variable constant(double[] values, long... shape) {
    Variable v = blank("constant", values.length, shape);
    Kernels.write(pool, v.array(), values);
    return v;
  }

  /** The same value everywhere, not differentiated. */
  public Variable fill(double value, long... shape) {
    Variable v = blank("fill", Shapes.length(shape), shape);
    v.array().assign(value);
    return v;
  }

  /**
   * Values that {@link #gradients} may differentiate with respect to, copied.
   *
   * @throws IllegalArgumentException if the number of values doesn't fit the shape
   */
  public Variable input(double[] values, long... shape) {
    return leaf(constant(values, shape));
  }

  /**
   * Values that {@link #gradients} may differentiate with respect to, copied.
   *
   * @throws IllegalArgumentException if the number of values doesn't fit the shape
   */
  public Variable input(float[] values, long... shape) {
    return leaf(constant(values, shape));
  }

  /**
   * A parameter on this tape; the same variable until the tape is cleared.
   *
   * @throws IllegalArgumentException if its type is not the tape's
   */
  public Variable parameter(Parameter parameter) {
    Variable known = parameters.get(parameter);
    if (known != null) {
      return known;
    }
    if (parameter.store().type() != type) {
      throw new IllegalArgumentException(
          "parameter "
              + parameter.name()
              + " is "
              + parameter.store().type()
              + ", the tape is "
              + type);
    }
    Variable v =
        new Variable(this, parameter.name(), parameter.storage().retain(), parameter.shape());
    if (recording) {
      v.parameter = parameter;
      add(v);
      parameters.put(parameter, v);
    } else {
      scope.add(v);
    }
    return v;
  }

  /** Computes without recording; nothing of the result can be differentiated. */
  public <T> T withoutGradient(Supplier<T> computation) {
    return recording(false, computation);
  }

  /**
   * Gradients of a single number, for the chain rule backwards.
   *
   * @param y one number
   * @param xs what to differentiate with respect to: recorded on this tape
   * @param createGraph whether the gradients are recorded, to be differentiated again
   * @return one gradient per x, of its shape; zeros where y doesn't depend on it
   * @throws IllegalArgumentException if y is not a single number, or an x is not recorded
   */
  public List<Variable> gradients(Variable y, List<Variable> xs, boolean createGraph) {
    requireNumber("gradients", y);
    for (Variable x : xs) {
      if (x.index < 0) {
        throw new IllegalArgumentException(
            "gradients: " + x + " is not recorded: make it with input() or parameter()");
      }
    }
    Variable[] found =
        differentiate(y, fill(1, y.shape()), xs.toArray(Variable[]::new), 0, createGraph, false);
    List<Variable> result = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      result.add(found[i] == null ? fill(0, xs.get(i).shape()) : found[i]);
    }
    return result;
  }

  /**
   * Adds the gradients of a loss to {@link Parameter#gradient()}. Values that were computed on the
   * way are released as soon as they aren't needed any more, unless they are single numbers or
   * {@link Variable#keep kept}.
   *
   * @param loss one number
   * @param only stores whose parameters are meant; all if none is given
   * @throws IllegalArgumentException if the loss is not a single number or doesn't depend on any
   *     parameter
   */
  public void backward(Variable loss, ParameterStore... only) {
    requireNumber("backward", loss);
    Set<ParameterStore> stores = Set.of(only);
    List<Parameter> wanted =
        nodes.stream()
            .map(v -> v.parameter)
            .filter(p -> p != null && (stores.isEmpty() || stores.contains(p.store())))
            .toList();
    if (loss.index < 0 || wanted.isEmpty()) {
      throw new IllegalArgumentException("backward: the loss doesn't depend on any parameter");
    }
    Variable[] xs = wanted.stream().map(parameters::get).toArray(Variable[]::new);
    Variable[] found = differentiate(loss, fill(1, loss.shape()), xs, 0, false, true);
    for (int i = 0; i < xs.length; i++) {
      if (found[i] != null) {
        INDArray gradient = wanted.get(i).gradient();
        if (HostLoops.small(gradient)) {
          HostLoops.addTo(pool, found[i].array(), gradient);
        } else {
          Kernels.binary("add", gradient, found[i].array(), gradient);
        }
      }
    }
  }

  /** Forgets everything that was computed; its variables can't be used any more. */
  public void clear() {
    nodes.forEach(Variable::release);
    nodes.clear();
    parameters.clear();
    scope.forEach(Variable::release);
    scope.clear();
  }

  /** Clears the tape and gives its memory back to the system. */
  @Override
  public void close() {
    clear();
    convolutions.close();
    pool.close();
  }

  // ---- for operations

  ArrayPool pool() {
    return pool;
  }

  Convolutions convolutions() {
    return convolutions;
  }

  boolean recording() {
    return recording;
  }

  /** Memory for the result of an operation. */
  Variable blank(String name, long[] shape) {
    Variable v = new Variable(this, name, pool.take(Shapes.length(shape)), shape.clone());
    scope.add(v);
    return v;
  }

  private Variable blank(String name, long values, long[] shape) {
    for (long d : shape) {
      if (d < 1) {
        throw new IllegalArgumentException(
            name + ": no axis of " + Shapes.text(shape) + " may be empty");
      }
    }
    if (values != Shapes.length(shape)) {
      throw new IllegalArgumentException(
          name + ": shape " + Shapes.text(shape) + " doesn't fit " + values + " values");
    }
    return blank(name, shape);
  }

  /** The result of an operation, recorded if one of its inputs is. */
  Variable result(
      String name,
      Storage storage,
      long[] shape,
      Variable.@Nullable Gradient gradient,
      List<Variable> inputs,
      Storage... saved) {
    Variable v = new Variable(this, name, storage, shape);
    boolean record = false;
    for (Variable in : inputs) {
      if (in.tape != this) {
        throw new IllegalArgumentException(name + ": " + in + " belongs to another tape");
      }
      record |= in.index >= 0;
    }
    if (recording && record) {
      v.inputs = inputs.toArray(Variable[]::new);
      v.gradient = gradient;
      v.saved = saved;
      add(v);
    } else {
      for (Storage s : saved) {
        s.release();
      }
      scope.add(v);
    }
    return v;
  }

  /** A saved array as a variable, for the formula of a gradient. */
  Variable borrow(Storage storage, long... shape) {
    Variable v = new Variable(this, "saved", storage.retain(), shape);
    scope.add(v);
    return v;
  }

  /**
   * Differentiates a single operation through an equivalent made of simpler ones.
   *
   * @param composed computes the operation's result from its inputs
   */
  Variable[] through(Supplier<Variable> composed, Variable g, Variable[] inputs, boolean[] needed) {
    int start = nodes.size();
    Variable y = composed.get();
    List<Variable> xs = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      if (needed[i]) {
        xs.add(inputs[i]);
      }
    }
    Variable[] found = differentiate(y, g, xs.toArray(Variable[]::new), start, true, false);
    Variable[] result = new Variable[inputs.length];
    for (int i = 0, k = 0; i < inputs.length; i++) {
      if (needed[i]) {
        result[i] = found[k++];
      }
    }
    return result;
  }

  // ----

  private Variable leaf(Variable v) {
    if (recording) {
      scope.remove(scope.size() - 1);
      add(v);
    }
    return v;
  }

  private void add(Variable v) {
    v.index = nodes.size();
    nodes.add(v);
  }

  private <T> T recording(boolean on, Supplier<T> computation) {
    boolean before = recording;
    recording = on;
    try {
      return computation.get();
    } finally {
      recording = before;
    }
  }

  private static void requireNumber(String name, Variable y) {
    if (y.length() != 1) {
      throw new IllegalArgumentException(name + ": a single number is differentiated, found " + y);
    }
  }

  /**
   * The chain rule from y back to the xs, over the nodes from {@code start}. Gradients that are not
   * recorded live in a scope of their own per node and are added up in place where nobody else
   * looks at them.
   */
  private Variable[] differentiate(
      Variable y, Variable seed, Variable[] xs, int start, boolean record, boolean free) {
    int n = y.index + 1;
    boolean[] path = new boolean[Math.max(n, nodes.size())];
    boolean[] wanted = new boolean[path.length];
    for (Variable x : xs) {
      path[x.index] = true;
      wanted[x.index] = true;
    }
    for (int i = start; i < n; i++) {
      for (Variable in : nodes.get(i).inputs) {
        path[i] |= in.index >= 0 && path[in.index];
      }
    }
    Variable[] slots = new Variable[path.length];
    if (n > 0 && path[y.index]) {
      slots[y.index] = hold(seed);
    }
    recording(
        record,
        () -> {
          for (int i = n - 1; i >= start; i--) {
            if (slots[i] != null) {
              visit(nodes.get(i), slots, path, record);
              if (!wanted[i]) {
                slots[i].live().release();
                slots[i] = null;
              }
            }
            if (free) {
              nodes.get(i).releaseEarly();
            }
          }
          return null;
        });
    Variable[] result = new Variable[xs.length];
    for (int i = 0; i < xs.length; i++) {
      Variable g = slots[xs[i].index];
      if (g != null) {
        // The slot's hold goes with it.
        Variable r = g.index >= 0 ? g : new Variable(this, "gradient", g.live().retain(), g.shape);
        if (g.index < 0) {
          scope.add(r);
        }
        result[i] = r;
      }
    }
    for (Variable slot : slots) {
      if (slot != null) {
        slot.live().release();
      }
    }
    return result;
  }

  private void visit(Variable node, Variable[] slots, boolean[] path, boolean record) {
    boolean[] needed = new boolean[node.inputs.length];
    boolean any = false;
    for (int k = 0; k < needed.length; k++) {
      int index = node.inputs[k].index;
      needed[k] = index >= 0 && path[index];
      any |= needed[k];
    }
    if (!any) {
      return;
    }
    List<Variable> outer = scope;
    if (!record) {
      scope = new ArrayList<>();
    }
    try {
      Variable.Gradient rule = Objects.requireNonNull(node.gradient, node.name);
      Variable[] parts = rule.of(node, slots[node.index], needed);
      for (int k = 0; k < needed.length; k++) {
        if (needed[k] && parts[k] != null) {
          Variable in = node.inputs[k];
          if (!Arrays.equals(in.shape, parts[k].shape)) {
            throw new IllegalStateException(
                node.name + ": gradient of shape " + parts[k] + " for input " + in);
          }
          accumulate(slots, in.index, parts[k], record);
        }
      }
    } finally {
      if (!record) {
        scope.forEach(Variable::release);
        scope = outer;
      }
    }
  }

  private void accumulate(Variable[] slots, int index, Variable g, boolean record) {
    Variable before = slots[index];
    if (before == null) {
      slots[index] = hold(g);
    } else if (!record && before.live().exclusive()) {
      Kernels.binary("add", before.array(), g.array(), before.array());
    } else {
      slots[index] = hold(before.add(g));
      before.live().release();
    }
  }

  /** A second handle of its own: the scope of the first may end. */
  private Variable hold(Variable v) {
    if (v.index >= 0) {
      v.live().retain();
      return v;
    }
    return new Variable(this, v.name, v.live().retain(), v.shape);
  }
}
