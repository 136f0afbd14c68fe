package org.ketloom.nn;

/**
 * Transposed convolution with a square kernel: {@code [batch, height, width, inputs]} to {@code
 * [batch, (height - 1) stride + kernel - 2 padding, ..., outputs]}.
 */
public final class ConvTranspose2d {
  private final Parameter weight;
  private final Parameter bias;
  private final int stride;
  private final int padding;

  /**
   * A layer with the usual first values: the weight uniform on +-1/sqrt(outputs kernel^2), the bias
   * zero.
   *
   * @param name of the layer; its parameters are {@code name.weight} and {@code name.bias}
   */
  public ConvTranspose2d(
      ParameterStore store,
      String name,
      int inputs,
      int outputs,
      int kernel,
      int stride,
      int padding) {
    this.stride = stride;
    this.padding = padding;
    weight =
        store.create(
            name + ".weight",
            Groups.CLASSICAL,
            Initializer.fanInUniform(),
            inputs,
            outputs,
            kernel,
            kernel);
    bias = store.create(name + ".bias", Groups.CLASSICAL, Initializer.zeros(), outputs);
  }

  /** Applies it. */
  public Variable apply(Variable x) {
    return Functions.convTranspose2d(
        x, x.tape().parameter(weight), x.tape().parameter(bias), stride, padding);
  }
}
