package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ketloom.api.model.Tensor;
import org.ketloom.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The parameters of a model. The values of a group lie one after another in one array, and so do
 * the gradients, so that what an optimizer does takes a few large calls for the whole model.
 *
 * <p>All parameters are created first; the first use of a value makes the arrays, and no parameter
 * can be added after that. First values depend on the seed and the parameter's name alone.
 */
public final class ParameterStore implements AutoCloseable {
  /** Values between one parameter's start and the next are a multiple of this: 64 bytes. */
  private static final long ALIGNMENT = 16;

  private final DataType type;
  private final long seed;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, FlatGroup> groups = new LinkedHashMap<>();
  private boolean sealed;

  /** The arrays of one group. */
  record FlatGroup(INDArray values, INDArray gradients, Map<Parameter, Long> offsets) {

    /** The part of an array, laid out like the values, that belongs to a parameter. */
    INDArray part(INDArray flat, Parameter p) {
      return view(flat, Objects.requireNonNull(offsets.get(p), p.name()), p.shape());
    }
  }

  /**
   * @param type of all values: {@code FLOAT} to train, {@code DOUBLE} to check gradients
   * @param seed of the first values
   */
  public ParameterStore(DataType type, long seed) {
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException("parameters are FLOAT or DOUBLE, not " + type);
    }
    this.type = type;
    this.seed = seed;
  }

  /** Type of all values. */
  public DataType type() {
    return type;
  }

  /**
   * Declares a parameter.
   *
   * @param name unique, levels parted by dots
   * @param group whose learning rate it follows, for instance "classical"
   * @throws IllegalArgumentException if the name is taken or an axis is empty
   * @throws IllegalStateException if values have been used already
   */
  public Parameter create(String name, String group, Initializer initializer, long... shape) {
    if (sealed) {
      throw new IllegalStateException(
          "parameter "
              + name
              + " is created too late: create all parameters before the first is used");
    }
    if (shape.length == 0 || Shapes.length(shape) < 1) {
      throw new IllegalArgumentException(
          "parameter " + name + " has the empty shape " + Shapes.text(shape));
    }
    if (Shapes.length(shape) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " of shape "
              + Shapes.text(shape)
              + " has more than "
              + Integer.MAX_VALUE
              + " values; choose a smaller model");
    }
    Parameter p = new Parameter(this, name, group, shape.clone(), initializer);
    if (parameters.putIfAbsent(name, p) != null) {
      throw new IllegalArgumentException("there is already a parameter " + name);
    }
    return p;
  }

  /** All parameters in the order of their creation. */
  public Collection<Parameter> parameters() {
    return Collections.unmodifiableCollection(parameters.values());
  }

  /** Number of trainable values by group, in the order of their creation. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    parameters.values().forEach(p -> counts.merge(p.group(), p.length(), Long::sum));
    return counts;
  }

  /** Sets all gradients to zero. */
  public void zeroGradients() {
    groups().values().forEach(g -> g.gradients().assign(0));
  }

  /** The length of the vector of all gradients. */
  public double gradientNorm() {
    return Math.sqrt(
        groups().values().stream()
            .mapToDouble(g -> Kernels.dot(g.gradients(), g.gradients()))
            .sum());
  }

  /**
   * Scales all gradients so that the length of the vector of all of them is at most {@code
   * maximum}.
   *
   * @return the length before
   * @throws ArithmeticException naming a parameter whose gradient is NaN or infinite
   */
  public double clipGradients(double maximum) {
    double norm = gradientNorm();
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException("the gradient of " + culprit() + " is not finite");
    }
    if (norm > maximum) {
      groups().values().forEach(g -> Kernels.scale(g.gradients(), maximum / norm, g.gradients()));
    }
    return norm;
  }

  /** The values by name. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    parameters.values().forEach(p -> state.put(p.name(), tensor(p, p.value())));
    return state;
  }

  /**
   * Puts values back; other names are left alone.
   *
   * @throws IllegalArgumentException naming the tensor that is missing or of another shape or type;
   *     nothing is changed then
   */
  public void restore(Map<String, Tensor> state) {
    parameters.values().forEach(p -> check(p, "", state));
    parameters.values().forEach(p -> write(check(p, "", state), p.value()));
  }

  /** Gives the memory back to the system. */
  @Override
  public void close() {
    groups.values().forEach(g -> List.of(g.values(), g.gradients()).forEach(INDArray::close));
    groups.clear();
    parameters.clear();
    sealed = true;
  }

  // ---- for optimizers

  Map<String, FlatGroup> groups() {
    seal();
    return groups;
  }

  FlatGroup group(String name) {
    return Objects.requireNonNull(groups().get(name), name);
  }

  /** An array like the values of a group. */
  INDArray like(FlatGroup group) {
    return zeros(group.values().length());
  }

  void seal() {
    if (sealed) {
      return;
    }
    Backend.load();
    Map<String, List<Parameter>> members = new LinkedHashMap<>();
    parameters
        .values()
        .forEach(p -> members.computeIfAbsent(p.group(), k -> new ArrayList<>()).add(p));
    members.forEach((name, list) -> groups.put(name, layOut(list)));
    sealed = true;
  }

  Tensor check(Parameter p, String prefix, Map<String, Tensor> state) {
    String name = prefix + p.name();
    Tensor tensor = state.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor " + name + " is missing");
    }
    boolean typed =
        type == DataType.FLOAT
            ? tensor.values() instanceof float[]
            : tensor.values() instanceof double[];
    if (!typed || !tensor.shape().equals(shape(p))) {
      throw new IllegalArgumentException(
          "tensor " + name + " is " + tensor + ", expected " + type + " " + shape(p));
    }
    return tensor;
  }

  Tensor tensor(Parameter p, INDArray values) {
    return new Tensor(
        shape(p), type == DataType.FLOAT ? Kernels.floats(values) : Kernels.doubles(values));
  }

  static void write(Tensor tensor, INDArray to) {
    if (tensor.values() instanceof float[] floats) {
      Kernels.write(to, floats);
    } else {
      Kernels.write(to, tensor.doubles());
    }
  }

  private FlatGroup layOut(List<Parameter> members) {
    Map<Parameter, Long> offsets = new HashMap<>();
    long length = 0;
    for (Parameter p : members) {
      offsets.put(p, length);
      length += (p.length() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    FlatGroup group = new FlatGroup(zeros(length), zeros(length), offsets);
    for (Parameter p : members) {
      INDArray value = group.part(group.values(), p);
      p.place(value, group.part(group.gradients(), p));
      double[] first = new double[Math.toIntExact(p.length())];
      p.initializer().fill(first, p.shape(), RandomStreams.of(seed, "parameter " + p.name()));
      Kernels.write(value, first);
    }
    return group;
  }

  private String culprit() {
    for (Parameter p : parameters.values()) {
      for (double g : Kernels.doubles(p.gradient())) {
        if (!Double.isFinite(g)) {
          return p.name();
        }
      }
    }
    return "all parameters together";
  }

  private INDArray zeros(long length) {
    Nd4jBackend.requireMemory(length * type.width(), "an array for the model's parameters");
    INDArray array = Nd4j.createUninitialized(type, length);
    array.assign(0);
    return array;
  }

  private static List<Integer> shape(Parameter p) {
    return java.util.Arrays.stream(p.shape()).mapToObj(Math::toIntExact).toList();
  }

  private static INDArray view(INDArray flat, long offset, long[] shape) {
    return Nd4j.create(flat.data(), shape, Shapes.strides(shape), offset, 'c', flat.dataType());
  }
}
