package org.ketloom.tck;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/**
 * Whether convolutions and their gradients are those of the definition, summed up in double
 * precision one product after the other, and the same bits when they are asked for again. An engine
 * that can't run on this machine is left alone.
 */
final class ConvolutionCheck implements PartCheck {
  /** Sizes that are no multiples of what a processor computes at once, and each special case. */
  private static final List<ConvolutionShape> SHAPES =
      List.of(
          new ConvolutionShape(2, 7, 5, 3, 4, 3, 3, 1, 1),
          new ConvolutionShape(3, 8, 8, 1, 16, 3, 3, 1, 1),
          new ConvolutionShape(2, 6, 6, 16, 24, 1, 1, 1, 0),
          new ConvolutionShape(1, 9, 8, 5, 7, 4, 3, 2, 1),
          new ConvolutionShape(2, 4, 4, 8, 2, 4, 4, 1, 0),
          new ConvolutionShape(1, 37, 1, 70, 33, 1, 1, 1, 0));

  /** Of single precision, for sums of a few hundred products of numbers of about 1. */
  private static final double TOLERANCE = 2e-4;

  private final ConvolutionEngine engine;
  private final Calls calls;

  ConvolutionCheck(ConvolutionEngine engine, Calls calls) {
    this.engine = engine;
    this.calls = calls;
  }

  @Override
  public void check(Consumer<Finding> findings) throws Violation {
    requireWorks();
  }

  @Override
  public void requireWorks() throws Violation {
    if (calls.call("fault()", engine::fault).isPresent()) {
      return;
    }
    for (ConvolutionShape shape : SHAPES) {
      new Case(shape).check();
    }
  }

  /** One shape with random numbers. */
  private final class Case {
    private final ConvolutionShape shape;
    private final SplitMix64 random = new SplitMix64(11);
    private final FloatBuffer input;
    private final FloatBuffer weight;
    private final FloatBuffer bias;
    private final FloatBuffer gradient;

    Case(ConvolutionShape shape) {
      this.shape = shape;
      input = numbers(shape.inputLength());
      weight = numbers(shape.weightLength());
      bias = numbers(shape.outputs());
      gradient = numbers(shape.outputLength());
    }

    void check() throws Violation {
      Convolution convolution = calls.call("prepare(" + shape + ")", () -> engine.prepare(shape));
      try (convolution) {
        requireSame("forward", output(bias), () -> forward(convolution, bias));
        requireApart(convolution);
        requireSame("forward without bias", output(null), () -> forward(convolution, null));
        requireSame("inputGradient", inputGradient(), () -> inputGradient(convolution));
        requireSame("weightGradient", weightGradient(), () -> weightGradient(convolution, null));
        FloatBuffer own = numbers(shape.outputs());
        requireSame("weightGradient", weightGradient(), () -> weightGradient(convolution, own));
        requireSame("gradient of the bias", biasGradient(), () -> own);
      }
    }

    private FloatBuffer forward(Convolution convolution, @Nullable FloatBuffer biases) {
      FloatBuffer found = numbers(shape.outputLength());
      convolution.forward(input, weight, biases, found);
      return found;
    }

    private FloatBuffer inputGradient(Convolution convolution) {
      FloatBuffer found = numbers(shape.inputLength());
      convolution.inputGradient(gradient, weight, found);
      return found;
    }

    private FloatBuffer weightGradient(Convolution convolution, @Nullable FloatBuffer biases) {
      FloatBuffer found = numbers(shape.weightLength());
      convolution.weightGradient(input, gradient, found, biases);
      return found;
    }

    /** Compares with the order of the images turned round; of the pixels, for kernels of one. */
    private void requireApart(Convolution convolution) throws Violation {
      String what = "forward of " + shape;
      FloatBuffer straight = calls.call(what, () -> forward(convolution, bias));
      FloatBuffer turned = turned(input);
      FloatBuffer found = numbers(shape.outputLength());
      calls.call(
          what,
          () -> {
            convolution.forward(turned, weight, bias, found);
            return found;
          });
      FloatBuffer back = turned(found);
      for (int i = 0; i < straight.capacity(); i++) {
        if (Float.floatToRawIntBits(straight.get(i)) != Float.floatToRawIntBits(back.get(i))) {
          throw new Violation(
              Check.AGREEMENT,
              what + " gives the same input other bits in another place, at number " + i);
        }
      }
    }

    private FloatBuffer turned(FloatBuffer images) {
      FloatBuffer result = numbers(images.capacity());
      boolean pixels = shape.kernelHeight() * shape.kernelWidth() * shape.stride() == 1;
      int count = shape.batch() * (pixels ? shape.height() * shape.width() : 1);
      int size = images.capacity() / count;
      for (int i = 0; i < images.capacity(); i++) {
        int from = count - 1 - i / size;
        result.put(i, images.get(from * size + i % size));
      }
      return result;
    }

    private interface Computation {
      FloatBuffer run();
    }

    private void requireSame(String name, double[] expected, Computation computation)
        throws Violation {
      String what = name + " of " + shape;
      FloatBuffer found = calls.call(what, computation::run);
      for (int i = 0; i < expected.length; i++) {
        if (!(Math.abs(found.get(i) - expected[i]) <= TOLERANCE)) {
          throw new Violation(
              Check.AGREEMENT,
              String.format(
                  Locale.ROOT,
                  "%s gave %.6f at number %d, expected %.6f",
                  what,
                  found.get(i),
                  i,
                  expected[i]));
        }
      }
      FloatBuffer again = calls.call(what, computation::run);
      for (int i = 0; i < expected.length; i++) {
        if (Float.floatToRawIntBits(found.get(i)) != Float.floatToRawIntBits(again.get(i))) {
          throw new Violation(Check.REPEATABLE, what + " gave other bits the second time");
        }
      }
    }

    /** Also what a result holds before, which must not matter. */
    private FloatBuffer numbers(long length) {
      FloatBuffer numbers =
          ByteBuffer.allocateDirect(Math.toIntExact(length * Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      for (int i = 0; i < numbers.capacity(); i++) {
        numbers.put(i, (float) (2 * random.nextDouble() - 1));
      }
      return numbers;
    }

    /** What each product of the definition contributes to. */
    private interface Product {
      void of(int input, int weight, int output);
    }

    private void products(Product product) {
      int height = shape.outputHeight();
      int width = shape.outputWidth();
      for (int b = 0; b < shape.batch(); b++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int o = 0; o < shape.outputs(); o++) {
              int output = ((b * height + y) * width + x) * shape.outputs() + o;
              atOutput(product, b, y, x, o, output);
            }
          }
        }
      }
    }

    private void atOutput(Product product, int b, int y, int x, int o, int output) {
      for (int i = 0; i < shape.inputs(); i++) {
        for (int ky = 0; ky < shape.kernelHeight(); ky++) {
          for (int kx = 0; kx < shape.kernelWidth(); kx++) {
            int row = y * shape.stride() + ky - shape.padding();
            int column = x * shape.stride() + kx - shape.padding();
            if (row >= 0 && row < shape.height() && column >= 0 && column < shape.width()) {
              int in = ((b * shape.height() + row) * shape.width() + column) * shape.inputs() + i;
              int kernel = (o * shape.inputs() + i) * shape.kernelHeight() + ky;
              product.of(in, kernel * shape.kernelWidth() + kx, output);
            }
          }
        }
      }
    }

    private double[] output(@Nullable FloatBuffer biases) {
      double[] sums = new double[gradient.capacity()];
      for (int i = 0; i < sums.length; i++) {
        sums[i] = biases == null ? 0 : biases.get(i % shape.outputs());
      }
      products((in, w, out) -> sums[out] += (double) input.get(in) * weight.get(w));
      return sums;
    }

    private double[] inputGradient() {
      double[] sums = new double[input.capacity()];
      products((in, w, out) -> sums[in] += (double) gradient.get(out) * weight.get(w));
      return sums;
    }

    private double[] weightGradient() {
      double[] sums = new double[weight.capacity()];
      products((in, w, out) -> sums[w] += (double) gradient.get(out) * input.get(in));
      return sums;
    }

    private double[] biasGradient() {
      double[] sums = new double[shape.outputs()];
      for (int i = 0; i < gradient.capacity(); i++) {
        sums[i % shape.outputs()] += gradient.get(i);
      }
      return sums;
    }
  }
}
