package org.ketloom.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Group normalisation on {@code [batch, pixels, channels]}. Means over groups are taken by a
 * product with a [channels, groups] matrix, which is faster than ND4J's reductions.
 *
 * <p>With y = gamma h + beta, h = (x - mean) / s and means over a group written m(.), the gradient
 * is dx = (gamma g - m(gamma g) - h m(gamma g h)) / s.
 */
final class GroupNormKernel {
  private final Tape tape;
  private final long batch;
  private final long pixels;
  private final long channels;
  private final long groups;
  private final double epsilon;

  private GroupNormKernel(Variable x, long groups, double epsilon) {
    tape = x.tape;
    batch = x.size(0);
    channels = x.size(-1);
    pixels = x.length() / batch / channels;
    this.groups = groups;
    this.epsilon = epsilon;
  }

  static Variable apply(Variable x, int groups, Variable gamma, Variable beta, double epsilon) {
    return new GroupNormKernel(x, groups, epsilon).forward(x, gamma, beta);
  }

  private Variable forward(Variable x, Variable gamma, Variable beta) {
    long[] full = {batch, pixels, channels};
    Storage mean = take(batch * channels);
    Storage h = take(x.length());
    Storage out = take(x.length());
    INDArray xv = x.live().view(full);
    INDArray hv = h.view(full);
    INDArray y = out.view(full);

    means(x.live(), null, mean);
    Kernels.binary("subtract", xv, perSample(mean), hv);
    mean.release();
    Kernels.square(hv, y);
    Storage scale = take(batch * channels);
    means(out, null, scale);
    INDArray s = scale.view(new long[] {batch, 1, channels});
    Kernels.shift(s, epsilon, s);
    Kernels.sqrt(s, s);
    s.rdiv(1, s);
    Kernels.binary("multiply", hv, s, hv);
    Kernels.binary("multiply", hv, gamma.array(), y);
    Kernels.binary("add", y, beta.array(), y);
    return tape.result(
        "groupNorm",
        out,
        x.shape,
        (r, g, needed) ->
            tape.recording()
                ? tape.through(() -> composed(x, gamma, beta), g, r.inputs, needed)
                : backward(r, g, gamma, needed),
        List.of(x, gamma, beta),
        h,
        scale);
  }

  private Variable[] backward(Variable r, Variable g, Variable gamma, boolean[] needed) {
    long[] full = {batch, pixels, channels};
    Storage h = r.saved[0];
    INDArray gv = g.live().view(full);
    INDArray hv = h.view(full);
    Variable product = tape.blank("groupNorm'", r.shape);
    Kernels.binary("multiply", gv, hv, product.live().view(full));
    Variable[] parts = new Variable[3];
    parts[1] = needed[1] ? product.sumTo(channels) : null;
    parts[2] = needed[2] ? g.sumTo(channels) : null;
    if (needed[0]) {
      Storage first = take(batch * channels);
      Storage second = take(batch * channels);
      means(g.live(), gamma, first);
      means(product.live(), gamma, second);
      INDArray s = perSample(r.saved[1]);
      INDArray dx = product.live().view(full);
      // dx = g (gamma s) - h (second s) - first s
      Kernels.binary("multiply", perSample(first), s, perSample(first));
      Kernels.binary("multiply", perSample(second), s, perSample(second));
      Storage scale = take(batch * channels);
      Kernels.binary("multiply", s, gamma.array(), perSample(scale));
      Variable other = tape.blank("groupNorm'", r.shape);
      INDArray hm = other.live().view(full);
      Kernels.binary("multiply", hv, perSample(second), hm);
      Kernels.binary("multiply", gv, perSample(scale), dx);
      Kernels.binary("subtract", dx, hm, dx);
      Kernels.binary("subtract", dx, perSample(first), dx);
      first.release();
      second.release();
      scale.release();
      parts[0] = product;
    }
    return parts;
  }

  /** The means over each sample's groups, of x or of x gamma, repeated for each channel. */
  private void means(Storage x, @Nullable Variable gamma, Storage out) {
    double weight = (double) groups / (pixels * channels);
    INDArray average =
        tape.pool().constant("groups " + pixels, () -> membership(weight), channels, groups);
    INDArray spread = tape.pool().constant("group members", this::members, groups, channels);
    Storage scaled = take(channels * groups);
    if (gamma != null) {
      INDArray to = scaled.view(new long[] {channels, groups});
      Kernels.binary("multiply", average, gamma.live().view(new long[] {channels, 1}), to);
      average = to;
    }
    Storage byPixel = take(batch * pixels * groups);
    Storage bySample = take(batch * groups);
    Kernels.matmul(
        x.view(new long[] {batch * pixels, channels}),
        average,
        false,
        false,
        byPixel.view(new long[] {batch * pixels, groups}));
    Kernels.sum(
        tape.pool(),
        byPixel,
        new long[] {batch, pixels, groups},
        new long[] {batch, 1, groups},
        bySample);
    Kernels.matmul(
        bySample.view(new long[] {batch, groups}),
        spread,
        false,
        false,
        out.view(new long[] {batch, channels}));
    scaled.release();
    byPixel.release();
    bySample.release();
  }

  private double[] membership(double weight) {
    double[] matrix = new double[Math.toIntExact(channels * groups)];
    for (int c = 0; c < channels; c++) {
      matrix[(int) (c * groups + c / (channels / groups))] = weight;
    }
    return matrix;
  }

  private double[] members() {
    double[] matrix = new double[Math.toIntExact(channels * groups)];
    for (int c = 0; c < channels; c++) {
      matrix[(int) (c / (channels / groups) * channels + c)] = 1;
    }
    return matrix;
  }

  private INDArray perSample(Storage values) {
    return values.view(new long[] {batch, 1, channels});
  }

  private Storage take(long length) {
    return tape.pool().take(length);
  }

  /** The same of simpler operations, to be differentiated twice. */
  private Variable composed(Variable x, Variable gamma, Variable beta) {
    Variable grouped = x.reshape(batch, pixels, groups, channels / groups);
    Variable centred = grouped.sub(grouped.meanKeepingAxes(1, 3));
    Variable deviation = centred.square().meanKeepingAxes(1, 3).add(epsilon).sqrt();
    return centred.div(deviation).reshape(x.shape).mul(gamma).add(beta);
  }
}
