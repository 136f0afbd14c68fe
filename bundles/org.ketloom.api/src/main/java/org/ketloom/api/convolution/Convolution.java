package org.ketloom.api.convolution;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A convolution of one shape, ready to run. Every argument is a direct buffer in the order of the
 * machine's bytes, whose numbers are read or written from its first one on, row-major without gaps:
 * images {@code [batch, height, width, channels]}, weights {@code [outputs, inputs, kernel height,
 * kernel width]}, biases {@code [outputs]}. What a result held before doesn't matter.
 *
 * <p>Equal calls give equal bits as long as the number of threads is the same. Used by one thread
 * at a time; it has to be closed. A buffer that isn't direct or is too short is an {@link
 * IllegalArgumentException}.
 */
@ProviderType
public interface Convolution extends AutoCloseable {
  /**
   * The convolution itself. An image's result doesn't depend by a bit on the others of the batch,
   * nor on its place among them; with a kernel of one pixel, a pixel's doesn't either.
   *
   * @param input images
   * @param weight weights
   * @param bias biases, or null for none
   * @param output gets the images of the result
   */
  void forward(
      FloatBuffer input, FloatBuffer weight, @Nullable FloatBuffer bias, FloatBuffer output);

  /**
   * The gradient for the input.
   *
   * @param outputGradient gradient for the output
   * @param weight weights
   * @param inputGradient gets the result
   */
  void inputGradient(FloatBuffer outputGradient, FloatBuffer weight, FloatBuffer inputGradient);

  /**
   * The gradients for weight and bias.
   *
   * @param input images
   * @param outputGradient gradient for the output
   * @param weightGradient gets the result
   * @param biasGradient gets the result for the bias; null if it isn't needed
   */
  void weightGradient(
      FloatBuffer input,
      FloatBuffer outputGradient,
      FloatBuffer weightGradient,
      @Nullable FloatBuffer biasGradient);

  /** Gives back its memory; it can't be used any more. */
  @Override
  void close();
}
