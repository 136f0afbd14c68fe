package org.ketloom.nn;

/**
 * Convolution with a square kernel: {@code [batch, height, width, inputs]} to {@code [batch,
 * (height + 2 padding - kernel) / stride + 1, ..., outputs]}.
 */
public final class Conv2d {
  private final Parameter weight;
  private final Parameter bias;
  private final int stride;
  private final int padding;

  /**
   * A layer that keeps height and width, with the usual first values: the weight uniform on
   * +-1/sqrt(inputs kernel^2), the bias zero.
   *
   * @param name of the layer; its parameters are {@code name.weight} and {@code name.bias}
   * @param kernel odd
   */
  public Conv2d(ParameterStore store, String name, int inputs, int outputs, int kernel) {
    this(store, name, inputs, outputs, kernel, 1, kernel / 2, Initializer.fanInUniform());
  }

  /**
   * A layer.
   *
   * @param initializer first values of the weight
   */
  public Conv2d(
      ParameterStore store,
      String name,
      int inputs,
      int outputs,
      int kernel,
      int stride,
      int padding,
      Initializer initializer) {
    this.stride = stride;
    this.padding = padding;
    weight =
        store.create(
            name + ".weight", Groups.CLASSICAL, initializer, outputs, inputs, kernel, kernel);
    bias = store.create(name + ".bias", Groups.CLASSICAL, Initializer.zeros(), outputs);
  }

  /** Applies it. */
  public Variable apply(Variable x) {
    return Functions.conv2d(
        x, x.tape().parameter(weight), x.tape().parameter(bias), stride, padding);
  }
}
