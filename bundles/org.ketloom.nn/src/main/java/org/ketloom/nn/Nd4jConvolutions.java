package org.ketloom.nn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionShape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** ND4J's own, which computes the gradients of input and weight together or not at all. */
final class Nd4jConvolutions implements Convolutions {
  private final ArrayPool pool;

  Nd4jConvolutions(ArrayPool pool) {
    this.pool = pool;
  }

  private static long[] input(ConvolutionShape s) {
    return new long[] {s.batch(), s.height(), s.width(), s.inputs()};
  }

  private static long[] output(ConvolutionShape s) {
    return new long[] {s.batch(), s.outputHeight(), s.outputWidth(), s.outputs()};
  }

  private static long[] weight(ConvolutionShape s) {
    return new long[] {s.outputs(), s.inputs(), s.kernelHeight(), s.kernelWidth()};
  }

  private static List<INDArray> arguments(
      INDArray x, INDArray weight, @Nullable Storage bias, long channels) {
    List<INDArray> in = new ArrayList<>(List.of(x, weight));
    if (bias != null) {
      in.add(bias.view(new long[] {channels}));
    }
    return in;
  }

  @Override
  public void forward(
      ConvolutionShape s, Storage x, Storage weight, @Nullable Storage bias, Storage out) {
    Kernels.conv2d(
        arguments(x.view(input(s)), weight.view(weight(s)), bias, s.outputs()),
        s.stride(),
        s.padding(),
        out.view(output(s)));
  }

  @Override
  public void gradients(
      ConvolutionShape s, @Nullable Storage x, @Nullable Storage weight, Storage g, Wanted wanted) {
    if (wanted.input() != null || wanted.weight() != null) {
      Storage from = given(x, s.inputLength());
      Storage by = given(weight, s.weightLength());
      Storage first = place(wanted.input(), s.inputLength());
      Storage second = place(wanted.weight(), s.weightLength());
      Kernels.conv2dGradients(
          List.of(from.view(input(s)), by.view(weight(s)), g.view(output(s))),
          s.stride(),
          s.padding(),
          first.view(input(s)),
          second.view(weight(s)));
      release(from, by, first, second);
    }
    if (wanted.bias() != null) {
      Kernels.sumOfChannels(pool, g, s.outputLength(), s.outputs(), wanted.bias());
    }
  }

  @Override
  public void transposed(
      ConvolutionShape s, Storage x, Storage weight, @Nullable Storage bias, Storage out) {
    Kernels.convTranspose2d(
        arguments(x.view(output(s)), weight.view(weight(s)), bias, s.inputs()),
        s.stride(),
        s.padding(),
        out.view(input(s)));
  }

  @Override
  public void transposedGradients(
      ConvolutionShape s, Storage x, Storage weight, Storage g, Wanted wanted) {
    if (wanted.input() != null || wanted.weight() != null) {
      Storage first = place(wanted.input(), s.outputLength());
      Storage second = place(wanted.weight(), s.weightLength());
      Kernels.convTranspose2dGradients(
          List.of(x.view(output(s)), weight.view(weight(s)), g.view(input(s))),
          s.stride(),
          s.padding(),
          first.view(output(s)),
          second.view(weight(s)));
      release(first, second);
    }
    if (wanted.bias() != null) {
      Kernels.sumOfChannels(pool, g, s.inputLength(), s.inputs(), wanted.bias());
    }
  }

  /** For a result that may not be wanted. */
  private Storage place(@Nullable Storage wanted, long length) {
    return wanted == null ? pool.take(length) : wanted.retain();
  }

  /** For an argument that may not matter: left-over values might be slow or NaN. */
  private Storage given(@Nullable Storage argument, long length) {
    if (argument != null) {
      return argument.retain();
    }
    Storage zeros = pool.take(length);
    zeros.view(new long[] {length}).assign(0);
    return zeros;
  }

  private static void release(Storage... storages) {
    for (Storage storage : storages) {
      storage.release();
    }
  }

  @Override
  public void close() {
    // It keeps nothing.
  }
}
