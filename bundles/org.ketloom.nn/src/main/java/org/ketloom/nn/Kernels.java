package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The calls of ND4J. Every array is row-major without gaps, and every result is written where the
 * caller says. Where ND4J has several ways, the one that was measured to be the fastest is taken:
 * "tanh", "matmul", "conv2d" and "avgpool2d" run on oneDNN, many others of its own loops do not
 * vectorise.
 */
final class Kernels {
  static {
    Backend.load();
  }

  private Kernels() {}

  // ---- in and out

  static void write(INDArray to, double[] values) {
    if (to.dataType() == DataType.DOUBLE) {
      new DoublePointer(to.data().addressPointer()).put(values, 0, values.length);
    } else {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      write(to, floats);
    }
  }

  static void write(INDArray to, float[] values) {
    if (to.dataType() == DataType.FLOAT) {
      new FloatPointer(to.data().addressPointer()).put(values, 0, values.length);
    } else {
      double[] doubles = new double[values.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values[i];
      }
      write(to, doubles);
    }
  }

  /** As {@link #write(INDArray, double[])}, without asking for memory. */
  static void write(ArrayPool pool, INDArray to, double[] values) {
    if (to.dataType() == DataType.DOUBLE) {
      write(to, values);
    } else {
      float[] floats = pool.floats(values.length);
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      write(to, floats);
      pool.giveBack(floats);
    }
  }

  /** All values, into an array of the pool. */
  static double[] doubles(ArrayPool pool, INDArray from) {
    double[] values = pool.doubles(Math.toIntExact(from.length()));
    if (from.dataType() == DataType.DOUBLE) {
      new DoublePointer(from.data().addressPointer()).get(values, 0, values.length);
    } else {
      float[] floats = pool.floats(values.length);
      new FloatPointer(from.data().addressPointer()).get(floats, 0, floats.length);
      for (int i = 0; i < floats.length; i++) {
        values[i] = floats[i];
      }
      pool.giveBack(floats);
    }
    return values;
  }

  static double[] doubles(INDArray from) {
    int n = Math.toIntExact(from.length());
    double[] values = new double[n];
    if (from.dataType() == DataType.DOUBLE) {
      new DoublePointer(from.data().addressPointer()).get(values, 0, n);
    } else {
      float[] floats = floats(from);
      for (int i = 0; i < n; i++) {
        values[i] = floats[i];
      }
    }
    return values;
  }

  static float[] floats(INDArray from) {
    int n = Math.toIntExact(from.length());
    float[] values = new float[n];
    if (from.dataType() == DataType.FLOAT) {
      new FloatPointer(from.data().addressPointer()).get(values, 0, n);
    } else {
      double[] doubles = doubles(from);
      for (int i = 0; i < n; i++) {
        values[i] = (float) doubles[i];
      }
    }
    return values;
  }

  // ---- element by element

  /** "add", "subtract", "multiply" or "divide", stretching axes of size 1. */
  static void binary(String name, INDArray a, INDArray b, INDArray out) {
    if (Arrays.equals(a.shape(), b.shape())) {
      switch (name) {
        case "add" -> a.add(b, out);
        case "subtract" -> a.sub(b, out);
        case "multiply" -> a.mul(b, out);
        case "divide" -> a.div(b, out);
        default -> throw new IllegalArgumentException(name);
      }
    } else {
      run(DynamicCustomOp.builder(name), List.of(a, b), out);
    }
  }

  static void scale(INDArray in, double factor, INDArray out) {
    in.mul(factor, out);
  }

  static void shift(INDArray in, double summand, INDArray out) {
    in.add(summand, out);
  }

  static void tanh(INDArray in, INDArray out) {
    run(DynamicCustomOp.builder("tanh"), List.of(in), out);
  }

  /** As 1/2 + 1/2 tanh(x/2), four times as fast as ND4J's own. */
  static void sigmoid(INDArray in, INDArray out) {
    scale(in, 0.5, out);
    tanh(out, out);
    scale(out, 0.5, out);
    shift(out, 0.5, out);
  }

  static void exp(INDArray in, INDArray out) {
    run(new Exp(in, out));
  }

  static void log(INDArray in, INDArray out) {
    run(new Log(in, out));
  }

  static void sqrt(INDArray in, INDArray out) {
    run(new Sqrt(in, out));
  }

  static void square(INDArray in, INDArray out) {
    run(new Square(in, out));
  }

  static void sign(INDArray in, INDArray out) {
    run(new Sign(in, out));
  }

  /** 1 where the input is positive, otherwise the slope. */
  static void slopes(INDArray in, double slope, INDArray out) {
    run(new Step(in, out, 0.0));
    if (slope != 0) {
      scale(out, 1 - slope, out);
      shift(out, slope, out);
    }
  }

  static void copy(INDArray in, INDArray out) {
    out.assign(in);
  }

  static void stretch(INDArray in, INDArray out) {
    if (in.length() == 1) {
      out.assign(in.getDouble(0));
    } else {
      out.assign(0);
      binary("add", out, in, out);
    }
  }

  // ---- reductions and products

  static void matmul(INDArray a, INDArray b, boolean ta, boolean tb, INDArray out) {
    run(
        DynamicCustomOp.builder("matmul").addIntegerArguments(ta ? 1 : 0, tb ? 1 : 0, 0),
        List.of(a, b),
        out);
  }

  /** Along the rows of a matrix. */
  static void softmax(INDArray in, INDArray out) {
    run(DynamicCustomOp.builder("softmax").addIntegerArguments(1), List.of(in), out);
  }

  /** Sums over the axes that have size 1 in the shape of the result, of the same rank. */
  static void sum(ArrayPool pool, Storage in, long[] from, long[] to, Storage out) {
    // Neighbouring axes with the same fate are one.
    List<Long> sizes = new ArrayList<>();
    List<Boolean> summed = new ArrayList<>();
    for (int i = 0; i < from.length; i++) {
      if (from[i] == 1) {
        continue;
      }
      boolean sum = to[i] == 1;
      int last = sizes.size() - 1;
      if (last >= 0 && summed.get(last) == sum) {
        sizes.set(last, sizes.get(last) * from[i]);
      } else {
        sizes.add(from[i]);
        summed.add(sum);
      }
    }
    long length = Shapes.length(from);
    long rest = Shapes.length(to);
    if (!summed.contains(true)) {
      copy(in.view(new long[] {length}), out.view(new long[] {length}));
    } else if (sizes.size() == 1) {
      sumAll(pool, in, length, out);
    } else if (sizes.size() == 2 && summed.get(0) && in.memory().dataType() == DataType.FLOAT) {
      int rows = Math.toIntExact(sizes.get(0));
      int columns = Math.toIntExact(sizes.get(1));
      HostLoops.columnSums(
          pool, in.view(new long[] {rows, columns}), rows, columns, out.view(new long[] {rest}));
    } else if (sizes.size() == 2 && summed.get(0)) {
      INDArray ones = pool.ones(1, sizes.get(0));
      INDArray rows = in.view(new long[] {sizes.get(0), sizes.get(1)});
      matmul(ones, rows, false, false, out.view(new long[] {1, rest}));
    } else if (sizes.size() == 2) {
      INDArray ones = pool.ones(sizes.get(1), 1);
      INDArray rows = in.view(new long[] {sizes.get(0), sizes.get(1)});
      matmul(rows, ones, false, false, out.view(new long[] {rest, 1}));
    } else {
      long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
      long[] target = shape.clone();
      List<Integer> axes = new ArrayList<>();
      for (int i = 0; i < shape.length; i++) {
        if (summed.get(i)) {
          target[i] = 1;
          axes.add(i);
        }
      }
      in.view(shape)
          .sum(out.view(target), true, axes.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** Sums over everything but the last axis. */
  static void sumOfChannels(ArrayPool pool, Storage in, long length, long channels, Storage out) {
    sum(pool, in, new long[] {length / channels, channels}, new long[] {1, channels}, out);
  }

  /** In two stages, so that rounding errors of single precision don't pile up. */
  private static void sumAll(ArrayPool pool, Storage in, long length, Storage out) {
    long columns = (long) Math.sqrt((double) length);
    while (length % columns != 0) {
      columns--;
    }
    long rows = length / columns;
    Storage partial = pool.take(rows);
    matmul(
        in.view(new long[] {rows, columns}),
        pool.ones(columns, 1),
        false,
        false,
        partial.view(new long[] {rows, 1}));
    matmul(
        pool.ones(1, rows),
        partial.view(new long[] {rows, 1}),
        false,
        false,
        out.view(new long[] {1, 1}));
    partial.release();
  }

  // ---- moving

  static void concat(List<INDArray> in, int axis, INDArray out) {
    run(DynamicCustomOp.builder("concat").addIntegerArguments(axis), in, out);
  }

  /** Columns of a matrix into matrices of equal width. */
  static void split(INDArray in, List<INDArray> out) {
    run(
        DynamicCustomOp.builder("split").addIntegerArguments(out.size(), 1),
        List.of(in),
        out.toArray(INDArray[]::new));
  }

  /** Between a block of columns of one matrix and a whole other matrix. */
  static void copyFromColumns(INDArray in, long from, long to, INDArray out) {
    out.assign(in.get(columns(from, to)));
  }

  static void copyToColumns(INDArray in, INDArray out, long from, long to) {
    out.get(columns(from, to)).assign(in);
  }

  private static INDArrayIndex[] columns(long from, long to) {
    return new INDArrayIndex[] {NDArrayIndex.all(), NDArrayIndex.interval(from, to)};
  }

  static void permute(INDArray in, int[] axes, INDArray out) {
    run(DynamicCustomOp.builder("permute").addIntegerArguments(axes), List.of(in), out);
  }

  // ---- images: [batch, height, width, channels]

  private static final int CHANNELS_LAST = 1;

  /** Weights are [outputs, inputs, height, width]. */
  private static final int WEIGHTS_OIHW = 1;

  private static int[] convolution(INDArray weight, int stride, int padding) {
    return new int[] {
      (int) weight.size(2),
      (int) weight.size(3),
      stride,
      stride,
      padding,
      padding,
      1,
      1,
      0,
      CHANNELS_LAST,
      WEIGHTS_OIHW
    };
  }

  static void conv2d(List<INDArray> in, int stride, int padding, INDArray out) {
    run(
        DynamicCustomOp.builder("conv2d")
            .addIntegerArguments(convolution(in.get(1), stride, padding)),
        in,
        out);
  }

  /** Inputs: image, weight, bias if there is one, gradient. Outputs: gradients of the former. */
  static void conv2dGradients(List<INDArray> in, int stride, int padding, INDArray... out) {
    run(
        DynamicCustomOp.builder("conv2d_bp")
            .addIntegerArguments(convolution(in.get(1), stride, padding)),
        in,
        out);
  }

  /** The transposed convolution: weights are those of the convolution that it reverses. */
  static void convTranspose2d(List<INDArray> in, int stride, int padding, INDArray out) {
    run(
        DynamicCustomOp.builder("deconv2d")
            .addIntegerArguments(convolution(in.get(1), stride, padding)),
        in,
        out);
  }

  /** Inputs: image, weight, gradient. Outputs: gradients of the former two. */
  static void convTranspose2dGradients(
      List<INDArray> in, int stride, int padding, INDArray... out) {
    run(
        DynamicCustomOp.builder("deconv2d_bp")
            .addIntegerArguments(convolution(in.get(1), stride, padding)),
        in,
        out);
  }

  static void averagePool2(INDArray in, INDArray out) {
    run(
        DynamicCustomOp.builder("avgpool2d")
            .addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, CHANNELS_LAST),
        List.of(in),
        out);
  }

  // ---- optimizers

  static void adam(
      INDArray gradient,
      INDArray m,
      INDArray v,
      INDArray update,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      long step) {
    int iteration = Math.toIntExact(step);
    run(
        DynamicCustomOp.builder("adam_updater")
            .addFloatingPointArguments(rate, beta1, beta2, epsilon)
            .addIntegerArguments(iteration),
        List.of(gradient, v, m),
        update,
        v,
        m);
  }

  static void axpy(double factor, INDArray x, INDArray y) {
    Nd4j.getBlasWrapper().axpy(Double.valueOf(factor), x, y);
  }

  static double dot(INDArray x, INDArray y) {
    return Nd4j.getBlasWrapper().dot(x, y);
  }

  // ----

  private static void run(Op op) {
    Nd4j.getExecutioner().exec(op);
  }

  private static void run(
      DynamicCustomOp.DynamicCustomOpsBuilder op, List<INDArray> in, INDArray... out) {
    Nd4j.getExecutioner().exec(op.addInputs(in.toArray(INDArray[]::new)).addOutputs(out).build());
  }
}
