package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.api.random.SplitMix64;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions of neural networks. Images are {@code [batch, height, width, channels]}.
 *
 * <p>Errors are {@link IllegalArgumentException}s that name the function, the shapes found and what
 * was expected.
 */
public final class Functions {
  private Functions() {}

  /**
   * Dense layer x W^T + b.
   *
   * @param x {@code [batch, inputs]}
   * @param weight {@code [outputs, inputs]}
   * @param bias {@code [outputs]}, or null for none
   * @return {@code [batch, outputs]}
   */
  public static Variable dense(Variable x, Variable weight, @Nullable Variable bias) {
    Shapes.require("dense", "weight", weight.shape, -1, -1);
    Shapes.require("dense", "input", x.shape, -1, weight.shape[1]);
    if (bias == null) {
      return x.matmul(weight, false, true);
    }
    Shapes.require("dense", "bias", bias.shape, weight.shape[0]);
    long[] to = {x.shape[0], weight.shape[0]};
    Storage out = x.take(to);
    INDArray y = out.view(to);
    Kernels.matmul(x.array(), weight.array(), false, true, y);
    Kernels.binary("add", y, bias.array(), y);
    return x.tape.result(
        "dense",
        out,
        to,
        (r, g, needed) ->
            new Variable[] {
              needed[0] ? g.matmul(weight) : null,
              needed[1] ? g.matmul(x, true, false) : null,
              needed[2] ? g.sumTo(bias.shape) : null
            },
        List.of(x, weight, bias));
  }

  /**
   * Convolution (cross-correlation, as everywhere in neural networks).
   *
   * @param x {@code [batch, height, width, inputs]}
   * @param weight {@code [outputs, inputs, kernel height, kernel width]}
   * @param bias {@code [outputs]}, or null for none
   * @param stride step between outputs, at least 1
   * @param padding rows and columns of zeros on each side
   * @return {@code [batch, (height + 2 padding - kernel height) / stride + 1, ..., outputs]}
   */
  public static Variable conv2d(
      Variable x, Variable weight, @Nullable Variable bias, int stride, int padding) {
    Shapes.require("conv2d", "weight", weight.shape, -1, -1, -1, -1);
    Shapes.require("conv2d", "input", x.shape, -1, -1, -1, weight.shape[1]);
    if (stride < 1 || padding < 0) {
      throw new IllegalArgumentException(
          "conv2d: stride " + stride + " and padding " + padding + "; at least 1 and 0 expected");
    }
    long height = x.shape[1] + 2L * padding - weight.shape[2];
    long width = x.shape[2] + 2L * padding - weight.shape[3];
    if (height < 0 || width < 0) {
      throw new IllegalArgumentException(
          "conv2d: kernel " + weight + " is larger than input " + x + " with padding " + padding);
    }
    ConvolutionShape shape = shape(x.shape, weight.shape, stride, padding);
    long[] to = {x.shape[0], height / stride + 1, width / stride + 1, weight.shape[0]};
    List<Variable> inputs = new ArrayList<>(List.of(x, weight));
    if (bias != null) {
      Shapes.require("conv2d", "bias", bias.shape, weight.shape[0]);
      inputs.add(bias);
    }
    Storage out = x.take(to);
    Convolutions convolutions = x.tape.convolutions();
    convolutions.forward(shape, x.live(), weight.live(), bias == null ? null : bias.live(), out);
    return x.tape.result(
        "conv2d",
        out,
        to,
        (r, g, needed) -> {
          if (x.tape.recording()) {
            return new Variable[] {
              needed[0] ? conv2dInput(g, weight, x.shape, stride, padding) : null,
              needed[1] ? conv2dWeight(x, g, weight.shape, stride, padding) : null,
              bias != null && needed[2] ? g.sumTo(bias.shape) : null
            };
          }
          Variable[] parts = blanks("conv2d'", r, needed);
          convolutions.gradients(shape, x.live(), weight.live(), g.live(), wanted(parts));
          return parts;
        },
        inputs);
  }

  /** Sizes of the convolution of an input with a weight. */
  private static ConvolutionShape shape(long[] input, long[] weight, int stride, int padding) {
    return new ConvolutionShape(
        Math.toIntExact(input[0]),
        Math.toIntExact(input[1]),
        Math.toIntExact(input[2]),
        Math.toIntExact(weight[1]),
        Math.toIntExact(weight[0]),
        Math.toIntExact(weight[2]),
        Math.toIntExact(weight[3]),
        stride,
        padding);
  }

  /** Memory for the gradients of a result's inputs that are needed. */
  private static Variable[] blanks(String name, Variable result, boolean[] needed) {
    Variable[] parts = new Variable[needed.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = needed[i] ? result.tape.blank(name, result.inputs[i].shape) : null;
    }
    return parts;
  }

  private static Convolutions.Wanted wanted(Variable[] parts) {
    return new Convolutions.Wanted(
        storage(parts, 0), storage(parts, 1), parts.length > 2 ? storage(parts, 2) : null);
  }

  private static @Nullable Storage storage(Variable[] parts, int index) {
    return parts[index] == null ? null : parts[index].live();
  }

  /** The gradient for the input: bilinear in g and the weight, like the convolution itself. */
  private static Variable conv2dInput(
      Variable g, Variable weight, long[] shape, int stride, int padding) {
    Storage out = g.take(shape);
    g.tape
        .convolutions()
        .gradients(
            shape(shape, weight.shape, stride, padding),
            null,
            weight.live(),
            g.live(),
            new Convolutions.Wanted(out, null, null));
    return g.tape.result(
        "conv2d input gradient",
        out,
        shape,
        (r, v, needed) ->
            new Variable[] {
              needed[0] ? conv2d(v, weight, null, stride, padding) : null,
              needed[1] ? conv2dWeight(v, g, weight.shape, stride, padding) : null
            },
        List.of(g, weight));
  }

  /** The gradient for the weight: bilinear in x and g. */
  private static Variable conv2dWeight(
      Variable x, Variable g, long[] shape, int stride, int padding) {
    Storage out = x.take(shape);
    x.tape
        .convolutions()
        .gradients(
            shape(x.shape, shape, stride, padding),
            x.live(),
            null,
            g.live(),
            new Convolutions.Wanted(null, out, null));
    return x.tape.result(
        "conv2d weight gradient",
        out,
        shape,
        (r, v, needed) ->
            new Variable[] {
              needed[0] ? conv2dInput(g, v, x.shape, stride, padding) : null,
              needed[1] ? conv2d(x, v, null, stride, padding) : null
            },
        List.of(x, g));
  }

  /**
   * Transposed convolution, the linear map that takes the gradient of a convolution's output to
   * that of its input.
   *
   * @param x {@code [batch, height, width, inputs]}
   * @param weight {@code [inputs, outputs, kernel height, kernel width]}
   * @param bias {@code [outputs]}, or null for none
   * @param stride step between inputs, at least 1
   * @param padding rows and columns that are cut off on each side
   * @return {@code [batch, (height - 1) stride + kernel height - 2 padding, ..., outputs]}
   */
  public static Variable convTranspose2d(
      Variable x, Variable weight, @Nullable Variable bias, int stride, int padding) {
    Shapes.require("convTranspose2d", "weight", weight.shape, -1, -1, -1, -1);
    Shapes.require("convTranspose2d", "input", x.shape, -1, -1, -1, weight.shape[0]);
    long[] to = {
      x.shape[0],
      (x.shape[1] - 1) * stride + weight.shape[2] - 2L * padding,
      (x.shape[2] - 1) * stride + weight.shape[3] - 2L * padding,
      weight.shape[1]
    };
    if (stride < 1 || padding < 0 || to[1] < 1 || to[2] < 1) {
      throw new IllegalArgumentException(
          "convTranspose2d: stride "
              + stride
              + " and padding "
              + padding
              + " give no output for input "
              + x
              + " and weight "
              + weight);
    }
    ConvolutionShape shape = shape(to, weight.shape, stride, padding);
    List<Variable> inputs = new ArrayList<>(List.of(x, weight));
    if (bias != null) {
      Shapes.require("convTranspose2d", "bias", bias.shape, weight.shape[1]);
      inputs.add(bias);
    }
    Storage out = x.take(to);
    Convolutions convolutions = x.tape.convolutions();
    convolutions.transposed(shape, x.live(), weight.live(), bias == null ? null : bias.live(), out);
    return x.tape.result(
        "convTranspose2d",
        out,
        to,
        (r, g, needed) -> {
          if (x.tape.recording()) {
            return new Variable[] {
              needed[0] ? conv2d(g, weight, null, stride, padding) : null,
              needed[1] ? conv2dWeight(g, x, weight.shape, stride, padding) : null,
              bias != null && needed[2] ? g.sumTo(bias.shape) : null
            };
          }
          Variable[] parts = blanks("convTranspose2d'", r, needed);
          convolutions.transposedGradients(shape, x.live(), weight.live(), g.live(), wanted(parts));
          return parts;
        },
        inputs);
  }

  /**
   * Halves height and width: the mean of each block of 2 x 2.
   *
   * @param x {@code [batch, height, width, channels]}, height and width even
   */
  public static Variable averagePool2(Variable x) {
    Shapes.require("averagePool2", "input", x.shape, -1, -1, -1, -1);
    if (x.shape[1] % 2 != 0 || x.shape[2] % 2 != 0) {
      throw new IllegalArgumentException("averagePool2: height and width must be even, found " + x);
    }
    long[] to = {x.shape[0], x.shape[1] / 2, x.shape[2] / 2, x.shape[3]};
    Storage out = x.take(to);
    Kernels.averagePool2(x.array(), out.view(to));
    return x.result(
        "averagePool2", out, to, (r, g, needed) -> new Variable[] {upsample2(g).mul(0.25)});
  }

  /**
   * Doubles height and width: every pixel becomes a block of 2 x 2 (nearest neighbour).
   *
   * @param x {@code [batch, height, width, channels]}
   */
  public static Variable upsample2(Variable x) {
    Shapes.require("upsample2", "input", x.shape, -1, -1, -1, -1);
    long rows = x.shape[0] * x.shape[1];
    long width = x.shape[2];
    long channels = x.shape[3];
    long[] to = {x.shape[0], 2 * x.shape[1], 2 * width, channels};
    Storage wide = x.take(new long[] {rows, 2 * width * channels});
    Storage out = x.take(to);
    // Twice side by side is what ND4J copies fast: its own operation takes six times as long.
    INDArray pixels = x.live().view(new long[] {rows * width, channels});
    Kernels.concat(List.of(pixels, pixels), 1, wide.view(new long[] {rows * width, 2 * channels}));
    INDArray lines = wide.view(new long[] {rows, 2 * width * channels});
    Kernels.concat(List.of(lines, lines), 1, out.view(new long[] {rows, 4 * width * channels}));
    wide.release();
    return x.result(
        "upsample2", out, to, (r, g, needed) -> new Variable[] {averagePool2(g).mul(4)});
  }

  /**
   * Group normalisation (Wu and He, "Group Normalization", ECCV 2018, equations 1 to 6): each
   * sample's channels are normalised in groups over height, width and the channels of the group,
   * then scaled and shifted by channel. With one group on {@code [batch, channels]} it is layer
   * normalisation.
   *
   * @param x {@code [batch, ..., channels]}
   * @param groups number of groups, a divisor of the channels
   * @param gamma scale, {@code [channels]}
   * @param beta shift, {@code [channels]}
   * @param epsilon added to the variance, for instance 1e-5
   */
  public static Variable groupNorm(
      Variable x, int groups, Variable gamma, Variable beta, double epsilon) {
    if (x.rank() < 2 || groups < 1 || x.size(-1) % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: " + groups + " groups don't divide the channels, the last axis of " + x);
    }
    Shapes.require("groupNorm", "gamma", gamma.shape, x.size(-1));
    Shapes.require("groupNorm", "beta", beta.shape, x.size(-1));
    return GroupNormKernel.apply(x, groups, gamma, beta, epsilon);
  }

  /**
   * {@link #groupNorm}, then SiLU, in one pass over memory.
   *
   * @param x {@code [batch, ..., channels]}
   * @param shift {@code [batch, channels]}, added to all of a sample's pixels before; null for none
   */
  public static Variable groupNormSilu(
      Variable x,
      int groups,
      Variable gamma,
      Variable beta,
      @Nullable Variable shift,
      double epsilon) {
    if (x.rank() < 2 || groups < 1 || x.size(-1) % groups != 0) {
      throw new IllegalArgumentException(
          "groupNormSilu: " + groups + " groups don't divide the channels, the last axis of " + x);
    }
    Shapes.require("groupNormSilu", "gamma", gamma.shape, x.size(-1));
    Shapes.require("groupNormSilu", "beta", beta.shape, x.size(-1));
    if (shift != null) {
      Shapes.require("groupNormSilu", "shift", shift.shape, x.size(0), x.size(-1));
    }
    return x.tape.type() == DataType.FLOAT
        ? NormSiluKernel.apply(x, groups, gamma, beta, shift, epsilon)
        : NormSiluKernel.composed(x, groups, gamma, beta, shift, epsilon);
  }

  /**
   * Rows of a table by number.
   *
   * @param table {@code [rows, width]}
   * @param rows one number per sample
   * @return {@code [rows.length, width]}
   */
  public static Variable embedding(Variable table, int... rows) {
    Shapes.require("embedding", "table", table.shape, -1, -1);
    int n = Math.toIntExact(table.shape[0]);
    ArrayPool pool = table.tape.pool();
    float[] oneHot = pool.floats(Math.multiplyExact(rows.length, n));
    Arrays.fill(oneHot, 0);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= n) {
        throw new IllegalArgumentException(
            "embedding: row "
                + rows[i]
                + " of sample "
                + i
                + ", the table has rows 0 to "
                + (n - 1));
      }
      oneHot[i * n + rows[i]] = 1;
    }
    Variable chosen = table.tape.constant(oneHot, rows.length, n);
    pool.giveBack(oneHot);
    return chosen.matmul(table);
  }

  /**
   * Sets a share of the values to zero, at random, and scales the others so that the mean stays.
   *
   * @param rate share, from 0 up to, not including, 1
   * @param random a stream of {@link RandomStreams} that no other step uses
   */
  public static Variable dropout(Variable x, double rate, SplitMix64 random) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout: rate " + rate + " is not in [0, 1)");
    }
    if (rate == 0) {
      return x;
    }
    float[] mask = x.tape.pool().floats(Math.toIntExact(x.length()));
    float keep = (float) (1 / (1 - rate));
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextFloat() < rate ? 0 : keep;
    }
    Storage saved = x.take(x.shape);
    Kernels.write(saved.view(x.shape), mask);
    x.tape.pool().giveBack(mask);
    return x.timesSaved("dropout", saved);
  }

  /**
   * Sinusoidal embedding of times (Ho et al., "Denoising diffusion probabilistic models", 2020,
   * after Vaswani et al., 2017, section 3.5): cosines, then sines, of t at frequencies that fall
   * geometrically from 1 to 1/10000.
   *
   * @param times one per sample
   * @param width even
   * @return {@code [times.length, width]}, not differentiated
   */
  public static Variable timeEmbedding(Tape tape, double[] times, int width) {
    if (width < 2 || width % 2 != 0) {
      throw new IllegalArgumentException("timeEmbedding: width " + width + " must be even");
    }
    int half = width / 2;
    double[] values = new double[times.length * width];
    for (int i = 0; i < times.length; i++) {
      for (int j = 0; j < half; j++) {
        double angle = times[i] * Math.exp(-Math.log(10_000) * j / Math.max(1, half - 1));
        values[i * width + j] = Math.cos(angle);
        values[i * width + half + j] = Math.sin(angle);
      }
    }
    return tape.constant(values, times.length, width);
  }

  /**
   * An operation that is computed outside of the tape. Its gradient is exact, but can't be
   * differentiated again: asking for that is an {@link UnsupportedOperationException} that names
   * it.
   */
  public static Variable custom(CustomOperation operation, Variable... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException(operation.name() + ": at least one input is expected");
    }
    Tape tape = inputs[0].tape;
    ArrayPool pool = tape.pool();
    long[][] shapes = new long[inputs.length][];
    double[][] values = new double[inputs.length][];
    boolean differentiated = false;
    for (int i = 0; i < inputs.length; i++) {
      shapes[i] = inputs[i].shape();
      values[i] = Kernels.doubles(pool, inputs[i].array());
      differentiated |= inputs[i].index >= 0;
    }
    long[] to = operation.shape(shapes);
    CustomOperation.Evaluation evaluation =
        operation.evaluate(values, differentiated && tape.recording());
    Storage out = write(tape, operation.name() + " output", evaluation.output(), to);
    return tape.result(
            operation.name(),
            out,
            to,
            (r, g, needed) -> {
              r.live();
              double[] cotangents = Kernels.doubles(pool, g.array());
              double[][] found = new double[needed.length][];
              Arrays.setAll(found, i -> pool.doubles(values[i].length));
              evaluation.vectorJacobianProduct(cotangents, found);
              Variable[] parts = new Variable[needed.length];
              Arrays.setAll(parts, i -> needed[i] ? gradient(operation, i, found[i], r, g) : null);
              pool.giveBack(found);
              pool.giveBack(cotangents);
              return parts;
            },
            List.of(inputs))
        .afterwards(
            () -> {
              evaluation.close();
              pool.giveBack(values);
            });
  }

  private static Variable gradient(
      CustomOperation operation, int input, double[] values, Variable result, Variable g) {
    Tape tape = result.tape;
    long[] shape = result.inputs[input].shape;
    String name = operation.name() + " gradient of input " + input;
    List<Variable> sources = new ArrayList<>(List.of(result.inputs));
    sources.add(g);
    return tape.result(
        name,
        write(tape, name, values, shape),
        shape,
        (r, v, needed) -> {
          throw new UnsupportedOperationException(
              operation.name() + " can be differentiated once, a second time is not supported");
        },
        sources);
  }

  private static Storage write(Tape tape, String what, double[] values, long[] shape) {
    if (values.length != Shapes.length(shape)) {
      throw new IllegalArgumentException(
          what + ": " + values.length + " values, expected shape " + Shapes.text(shape));
    }
    Storage out = tape.pool().take(values.length);
    Kernels.write(tape.pool(), out.view(shape), values);
    return out;
  }
}
