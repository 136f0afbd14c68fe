package org.ketloom.convolution.onednn;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.convolution.onednn.Primitive.Argument;

/**
 * A convolution on oneDNN, whose operations are made when they are first asked for. Images keep
 * their layout; weights are rearranged for each call into the one that oneDNN asks for, which costs
 * little beside the convolution.
 */
final class OneDnnConvolution implements Convolution {
  private final Handles handles = new Handles();
  private final ConvolutionShape shape;
  private final long engine;
  private final long stream;
  private final long images;
  private final long results;
  private final long weights;
  private final long bias;
  private final long anyWeights;
  private final long forward;
  private final long[] strides;
  private final long[] dilations = {0, 0};
  private final long[] padding;
  private @Nullable Weighted withBias;
  private @Nullable Weighted withoutBias;
  private @Nullable Weighted inputGradient;
  private @Nullable WeightGradient weightGradient;

  /** Weights in the layout of an operation, and their way there or back. */
  private final class Rearranged {
    private final Optional<Primitive> reorder;
    private final long own;

    Rearranged(long descriptor, boolean back) {
      if (OneDnn.dnnl_memory_desc_equal(descriptor, weights) != 0) {
        reorder = Optional.empty();
        own = 0;
        return;
      }
      own = handles.allocate(OneDnn.dnnl_memory_desc_get_size(descriptor));
      long from = back ? descriptor : weights;
      long to = back ? weights : descriptor;
      long operation =
          handles.make(
              "reorder",
              made -> OneDnn.dnnl_reorder_primitive_desc_create(made, from, engine, to, engine, 0),
              OneDnn::dnnl_primitive_desc_destroy);
      reorder =
          Optional.of(
              new Primitive(
                  "reorder",
                  handles,
                  engine,
                  stream,
                  operation,
                  new Argument(OneDnn.FROM, from),
                  new Argument(OneDnn.TO, to)));
    }

    /** The address of the weights as the operation reads them. */
    long in(long given) {
      if (reorder.isEmpty()) {
        return given;
      }
      reorder.get().run(given, own);
      return own;
    }

    /** The address at which the operation is to write weights that {@link #out} brings back. */
    long place(long wanted) {
      return reorder.isEmpty() ? wanted : own;
    }

    void out(long wanted) {
      reorder.ifPresent(back -> back.run(own, wanted));
    }
  }

  private record Weighted(Primitive operation, Rearranged weights) {}

  private record WeightGradient(Primitive operation, Rearranged weights, long unusedBias) {}

  OneDnnConvolution(long engine, ConvolutionShape shape) {
    this.engine = engine;
    this.shape = shape;
    strides = new long[] {shape.stride(), shape.stride()};
    padding = new long[] {shape.padding(), shape.padding()};
    try {
      stream =
          handles.make(
              "stream",
              made -> OneDnn.dnnl_stream_create(made, engine, OneDnn.IN_ORDER),
              OneDnn::dnnl_stream_destroy);
      images =
          descriptor(
              OneDnn.LAYOUT_NHWC, shape.batch(), shape.inputs(), shape.height(), shape.width());
      results =
          descriptor(
              OneDnn.LAYOUT_NHWC,
              shape.batch(),
              shape.outputs(),
              shape.outputHeight(),
              shape.outputWidth());
      weights = weights(OneDnn.LAYOUT_OIHW);
      anyWeights = weights(OneDnn.LAYOUT_ANY);
      bias = descriptor(OneDnn.LAYOUT_A, shape.outputs());
      forward = forwardDescriptor(bias);
    } catch (RuntimeException e) {
      handles.close();
      throw e;
    }
  }

  private long weights(int layout) {
    return descriptor(
        layout, shape.outputs(), shape.inputs(), shape.kernelHeight(), shape.kernelWidth());
  }

  private long descriptor(int layout, long... sizes) {
    return handles.make(
        "memory of " + shape,
        made ->
            OneDnn.dnnl_memory_desc_create_with_tag(made, sizes.length, sizes, OneDnn.F32, layout),
        OneDnn::dnnl_memory_desc_destroy);
  }

  private long forwardDescriptor(long biases) {
    return operation(
        made ->
            OneDnn.dnnl_convolution_forward_primitive_desc_create(
                made,
                engine,
                OneDnn.FORWARD_TRAINING,
                OneDnn.CONVOLUTION_DIRECT,
                images,
                anyWeights,
                biases,
                results,
                strides,
                dilations,
                padding,
                padding,
                0));
  }

  private long operation(Handles.Maker maker) {
    return handles.make("convolution of " + shape, maker, OneDnn::dnnl_primitive_desc_destroy);
  }

  private Primitive primitive(long operation, Argument... arguments) {
    return new Primitive("convolution of " + shape, handles, engine, stream, operation, arguments);
  }

  private static <T> T made(@Nullable T known, Supplier<T> maker) {
    return known == null ? maker.get() : known;
  }

  @Override
  public void forward(
      FloatBuffer input, FloatBuffer weight, @Nullable FloatBuffer biases, FloatBuffer output) {
    long from = address("input", input, shape.inputLength());
    long by = address("weight", weight, shape.weightLength());
    long to = address("output", output, shape.outputLength());
    if (biases == null) {
      withoutBias = made(withoutBias, () -> forward(forwardDescriptor(0), false));
      withoutBias.operation().run(from, withoutBias.weights().in(by), to);
    } else {
      withBias = made(withBias, () -> forward(forward, true));
      long add = address("bias", biases, shape.outputs());
      withBias.operation().run(from, withBias.weights().in(by), to, add);
    }
  }

  private Weighted forward(long operation, boolean biased) {
    long layout = OneDnn.dnnl_primitive_desc_query_md(operation, OneDnn.QUERY_WEIGHTS, 0);
    Argument in = new Argument(OneDnn.SRC, images);
    Argument by = new Argument(OneDnn.WEIGHTS, layout);
    Argument out = new Argument(OneDnn.DST, results);
    return new Weighted(
        biased
            ? primitive(operation, in, by, out, new Argument(OneDnn.BIAS, bias))
            : primitive(operation, in, by, out),
        new Rearranged(layout, false));
  }

  @Override
  public void inputGradient(FloatBuffer outputGradient, FloatBuffer weight, FloatBuffer result) {
    long from = address("gradient of the output", outputGradient, shape.outputLength());
    long by = address("weight", weight, shape.weightLength());
    long to = address("gradient of the input", result, shape.inputLength());
    inputGradient = made(inputGradient, this::inputGradient);
    inputGradient.operation().run(from, inputGradient.weights().in(by), to);
  }

  private Weighted inputGradient() {
    long operation =
        operation(
            made ->
                OneDnn.dnnl_convolution_backward_data_primitive_desc_create(
                    made,
                    engine,
                    OneDnn.CONVOLUTION_DIRECT,
                    images,
                    anyWeights,
                    results,
                    strides,
                    dilations,
                    padding,
                    padding,
                    forward,
                    0));
    long layout = OneDnn.dnnl_primitive_desc_query_md(operation, OneDnn.QUERY_WEIGHTS, 0);
    return new Weighted(
        primitive(
            operation,
            new Argument(OneDnn.DIFF_DST, results),
            new Argument(OneDnn.WEIGHTS, layout),
            new Argument(OneDnn.DIFF_SRC, images)),
        new Rearranged(layout, false));
  }

  @Override
  public void weightGradient(
      FloatBuffer input,
      FloatBuffer outputGradient,
      FloatBuffer result,
      @Nullable FloatBuffer biasGradient) {
    long from = address("input", input, shape.inputLength());
    long and = address("gradient of the output", outputGradient, shape.outputLength());
    long to = address("gradient of the weight", result, shape.weightLength());
    weightGradient = made(weightGradient, this::weightGradient);
    long biases =
        biasGradient == null
            ? weightGradient.unusedBias()
            : address("gradient of the bias", biasGradient, shape.outputs());
    Rearranged back = weightGradient.weights();
    weightGradient.operation().run(from, and, back.place(to), biases);
    back.out(to);
  }

  /** Where a buffer's numbers are; what is too short would be written beyond its end. */
  private long address(String what, FloatBuffer buffer, long length) {
    if (!buffer.isDirect() || buffer.capacity() < length) {
      throw new IllegalArgumentException(
          "convolution of "
              + shape
              + ": "
              + what
              + " has to be a direct buffer of at least "
              + length
              + " numbers, found "
              + buffer);
    }
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  private WeightGradient weightGradient() {
    long operation =
        operation(
            made ->
                OneDnn.dnnl_convolution_backward_weights_primitive_desc_create(
                    made,
                    engine,
                    OneDnn.CONVOLUTION_DIRECT,
                    images,
                    anyWeights,
                    bias,
                    results,
                    strides,
                    dilations,
                    padding,
                    padding,
                    forward,
                    0));
    long layout = OneDnn.dnnl_primitive_desc_query_md(operation, OneDnn.QUERY_DIFF_WEIGHTS, 0);
    return new WeightGradient(
        primitive(
            operation,
            new Argument(OneDnn.SRC, images),
            new Argument(OneDnn.DIFF_DST, results),
            new Argument(OneDnn.DIFF_WEIGHTS, layout),
            new Argument(OneDnn.DIFF_BIAS, bias)),
        new Rearranged(layout, true),
        handles.allocate((long) Float.BYTES * shape.outputs()));
  }

  @Override
  public void close() {
    handles.close();
  }
}
