package org.ketloom.nn;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A trainable array with a name, made by {@link ParameterStore#create}. */
public final class Parameter {
  private final ParameterStore store;
  private final String name;
  private final String group;
  private final long[] shape;
  private final Initializer initializer;
  private @Nullable Storage value;
  private @Nullable INDArray gradient;

  Parameter(
      ParameterStore store, String name, String group, long[] shape, Initializer initializer) {
    this.store = store;
    this.name = name;
    this.group = group;
    this.shape = shape;
    this.initializer = initializer;
  }

  /** Stable name, levels parted by dots. */
  public String name() {
    return name;
  }

  /** The group whose learning rate it follows. */
  public String group() {
    return group;
  }

  /** Sizes of the axes. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of values. */
  public long length() {
    return Shapes.length(shape);
  }

  /** The store that it belongs to. */
  public ParameterStore store() {
    return store;
  }

  /** Its values: a view, not a copy. */
  public INDArray value() {
    return storage().view(shape);
  }

  /** What {@link Tape#backward} adds up: a view, not a copy. */
  public INDArray gradient() {
    store.seal();
    return Objects.requireNonNull(gradient, name);
  }

  @Override
  public String toString() {
    return name + Shapes.text(shape);
  }

  Storage storage() {
    store.seal();
    return Objects.requireNonNull(value, name);
  }

  Initializer initializer() {
    return initializer;
  }

  void place(INDArray value, INDArray gradient) {
    this.value = new Storage(null, value).retain();
    this.gradient = gradient;
  }
}
