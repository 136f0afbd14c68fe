package org.ketloom.nn;

import org.jspecify.annotations.Nullable;

/** Dense layer x W^T + b: {@code [batch, inputs]} to {@code [batch, outputs]}. */
public final class Dense {
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * A layer with the usual first values: the weight uniform on +-1/sqrt(inputs), the bias zero.
   *
   * @param name of the layer; its parameters are {@code name.weight} and {@code name.bias}
   */
  public Dense(ParameterStore store, String name, int inputs, int outputs) {
    this(store, name, inputs, outputs, Initializer.fanInUniform());
  }

  /**
   * A layer.
   *
   * @param initializer first values of the weight
   */
  public Dense(
      ParameterStore store, String name, int inputs, int outputs, Initializer initializer) {
    this(store, name, inputs, outputs, initializer, true);
  }

  /**
   * A layer with or without a bias.
   *
   * @param initializer first values of the weight
   * @param biased whether there is a bias
   */
  public Dense(
      ParameterStore store,
      String name,
      int inputs,
      int outputs,
      Initializer initializer,
      boolean biased) {
    weight = store.create(name + ".weight", Groups.CLASSICAL, initializer, outputs, inputs);
    bias =
        biased
            ? store.create(name + ".bias", Groups.CLASSICAL, Initializer.zeros(), outputs)
            : null;
  }

  /** Applies it. */
  public Variable apply(Variable x) {
    return Functions.dense(
        x, x.tape().parameter(weight), bias == null ? null : x.tape().parameter(bias));
  }

  /**
   * Applies it as a convolution with a kernel of one pixel, the samples: on a convolution engine,
   * what a sample gives then doesn't depend by a bit on its place or on the others, as it may in a
   * product of matrices. It may depend on their number.
   */
  public Variable applyApart(Variable x) {
    Shapes.require("dense", "input", x.shape, -1, weight.shape()[1]);
    Variable w = x.tape().parameter(weight);
    return Functions.conv2d(
            x.reshape(1, x.size(0), 1, x.size(1)),
            w.reshape(w.size(0), w.size(1), 1, 1),
            bias == null ? null : x.tape().parameter(bias),
            1,
            0)
        .reshape(x.size(0), w.size(0));
  }
}
