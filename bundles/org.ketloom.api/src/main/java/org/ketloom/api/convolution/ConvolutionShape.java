package org.ketloom.api.convolution;

import static org.ketloom.api.part.Options.require;

/**
 * Sizes of a convolution (a cross-correlation, as everywhere in neural networks) of a batch of
 * images, the same in both directions.
 *
 * @param batch images, at least 1
 * @param height rows of an input
 * @param width columns of an input
 * @param inputs channels of an input
 * @param outputs channels of an output
 * @param kernelHeight rows of the kernel, at most {@code height + 2 padding}
 * @param kernelWidth columns of the kernel, at most {@code width + 2 padding}
 * @param stride step between outputs, at least 1
 * @param padding rows and columns of zeros on each side
 */
public record ConvolutionShape(
    int batch,
    int height,
    int width,
    int inputs,
    int outputs,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the size that is out of range
   */
  public ConvolutionShape {
    require(batch >= 1, "batch is at least 1", batch);
    require(inputs >= 1, "inputs is at least 1", inputs);
    require(outputs >= 1, "outputs is at least 1", outputs);
    require(stride >= 1, "stride is at least 1", stride);
    require(padding >= 0, "padding is at least 0", padding);
    require(
        kernelHeight >= 1 && kernelHeight <= height + 2L * padding,
        "kernelHeight is from 1 to height + 2 padding",
        kernelHeight);
    require(
        kernelWidth >= 1 && kernelWidth <= width + 2L * padding,
        "kernelWidth is from 1 to width + 2 padding",
        kernelWidth);
  }

  /** Rows of an output: {@code (height + 2 padding - kernelHeight) / stride + 1}. */
  public int outputHeight() {
    return (height + 2 * padding - kernelHeight) / stride + 1;
  }

  /** Columns of an output: {@code (width + 2 padding - kernelWidth) / stride + 1}. */
  public int outputWidth() {
    return (width + 2 * padding - kernelWidth) / stride + 1;
  }

  /** Numbers of the inputs of a batch. */
  public long inputLength() {
    return (long) batch * height * width * inputs;
  }

  /** Numbers of the outputs of a batch. */
  public long outputLength() {
    return (long) batch * outputHeight() * outputWidth() * outputs;
  }

  /** Numbers of the weights. */
  public long weightLength() {
    return (long) outputs * inputs * kernelHeight * kernelWidth;
  }
}
