package org.ketloom.nn;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Group normalisation and SiLU in one pass over memory each way, sample by sample, so that a sample
 * stays in the cache; as ND4J's operations both take some fifty calls and passes. Single precision.
 *
 * <p>With u = x + shift, h = (u - mean) / deviation, z = gamma h + beta and y = z s(z), the
 * gradient for z is {@code g' = g (s + y (1 - s))}, and that for x, with means over a group written
 * m(.), {@code (gamma g' - m(gamma g') - h m(gamma g' h)) / deviation}.
 *
 * <p>Loops run over tiles, whole pixels whose channels' factors are written out side by side: plain
 * loops with one index into arrays of one length, which the compiler vectorises (with an offset
 * into one of them it doesn't, which was measured to take six times as long).
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
      Variable x,
      int groups,
      Variable gamma,
      Variable beta,
      @Nullable Variable shift,
      double epsilon) {
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
    this.gamma = floats(gamma);
    this.beta = floats(beta);
    if (shift == null) {
      this.shift = tape.pool().floats(batch * channels);
      Arrays.fill(this.shift, 0);
    } else {
      this.shift = floats(shift);
    }
    means = tape.pool().zeros(batch * groups);
    inverseDeviations = tape.pool().zeros(batch * groups);
    sums = tape.pool().doubles(batch * channels);
  }

  private float[] floats(Variable v) {
    float[] values = tape.pool().floats(Math.toIntExact(v.length()));
    v.live().floats().get(0, values);
    return values;
  }

  private void giveBack() {
    tape.pool().giveBack(gamma, beta, shift);
    tape.pool().giveBack(means, inverseDeviations, sums);
  }

  /**
   * @param shift {@code [batch, channels]}, added to every pixel first; null for none
   */
  static Variable apply(
      Variable x,
      int groups,
      Variable gamma,
      Variable beta,
      @Nullable Variable shift,
      double epsilon) {
    NormSiluKernel kernel = new NormSiluKernel(x, groups, gamma, beta, shift, epsilon);
    Storage out = x.take(x.shape);
    kernel.bySample(
        buffers -> {
          FloatBuffer from = x.live().floats();
          FloatBuffer to = out.floats();
          return n -> kernel.forward(n, buffers, from, to);
        });
    List<Variable> inputs = new ArrayList<>(List.of(x, gamma, beta));
    if (shift != null) {
      inputs.add(shift);
    }
    return x.tape
        .result(
            "groupNormSilu",
            out,
            x.shape,
            (r, g, needed) -> {
              r.live();
              return x.tape.recording()
                  ? x.tape.through(
                      () -> composed(x, groups, gamma, beta, shift, epsilon), g, r.inputs, needed)
                  : kernel.backward(x, g, needed);
            },
            inputs)
        .afterwards(kernel::giveBack);
  }

  /** The same of simpler operations: for double precision, and to be differentiated twice. */
  static Variable composed(
      Variable x,
      int groups,
      Variable gamma,
      Variable beta,
      @Nullable Variable shift,
      double epsilon) {
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
  private record Buffers(
      float[][] x, float[][] g, float[][] tiles, double[][] byChannel, double[][] byGroup) {}

  private interface Work {
    java.util.function.IntConsumer with(Buffers buffers);
  }

  /** Halves of the batch by two threads and so on; what a sample gives doesn't depend on it. */
  private void bySample(Work work) {
    int parts = Math.min(batch, Runtime.getRuntime().availableProcessors());
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              int count = pixels * channels / tile;
              Buffers buffers =
                  new Buffers(tiles(count), tiles(count), tiles(6), pair(channels), pair(groups));
              java.util.function.IntConsumer sample = work.with(buffers);
              int end = (int) ((part + 1L) * batch / parts);
              for (int n = (int) ((long) part * batch / parts); n < end; n++) {
                sample.accept(n);
              }
              tape.pool().giveBack(buffers.x);
              tape.pool().giveBack(buffers.g);
              tape.pool().giveBack(buffers.tiles);
              tape.pool().giveBack(buffers.byChannel);
              tape.pool().giveBack(buffers.byGroup);
            });
  }

  private double[][] pair(int length) {
    return new double[][] {tape.pool().doubles(length), tape.pool().doubles(length)};
  }

  private float[][] tiles(int count) {
    float[][] tiles = new float[count][];
    Arrays.setAll(tiles, i -> tape.pool().floats(tile));
    return tiles;
  }

  private void forward(int n, Buffers buffers, FloatBuffer in, FloatBuffer out) {
    float[][] x = buffers.x;
    read(in, n, x);
    float[] sum = buffers.tiles[0];
    Arrays.fill(sum, 0, tile, 0);
    for (float[] t : x) {
      add(sum, t, tile);
    }
    double[] byChannel = buffers.byChannel[0];
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
    for (float[] t : x) {
      addSquares(sum, t, centre, tile);
    }
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
    for (float[] t : x) {
      silu(t, centre, factor, summand, tile);
    }
    write(x, out, n);
  }

  private void centre(int n, float[] centre) {
    int size = channels / groups;
    for (int c = 0; c < channels; c++) {
      centre[c] = (float) (means[n * groups + c / size] - shift[n * channels + c]);
    }
    repeat(centre);
  }

  /** Writes the channels' values, the first of a tile, out for its other pixels. */
  private void repeat(float[] values) {
    for (int done = channels; done < tile; done *= 2) {
      System.arraycopy(values, 0, values, done, Math.min(done, tile - done));
    }
  }

  /** z = (x - centre) factor + summand. */
  private void affine(int n, float[] factor, float[] summand) {
    int size = channels / groups;
    for (int c = 0; c < channels; c++) {
      factor[c] = (float) (gamma[c] * inverseDeviations[n * groups + c / size]);
      summand[c] = beta[c];
    }
    repeat(factor);
    repeat(summand);
  }

  private Variable[] backward(Variable x, Variable g, boolean[] needed) {
    Variable dx = tape.blank("groupNormSilu'", x.shape);
    double[] dGamma = tape.pool().doubles(batch * channels);
    double[] dBeta = tape.pool().doubles(batch * channels);
    float[] dShift = tape.pool().floats(batch * channels);
    bySample(
        buffers -> {
          FloatBuffer in = x.live().floats();
          FloatBuffer gradient = g.live().floats();
          FloatBuffer out = dx.live().floats();
          return n -> backward(n, buffers, in, gradient, out, dGamma, dBeta, dShift);
        });
    Variable[] parts = new Variable[needed.length];
    parts[0] = dx;
    parts[1] = total(dGamma);
    parts[2] = total(dBeta);
    if (needed.length == 4) {
      parts[3] = tape.constant(dShift, batch, channels);
    }
    tape.pool().giveBack(dGamma, dBeta);
    tape.pool().giveBack(dShift);
    return parts;
  }

  private void backward(
      int n,
      Buffers buffers,
      FloatBuffer in,
      FloatBuffer gradient,
      FloatBuffer out,
      double[] dGamma,
      double[] dBeta,
      float[] dShift) {
    int size = channels / groups;
    float[][] x = buffers.x;
    float[][] g = buffers.g;
    read(in, n, x);
    read(gradient, n, g);
    float[] factor = buffers.tiles[0];
    float[] summand = buffers.tiles[1];
    affine(n, factor, summand);
    float[] sumG = buffers.tiles[2];
    float[] sumH = buffers.tiles[3];
    float[] centre = buffers.tiles[4];
    float[] z = buffers.tiles[5];
    Arrays.fill(sumG, 0, tile, 0);
    Arrays.fill(sumH, 0, tile, 0);
    centre(n, centre);
    for (int k = 0; k < x.length; k++) {
      affine(z, x[k], centre, factor, summand, tile);
      siluGradient(g[k], z, tile);
      add(sumG, g[k], tile);
      addProducts(sumH, g[k], x[k], centre, tile);
    }
    double[] byG = buffers.byChannel[0];
    double[] byH = buffers.byChannel[1];
    fold(sumG, byG);
    fold(sumH, byH);
    double[] meanG = buffers.byGroup[0];
    double[] meanH = buffers.byGroup[1];
    Arrays.fill(meanG, 0);
    Arrays.fill(meanH, 0);
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
    for (int c = 0; c < channels; c++) {
      int group = c / size;
      double s = inverseDeviations[n * groups + group];
      ofX[c] = (float) (-s * s * meanH[group]);
      rest[c] = (float) (-s * meanG[group]);
    }
    repeat(ofX);
    repeat(rest);
    for (int c = 0; c < channels; c++) {
      dShift[n * channels + c] =
          (float)
              (factor[c] * byG[c]
                  + ofX[c] * (sums[n * channels + c] - (double) pixels * centre[c])
                  + (double) pixels * rest[c]);
    }
    for (int k = 0; k < x.length; k++) {
      combine(g[k], x[k], centre, factor, ofX, rest, tile);
    }
    write(g, out, n);
  }

  private Variable total(double[] bySample) {
    double[] total = tape.pool().zeros(channels);
    for (int i = 0; i < bySample.length; i++) {
      total[i % channels] += bySample[i];
    }
    Variable result = tape.constant(total, channels);
    tape.pool().giveBack(total);
    return result;
  }

  private void fold(float[] sum, double[] byChannel) {
    Arrays.fill(byChannel, 0);
    for (int from = 0; from < tile; from += channels) {
      for (int c = 0; c < channels; c++) {
        byChannel[c] += sum[from + c];
      }
    }
  }

  private void read(FloatBuffer from, int n, float[][] to) {
    for (int k = 0; k < to.length; k++) {
      from.get((n * to.length + k) * tile, to[k], 0, tile);
    }
  }

  private void write(float[][] from, FloatBuffer to, int n) {
    for (int k = 0; k < from.length; k++) {
      to.put((n * from.length + k) * tile, from[k], 0, tile);
    }
  }

  // ---- loops

  static void add(float[] sum, float[] x, int count) {
    for (int j = 0; j < count; j++) {
      sum[j] += x[j];
    }
  }

  private static void addSquares(float[] sum, float[] x, float[] centre, int count) {
    for (int j = 0; j < count; j++) {
      float d = x[j] - centre[j];
      sum[j] += d * d;
    }
  }

  private static void addProducts(float[] sum, float[] g, float[] x, float[] centre, int count) {
    for (int j = 0; j < count; j++) {
      sum[j] += g[j] * (x[j] - centre[j]);
    }
  }

  private static void combine(
      float[] g, float[] x, float[] centre, float[] ofG, float[] ofX, float[] rest, int count) {
    for (int j = 0; j < count; j++) {
      g[j] = g[j] * ofG[j] + (x[j] - centre[j]) * ofX[j] + rest[j];
    }
  }

  private static void silu(float[] x, float[] centre, float[] factor, float[] summand, int count) {
    for (int j = 0; j < count; j++) {
      float z = (x[j] - centre[j]) * factor[j] + summand[j];
      x[j] = z * sigmoid(z);
    }
  }

  // One loop for this and the next is too long for the compiler to vectorise.
  private static void affine(
      float[] z, float[] x, float[] centre, float[] factor, float[] summand, int count) {
    for (int j = 0; j < count; j++) {
      z[j] = (x[j] - centre[j]) * factor[j] + summand[j];
    }
  }

  private static void siluGradient(float[] g, float[] z, int count) {
    for (int j = 0; j < count; j++) {
      float s = sigmoid(z[j]);
      g[j] *= s + z[j] * s * (1 - s);
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
