package org.ketloom.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Group normalisation and SiLU in one pass over memory each way, sample by sample, so that a sample
 * stays in the cache; as ND4J's operations both take some fifty calls and passes. Single precision.
 *
 * <p>With u = x + shift, h = (u - mean) / deviation, z = gamma h + beta and y = z s(z), the
 * gradient for z is {@code g' = g (s + y (1 - s))}, and that for x, with means over a group written
 * m(.), {@code (gamma g' - m(gamma g') - h m(gamma g' h)) / deviation}.
 *
 * <p>Loops run over tiles, whole pixels whose channels' factors are written out side by side: plain
 * loops over arrays of one length, which the compiler vectorises.
 */
final class NormSiluKernel {
  private static final int LONGEST_TILE = 512;

  private final Tape tape;
  private final int batch;
  private final int pixels;
  private final int channels;
  private final int groups;
  private final double epsilon;
  private final int tile;
  private final float[] gamma;
  private final float[] beta;
  private final float[] shift;

  /** {@code [sample][group]}. */
  private final double[] means;

  private final double[] inverseDeviations;

  /** Sums of x over the pixels, {@code [sample][channel]}. */
  private final double[] sums;

  private NormSiluKernel(
      Variable x, int groups, Variable gamma, Variable beta, Variable shift, double epsilon) {
    tape = x.tape;
    batch = Math.toIntExact(x.size(0));
    channels = Math.toIntExact(x.size(-1));
    pixels = Math.toIntExact(x.length() / batch / channels);
    this.groups = groups;
    this.epsilon = epsilon;
    int repeats = Math.max(1, Math.min(pixels, LONGEST_TILE / channels));
    while (pixels % repeats != 0) {
      repeats--;
    }
    tile = repeats * channels;
    this.gamma = gamma.toFloats();
    this.beta = beta.toFloats();
    this.shift = shift == null ? new float[batch * channels] : shift.toFloats();
    means = new double[batch * groups];
    inverseDeviations = new double[batch * groups];
    sums = new double[batch * channels];
  }

  /**
   * @param shift {@code [batch, channels]}, added to every pixel first; null for none
   */
  static Variable apply(
      Variable x, int groups, Variable gamma, Variable beta, Variable shift, double epsilon) {
    NormSiluKernel kernel = new NormSiluKernel(x, groups, gamma, beta, shift, epsilon);
    Storage out = x.take(x.shape);
    kernel.bySample(
        buffers -> n -> kernel.forward(n, buffers, x.live(), out), kernel.pixels * kernel.channels);
    List<Variable> inputs = new ArrayList<>(List.of(x, gamma, beta));
    if (shift != null) {
      inputs.add(shift);
    }
    return x.tape.result(
        "groupNormSilu",
        out,
        x.shape,
        (r, g, needed) ->
            x.tape.recording()
                ? x.tape.through(
                    () -> composed(x, groups, gamma, beta, shift, epsilon), g, r.inputs, needed)
                : kernel.backward(x, g, needed),
        inputs);
  }

  /** The same of simpler operations: for double precision, and to be differentiated twice. */
  static Variable composed(
      Variable x, int groups, Variable gamma, Variable beta, Variable shift, double epsilon) {
    Variable shifted = x;
    if (shift != null) {
      long[] to = new long[x.rank()];
      Arrays.fill(to, 1);
      to[0] = x.size(0);
      to[to.length - 1] = x.size(-1);
      shifted = x.add(shift.reshape(to));
    }
    return GroupNormKernel.apply(shifted, groups, gamma, beta, epsilon).silu();
  }

  /** Arrays of one thread. */
  private record Buffers(float[] x, float[] g, float[][] tiles) {}

  private interface Work {
    java.util.function.IntConsumer with(Buffers buffers);
  }

  /** Halves of the batch by two threads and so on; what a sample gives doesn't depend on it. */
  private void bySample(Work work, int length) {
    int parts = Math.min(batch, Runtime.getRuntime().availableProcessors());
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              float[] x = tape.pool().scratch(length);
              float[] g = tape.pool().scratch(length);
              float[][] tiles = new float[5][];
              Arrays.setAll(tiles, i -> tape.pool().scratch(LONGEST_TILE + channels));
              java.util.function.IntConsumer sample = work.with(new Buffers(x, g, tiles));
              int end = (int) ((part + 1L) * batch / parts);
              for (int n = (int) ((long) part * batch / parts); n < end; n++) {
                sample.accept(n);
              }
              tape.pool().giveBack(x);
              tape.pool().giveBack(g);
              for (float[] t : tiles) {
                tape.pool().giveBack(t);
              }
            });
  }

  private void forward(int n, Buffers buffers, Storage in, Storage out) {
    int length = pixels * channels;
    float[] x = buffers.x;
    read(in, n, length, x);
    float[] sum = buffers.tiles[0];
    Arrays.fill(sum, 0, tile, 0);
    for (int from = 0; from < length; from += tile) {
      add(sum, x, from, tile);
    }
    double[] byChannel = new double[channels];
    fold(sum, byChannel);
    System.arraycopy(byChannel, 0, sums, n * channels, channels);
    int size = channels / groups;
    double count = (double) pixels * size;
    for (int c = 0; c < channels; c++) {
      means[n * groups + c / size] += (byChannel[c] + pixels * shift[n * channels + c]) / count;
    }
    float[] centre = buffers.tiles[1];
    centre(n, centre);
    Arrays.fill(sum, 0, tile, 0);
    for (int from = 0; from < length; from += tile) {
      addSquares(sum, x, centre, from, tile);
    }
    Arrays.fill(byChannel, 0);
    fold(sum, byChannel);
    for (int c = 0; c < channels; c++) {
      inverseDeviations[n * groups + c / size] += byChannel[c] / count;
    }
    for (int group = n * groups; group < (n + 1) * groups; group++) {
      inverseDeviations[group] = 1 / Math.sqrt(inverseDeviations[group] + epsilon);
    }
    float[] factor = buffers.tiles[2];
    float[] summand = buffers.tiles[3];
    affine(n, factor, summand);
    for (int from = 0; from < length; from += tile) {
      silu(x, centre, factor, summand, from, tile);
    }
    write(x, out, n, length);
  }

  private void centre(int n, float[] centre) {
    for (int j = 0; j < tile; j++) {
      int c = j % channels;
      centre[j] = (float) (means[n * groups + c * groups / channels] - shift[n * channels + c]);
    }
  }

  /** z = (x - centre) factor + summand. */
  private void affine(int n, float[] factor, float[] summand) {
    int size = channels / groups;
    for (int j = 0; j < tile; j++) {
      int c = j % channels;
      factor[j] = (float) (gamma[c] * inverseDeviations[n * groups + c / size]);
      summand[j] = beta[c];
    }
  }

  private Variable[] backward(Variable x, Variable g, boolean[] needed) {
    Variable dx = tape.blank("groupNormSilu'", x.shape);
    double[] dGamma = new double[batch * channels];
    double[] dBeta = new double[batch * channels];
    float[] dShift = new float[batch * channels];
    bySample(
        buffers -> n -> backward(n, buffers, x.live(), g.live(), dx.live(), dGamma, dBeta, dShift),
        pixels * channels);
    Variable[] parts = new Variable[needed.length];
    parts[0] = dx;
    parts[1] = tape.constant(total(dGamma), channels);
    parts[2] = tape.constant(total(dBeta), channels);
    if (needed.length == 4) {
      parts[3] = tape.constant(dShift, batch, channels);
    }
    return parts;
  }

  private void backward(
      int n,
      Buffers buffers,
      Storage in,
      Storage gradient,
      Storage out,
      double[] dGamma,
      double[] dBeta,
      float[] dShift) {
    int length = pixels * channels;
    int size = channels / groups;
    float[] x = buffers.x;
    float[] g = buffers.g;
    read(in, n, length, x);
    read(gradient, n, length, g);
    float[] factor = buffers.tiles[0];
    float[] summand = buffers.tiles[1];
    affine(n, factor, summand);
    float[] sumG = buffers.tiles[2];
    float[] sumH = buffers.tiles[3];
    float[] centre = buffers.tiles[4];
    Arrays.fill(sumG, 0, tile, 0);
    Arrays.fill(sumH, 0, tile, 0);
    centre(n, centre);
    for (int from = 0; from < length; from += tile) {
      siluGradient(g, x, centre, factor, summand, from, tile);
      add(sumG, g, from, tile);
      addProducts(sumH, g, x, centre, from, tile);
    }
    double[] byG = new double[channels];
    double[] byH = new double[channels];
    fold(sumG, byG);
    fold(sumH, byH);
    double[] meanG = new double[groups];
    double[] meanH = new double[groups];
    double count = (double) pixels * size;
    for (int c = 0; c < channels; c++) {
      byH[c] *= inverseDeviations[n * groups + c / size];
      dBeta[n * channels + c] = byG[c];
      dGamma[n * channels + c] = byH[c];
      meanG[c / size] += gamma[c] * byG[c] / count;
      meanH[c / size] += gamma[c] * byH[c] / count;
    }
    // dx = g' gamma s - (x - centre) s^2 m_h - s m_g, with s = 1 / deviation.
    float[] ofX = buffers.tiles[2];
    float[] rest = buffers.tiles[3];
    for (int j = 0; j < tile; j++) {
      int group = j % channels / size;
      double s = inverseDeviations[n * groups + group];
      ofX[j] = (float) (-s * s * meanH[group]);
      rest[j] = (float) (-s * meanG[group]);
    }
    for (int c = 0; c < channels; c++) {
      dShift[n * channels + c] =
          (float)
              (factor[c] * byG[c]
                  + ofX[c] * (sums[n * channels + c] - (double) pixels * centre[c])
                  + (double) pixels * rest[c]);
    }
    for (int from = 0; from < length; from += tile) {
      combine(g, x, centre, factor, ofX, rest, from, tile);
    }
    write(g, out, n, length);
  }

  private double[] total(double[] bySample) {
    double[] total = new double[channels];
    for (int i = 0; i < bySample.length; i++) {
      total[i % channels] += bySample[i];
    }
    return total;
  }

  private void fold(float[] sum, double[] byChannel) {
    for (int j = 0; j < tile; j++) {
      byChannel[j % channels] += sum[j];
    }
  }

  private static void read(Storage from, int n, int length, float[] to) {
    FloatPointer pointer = new FloatPointer(from.memory().data().addressPointer());
    pointer.position((long) n * length).get(to, 0, length);
  }

  private static void write(float[] from, Storage to, int n, int length) {
    FloatPointer pointer = new FloatPointer(to.memory().data().addressPointer());
    pointer.position((long) n * length).put(from, 0, length);
  }

  // ---- loops

  static void add(float[] sum, float[] x, int from, int count) {
    for (int j = 0; j < count; j++) {
      sum[j] += x[from + j];
    }
  }

  private static void addSquares(float[] sum, float[] x, float[] centre, int from, int count) {
    for (int j = 0; j < count; j++) {
      float d = x[from + j] - centre[j];
      sum[j] += d * d;
    }
  }

  private static void addProducts(
      float[] sum, float[] g, float[] x, float[] centre, int from, int count) {
    for (int j = 0; j < count; j++) {
      sum[j] += g[from + j] * (x[from + j] - centre[j]);
    }
  }

  private static void combine(
      float[] g,
      float[] x,
      float[] centre,
      float[] ofG,
      float[] ofX,
      float[] rest,
      int from,
      int count) {
    for (int j = 0; j < count; j++) {
      g[from + j] = g[from + j] * ofG[j] + (x[from + j] - centre[j]) * ofX[j] + rest[j];
    }
  }

  private static void silu(
      float[] x, float[] centre, float[] factor, float[] summand, int from, int count) {
    for (int j = 0; j < count; j++) {
      float z = (x[from + j] - centre[j]) * factor[j] + summand[j];
      x[from + j] = z * sigmoid(z);
    }
  }

  private static void siluGradient(
      float[] g, float[] x, float[] centre, float[] factor, float[] summand, int from, int count) {
    for (int j = 0; j < count; j++) {
      float z = (x[from + j] - centre[j]) * factor[j] + summand[j];
      float s = sigmoid(z);
      g[from + j] *= s + z * s * (1 - s);
    }
  }

  /**
   * 1/2 + 1/2 tanh(z/2), with tanh as the quotient of two polynomials that is right to a few units
   * in the last place (the one of the Eigen library, generic_fast_tanh_float). Beyond +-7.9 tanh is
   * 1 in single precision.
   */
  static float sigmoid(float z) {
    // The smaller of two numbers by moduli, which the compiler vectorises; right up to 1e6.
    float t = 0.5f * (Math.abs(0.5f * z + 7.905311f) - Math.abs(0.5f * z - 7.905311f));
    float q = t * t;
    float p = q * -2.7607685e-16f + 2.0001879e-13f;
    p = q * p - 8.604672e-11f;
    p = q * p + 5.122297e-8f;
    p = q * p + 1.4857224e-5f;
    p = q * p + 6.372619e-4f;
    p = q * p + 4.8935246e-3f;
    float d = q * 1.1982584e-6f + 1.185347e-4f;
    d = q * d + 2.2684346e-3f;
    d = q * d + 4.893525e-3f;
    return 0.5f + 0.5f * (t * p / d);
  }
}
