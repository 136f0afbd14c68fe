package org.ketloom.nn;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.convolution.ConvolutionShape;

/** On an engine. What it has made ready for a shape is kept for the next step. */
final class EngineConvolutions implements Convolutions {
  /** A network has a dozen shapes for each size of a batch; ever other sizes must not pile up. */
  private static final int MOST = 128;

  private final ConvolutionEngine engine;
  private final ArrayPool pool;
  private final Map<ConvolutionShape, Convolution> ready = new LinkedHashMap<>(16, 0.75f, true);

  EngineConvolutions(ConvolutionEngine engine, ArrayPool pool) {
    this.engine = engine;
    this.pool = pool;
  }

  private Convolution of(ConvolutionShape shape) {
    Convolution known = ready.get(shape);
    if (known != null) {
      return known;
    }
    if (ready.size() == MOST) {
      ConvolutionShape eldest = ready.keySet().iterator().next();
      requireNonNull(ready.remove(eldest)).close();
    }
    Convolution made = engine.prepare(shape);
    ready.put(shape, made);
    return made;
  }

  @Override
  public void forward(
      ConvolutionShape shape, Storage x, Storage weight, @Nullable Storage bias, Storage out) {
    of(shape)
        .forward(x.floats(), weight.floats(), bias == null ? null : bias.floats(), out.floats());
  }

  @Override
  public void gradients(
      ConvolutionShape shape,
      @Nullable Storage x,
      @Nullable Storage weight,
      Storage g,
      Wanted wanted) {
    if (wanted.input() != null) {
      of(shape).inputGradient(g.floats(), requireNonNull(weight).floats(), wanted.input().floats());
    }
    Storage bias = wanted.bias();
    if (wanted.weight() != null) {
      of(shape)
          .weightGradient(
              requireNonNull(x).floats(),
              g.floats(),
              wanted.weight().floats(),
              bias == null ? null : bias.floats());
    } else if (bias != null) {
      Kernels.sumOfChannels(pool, g, shape.outputLength(), shape.outputs(), bias);
    }
  }

  @Override
  public void transposed(
      ConvolutionShape shape, Storage x, Storage weight, @Nullable Storage bias, Storage out) {
    of(shape).inputGradient(x.floats(), weight.floats(), out.floats());
    if (bias != null) {
      long channels = shape.inputs();
      var pixels = out.view(new long[] {shape.inputLength() / channels, channels});
      Kernels.binary("add", pixels, bias.view(new long[] {channels}), pixels);
    }
  }

  @Override
  public void transposedGradients(
      ConvolutionShape shape, Storage x, Storage weight, Storage g, Wanted wanted) {
    if (wanted.input() != null) {
      of(shape).forward(g.floats(), weight.floats(), null, wanted.input().floats());
    }
    if (wanted.weight() != null) {
      of(shape).weightGradient(g.floats(), x.floats(), wanted.weight().floats(), null);
    }
    if (wanted.bias() != null) {
      Kernels.sumOfChannels(pool, g, shape.inputLength(), shape.inputs(), wanted.bias());
    }
  }

  @Override
  public void close() {
    ready.values().forEach(Convolution::close);
    ready.clear();
  }
}
