package org.ketloom.nn;

import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionShape;

/** How a tape computes convolutions. Every storage holds what the shape says, without gaps. */
interface Convolutions extends AutoCloseable {

  /**
   * Where gradients are written; null for what isn't needed.
   *
   * @param input gradient of the input
   * @param weight gradient of the weight
   * @param bias gradient of the bias
   */
  record Wanted(@Nullable Storage input, @Nullable Storage weight, @Nullable Storage bias) {}

  /** The convolution. */
  void forward(
      ConvolutionShape shape, Storage x, Storage weight, @Nullable Storage bias, Storage out);

  /**
   * Its gradients.
   *
   * @param x input, which the gradient of the weight needs
   * @param weight which the gradient of the input needs
   * @param g gradient for the output
   */
  void gradients(
      ConvolutionShape shape,
      @Nullable Storage x,
      @Nullable Storage weight,
      Storage g,
      Wanted wanted);

  /**
   * The transposed convolution.
   *
   * @param shape of the convolution whose gradient it computes: its outputs are the inputs here
   */
  void transposed(
      ConvolutionShape shape, Storage x, Storage weight, @Nullable Storage bias, Storage out);

  /** The gradients of {@link #transposed}. */
  void transposedGradients(
      ConvolutionShape shape, Storage x, Storage weight, Storage g, Wanted wanted);

  @Override
  void close();
}
