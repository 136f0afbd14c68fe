package org.ketloom.engine.densitymatrix;

import static jdk.incubator.vector.DoubleVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API. The lanes are one vector of 512 bits, or several narrower ones, which
 * are then worked on one after another. No vector is handed to or returned by a method here: one
 * that isn't inlined would put it on the heap.
 */
final class VectorKernels extends PlainKernels {
  private static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;
  private static final int STEP = SPECIES.length();

  /** From a row of a matrix to the next; exchanged with {@code LANES} it is the transpose. */
  private static final int ROW = 4 * LANES;

  /**
   * Makes the kernels.
   *
   * @throws UnsupportedOperationException if the processor has no fused multiply-add, which Java
   *     then computes in thousands of instructions
   */
  VectorKernels() {
    boolean intel = System.getProperty("os.arch").matches("amd64|x86_64|x86");
    // What has fused multiply-adds there has vectors of 256 bits too.
    if (intel && DoubleVector.SPECIES_PREFERRED.length() < 4) {
      throw new UnsupportedOperationException("the processor has no AVX2");
    }
  }

  @Override
  public String describe() {
    return "kernels on vectors of " + STEP * Double.SIZE + " bits";
  }

  @Override
  public void apply(double[] r, int outer, int inner, double[] m, Shape shape) {
    Tiles tiles = new Tiles(outer, inner);
    for (int t = 0; t < tiles.count; t++) {
      apply(r, tiles, tiles.start(t), m, 0, shape);
    }
  }

  private static void apply(double[] r, Tiles tiles, int start, double[] m, int at, Shape shape) {
    for (int l = 0; l < LANES; l += STEP) {
      switch (shape) {
        case UNITAL -> applyUnital(r, tiles, start + l, m, at + l, ROW, LANES);
        case KEEPS_TRACE -> applyAffine(r, tiles, start + l, m, at + l);
        case FULL -> applyFull(r, tiles, start + l, m, at + l, ROW, LANES);
      }
    }
  }

  @Override
  public void takeBack(
      double[] r,
      double[] lambda,
      int outer,
      int inner,
      double[] m,
      Shape shape,
      boolean undo,
      boolean gathers,
      double[] gather) {
    Tiles tiles = new Tiles(outer, inner);
    for (int t = 0; t < tiles.count; t++) {
      int start = tiles.start(t);
      if (undo) {
        apply(r, tiles, start, m, MATRIX, shape);
      }
      for (int l = 0; l < LANES; l += STEP) {
        if (gathers) {
          gather(r, lambda, tiles, start + l, shape, gather, l);
        }
        switch (shape) {
          case UNITAL -> applyUnital(lambda, tiles, start + l, m, l, LANES, ROW);
          case KEEPS_TRACE -> transposeAffine(lambda, tiles, start + l, m, l);
          case FULL -> applyFull(lambda, tiles, start + l, m, l, LANES, ROW);
        }
      }
      if (gathers) {
        // As numbers: a vector that is loaded just to be added to would be put on the heap.
        for (int row = shape.firstRow; row < 4; row++) {
          for (int i = (4 * row + shape.firstColumn) * LANES; i < 4 * (row + 1) * LANES; i++) {
            gather[i] += gather[MATRIX + i];
          }
        }
      }
    }
  }

  private static void gather(
      double[] r, double[] lambda, Tiles tiles, int start, Shape shape, double[] gather, int l) {
    if (shape == Shape.UNITAL) {
      gatherUnital(r, lambda, tiles, start, gather, l);
      return;
    }
    for (int row = shape.firstRow; row < 4; row++) {
      gatherRow(r, lambda, tiles, start, row, gather, l);
    }
  }

  /**
   * A block in parts that stay in the nearest cache, with lambda's: the four coefficients of a wire
   * for {@link #runs} runs of settings of the other wires.
   */
  private static final class Tiles {
    /** Settings of a part: 8 KiB of the block, and as many of lambda. */
    private static final int SETTINGS = 32;

    /** Numbers between the coefficients of the identity, X, Y and Z. */
    final int stride;

    final int runs;

    /** Numbers of a run. */
    final int runLength;

    /** Number of parts. */
    final int count;

    private final int perStride;

    Tiles(int outer, int inner) {
      stride = inner * LANES;
      int length = Math.min(inner, SETTINGS);
      runLength = length * LANES;
      runs = Math.min(outer, SETTINGS / length);
      perStride = inner / length;
      count = outer / runs * perStride;
    }

    int start(int tile) {
      return tile / perStride * runs * 4 * stride + tile % perStride * runLength;
    }
  }

  private static void applyUnital(
      double[] r, Tiles tiles, int start, double[] m, int at, int row, int column) {
    int stride = tiles.stride;
    DoubleVector xx = fromArray(SPECIES, m, at + row + column);
    DoubleVector xy = fromArray(SPECIES, m, at + row + 2 * column);
    DoubleVector xz = fromArray(SPECIES, m, at + row + 3 * column);
    DoubleVector yx = fromArray(SPECIES, m, at + 2 * row + column);
    DoubleVector yy = fromArray(SPECIES, m, at + 2 * row + 2 * column);
    DoubleVector yz = fromArray(SPECIES, m, at + 2 * row + 3 * column);
    DoubleVector zx = fromArray(SPECIES, m, at + 3 * row + column);
    DoubleVector zy = fromArray(SPECIES, m, at + 3 * row + 2 * column);
    DoubleVector zz = fromArray(SPECIES, m, at + 3 * row + 3 * column);
    for (int run = 0; run < tiles.runs; run++) {
      int from = start + 4 * run * stride + stride;
      for (int i = from; i < from + tiles.runLength; i += LANES) {
        DoubleVector x = fromArray(SPECIES, r, i);
        DoubleVector y = fromArray(SPECIES, r, i + stride);
        DoubleVector z = fromArray(SPECIES, r, i + 2 * stride);
        z.fma(xz, y.fma(xy, x.mul(xx))).intoArray(r, i);
        z.fma(yz, y.fma(yy, x.mul(yx))).intoArray(r, i + stride);
        z.fma(zz, y.fma(zy, x.mul(zx))).intoArray(r, i + 2 * stride);
      }
    }
  }

  private static void applyAffine(double[] r, Tiles tiles, int start, double[] m, int at) {
    int stride = tiles.stride;
    DoubleVector xe = fromArray(SPECIES, m, at + 32);
    DoubleVector xx = fromArray(SPECIES, m, at + 40);
    DoubleVector xy = fromArray(SPECIES, m, at + 48);
    DoubleVector xz = fromArray(SPECIES, m, at + 56);
    DoubleVector ye = fromArray(SPECIES, m, at + 64);
    DoubleVector yx = fromArray(SPECIES, m, at + 72);
    DoubleVector yy = fromArray(SPECIES, m, at + 80);
    DoubleVector yz = fromArray(SPECIES, m, at + 88);
    DoubleVector ze = fromArray(SPECIES, m, at + 96);
    DoubleVector zx = fromArray(SPECIES, m, at + 104);
    DoubleVector zy = fromArray(SPECIES, m, at + 112);
    DoubleVector zz = fromArray(SPECIES, m, at + 120);
    for (int run = 0; run < tiles.runs; run++) {
      int from = start + 4 * run * stride;
      for (int i = from; i < from + tiles.runLength; i += LANES) {
        DoubleVector e = fromArray(SPECIES, r, i);
        DoubleVector x = fromArray(SPECIES, r, i + stride);
        DoubleVector y = fromArray(SPECIES, r, i + 2 * stride);
        DoubleVector z = fromArray(SPECIES, r, i + 3 * stride);
        z.fma(xz, y.fma(xy, x.fma(xx, e.mul(xe)))).intoArray(r, i + stride);
        z.fma(yz, y.fma(yy, x.fma(yx, e.mul(ye)))).intoArray(r, i + 2 * stride);
        z.fma(zz, y.fma(zy, x.fma(zx, e.mul(ze)))).intoArray(r, i + 3 * stride);
      }
    }
  }

  private static void applyFull(
      double[] r, Tiles tiles, int start, double[] m, int at, int row, int column) {
    int stride = tiles.stride;
    DoubleVector ee = fromArray(SPECIES, m, at);
    DoubleVector ex = fromArray(SPECIES, m, at + column);
    DoubleVector ey = fromArray(SPECIES, m, at + 2 * column);
    DoubleVector ez = fromArray(SPECIES, m, at + 3 * column);
    DoubleVector xe = fromArray(SPECIES, m, at + row);
    DoubleVector xx = fromArray(SPECIES, m, at + row + column);
    DoubleVector xy = fromArray(SPECIES, m, at + row + 2 * column);
    DoubleVector xz = fromArray(SPECIES, m, at + row + 3 * column);
    DoubleVector ye = fromArray(SPECIES, m, at + 2 * row);
    DoubleVector yx = fromArray(SPECIES, m, at + 2 * row + column);
    DoubleVector yy = fromArray(SPECIES, m, at + 2 * row + 2 * column);
    DoubleVector yz = fromArray(SPECIES, m, at + 2 * row + 3 * column);
    DoubleVector ze = fromArray(SPECIES, m, at + 3 * row);
    DoubleVector zx = fromArray(SPECIES, m, at + 3 * row + column);
    DoubleVector zy = fromArray(SPECIES, m, at + 3 * row + 2 * column);
    DoubleVector zz = fromArray(SPECIES, m, at + 3 * row + 3 * column);
    for (int run = 0; run < tiles.runs; run++) {
      int from = start + 4 * run * stride;
      for (int i = from; i < from + tiles.runLength; i += LANES) {
        DoubleVector e = fromArray(SPECIES, r, i);
        DoubleVector x = fromArray(SPECIES, r, i + stride);
        DoubleVector y = fromArray(SPECIES, r, i + 2 * stride);
        DoubleVector z = fromArray(SPECIES, r, i + 3 * stride);
        z.fma(ez, y.fma(ey, x.fma(ex, e.mul(ee)))).intoArray(r, i);
        z.fma(xz, y.fma(xy, x.fma(xx, e.mul(xe)))).intoArray(r, i + stride);
        z.fma(yz, y.fma(yy, x.fma(yx, e.mul(ye)))).intoArray(r, i + 2 * stride);
        z.fma(zz, y.fma(zy, x.fma(zx, e.mul(ze)))).intoArray(r, i + 3 * stride);
      }
    }
  }

  private static void transposeAffine(double[] r, Tiles tiles, int start, double[] m, int at) {
    int stride = tiles.stride;
    DoubleVector ex = fromArray(SPECIES, m, at + 32);
    DoubleVector xx = fromArray(SPECIES, m, at + 40);
    DoubleVector yx = fromArray(SPECIES, m, at + 48);
    DoubleVector zx = fromArray(SPECIES, m, at + 56);
    DoubleVector ey = fromArray(SPECIES, m, at + 64);
    DoubleVector xy = fromArray(SPECIES, m, at + 72);
    DoubleVector yy = fromArray(SPECIES, m, at + 80);
    DoubleVector zy = fromArray(SPECIES, m, at + 88);
    DoubleVector ez = fromArray(SPECIES, m, at + 96);
    DoubleVector xz = fromArray(SPECIES, m, at + 104);
    DoubleVector yz = fromArray(SPECIES, m, at + 112);
    DoubleVector zz = fromArray(SPECIES, m, at + 120);
    for (int run = 0; run < tiles.runs; run++) {
      int from = start + 4 * run * stride;
      for (int i = from; i < from + tiles.runLength; i += LANES) {
        DoubleVector e = fromArray(SPECIES, r, i);
        DoubleVector x = fromArray(SPECIES, r, i + stride);
        DoubleVector y = fromArray(SPECIES, r, i + 2 * stride);
        DoubleVector z = fromArray(SPECIES, r, i + 3 * stride);
        z.fma(ez, y.fma(ey, x.fma(ex, e))).intoArray(r, i);
        z.fma(xz, y.fma(xy, x.mul(xx))).intoArray(r, i + stride);
        z.fma(yz, y.fma(yy, x.mul(yx))).intoArray(r, i + 2 * stride);
        z.fma(zz, y.fma(zy, x.mul(zx))).intoArray(r, i + 3 * stride);
      }
    }
  }

  // One loop over all settings of the other wires: C2 of JDK 17 keeps sums of nested loops on the
  // heap.

  private static void gatherUnital(
      double[] r, double[] lambda, Tiles tiles, int start, double[] gather, int l) {
    DoubleVector xx = DoubleVector.zero(SPECIES);
    DoubleVector xy = xx;
    DoubleVector xz = xx;
    DoubleVector yx = xx;
    DoubleVector yy = xx;
    DoubleVector yz = xx;
    DoubleVector zx = xx;
    DoubleVector zy = xx;
    DoubleVector zz = xx;
    int stride = tiles.stride;
    int bits = Integer.numberOfTrailingZeros(tiles.runLength / LANES);
    for (int k = 0; k < tiles.runs << bits; k++) {
      int i = start + (4 * (k >> bits) + 1) * stride + (k & (1 << bits) - 1) * LANES;
      DoubleVector x = fromArray(SPECIES, r, i);
      DoubleVector y = fromArray(SPECIES, r, i + stride);
      DoubleVector z = fromArray(SPECIES, r, i + 2 * stride);
      DoubleVector v = fromArray(SPECIES, lambda, i);
      xx = v.fma(x, xx);
      xy = v.fma(y, xy);
      xz = v.fma(z, xz);
      v = fromArray(SPECIES, lambda, i + stride);
      yx = v.fma(x, yx);
      yy = v.fma(y, yy);
      yz = v.fma(z, yz);
      v = fromArray(SPECIES, lambda, i + 2 * stride);
      zx = v.fma(x, zx);
      zy = v.fma(y, zy);
      zz = v.fma(z, zz);
    }
    int to = MATRIX + l;
    xx.intoArray(gather, to + 40);
    xy.intoArray(gather, to + 48);
    xz.intoArray(gather, to + 56);
    yx.intoArray(gather, to + 72);
    yy.intoArray(gather, to + 80);
    yz.intoArray(gather, to + 88);
    zx.intoArray(gather, to + 104);
    zy.intoArray(gather, to + 112);
    zz.intoArray(gather, to + 120);
  }

  private static void gatherRow(
      double[] r, double[] lambda, Tiles tiles, int start, int row, double[] gather, int l) {
    DoubleVector e = DoubleVector.zero(SPECIES);
    DoubleVector x = e;
    DoubleVector y = e;
    DoubleVector z = e;
    int stride = tiles.stride;
    int bits = Integer.numberOfTrailingZeros(tiles.runLength / LANES);
    for (int k = 0; k < tiles.runs << bits; k++) {
      int i = start + 4 * (k >> bits) * stride + (k & (1 << bits) - 1) * LANES;
      DoubleVector v = fromArray(SPECIES, lambda, i + row * stride);
      e = v.fma(fromArray(SPECIES, r, i), e);
      x = v.fma(fromArray(SPECIES, r, i + stride), x);
      y = v.fma(fromArray(SPECIES, r, i + 2 * stride), y);
      z = v.fma(fromArray(SPECIES, r, i + 3 * stride), z);
    }
    int to = MATRIX + 4 * row * LANES + l;
    e.intoArray(gather, to);
    x.intoArray(gather, to + LANES);
    y.intoArray(gather, to + 2 * LANES);
    z.intoArray(gather, to + 3 * LANES);
  }

  @Override
  public void rotate(double[] r, int[] pairs, double[] trig) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector c = fromArray(SPECIES, trig, l);
      DoubleVector s = fromArray(SPECIES, trig, LANES + l);
      DoubleVector n = s.neg();
      for (int p = 0; p < pairs.length; p += 2) {
        int i = pairs[p] + l;
        int j = pairs[p + 1] + l;
        DoubleVector a = fromArray(SPECIES, r, i);
        DoubleVector b = fromArray(SPECIES, r, j);
        b.fma(n, a.mul(c)).intoArray(r, i);
        b.fma(c, a.mul(s)).intoArray(r, j);
      }
    }
  }

  @Override
  public void rotateBack(double[] r, double[] lambda, int[] pairs, double[] trig, double[] gather) {
    for (int l = 0; l < LANES; l += STEP) {
      DoubleVector c = fromArray(SPECIES, trig, l);
      DoubleVector s = fromArray(SPECIES, trig, LANES + l);
      DoubleVector n = s.neg();
      DoubleVector plus = DoubleVector.zero(SPECIES);
      DoubleVector minus = plus;
      for (int p = 0; p < pairs.length; p += 2) {
        int i = pairs[p] + l;
        int j = pairs[p + 1] + l;
        DoubleVector a = fromArray(SPECIES, r, i);
        DoubleVector b = fromArray(SPECIES, r, j);
        DoubleVector u = fromArray(SPECIES, lambda, i);
        DoubleVector v = fromArray(SPECIES, lambda, j);
        plus = v.fma(a, plus);
        minus = u.fma(b, minus);
        b.fma(s, a.mul(c)).intoArray(r, i);
        b.fma(c, a.mul(n)).intoArray(r, j);
        v.fma(s, u.mul(c)).intoArray(lambda, i);
        v.fma(c, u.mul(n)).intoArray(lambda, j);
      }
      plus.sub(minus).intoArray(gather, LANES + l);
    }
    for (int l = 0; l < LANES; l++) {
      gather[l] += gather[LANES + l];
    }
  }

  @Override
  public void permute(double[] r, int[] pairs, byte[] signs, int[] flips) {
    for (int l = 0; l < LANES; l += STEP) {
      for (int p = 0; p < signs.length; p++) {
        int i = pairs[2 * p] + l;
        int j = pairs[2 * p + 1] + l;
        DoubleVector a = fromArray(SPECIES, r, i);
        DoubleVector b = fromArray(SPECIES, r, j);
        if (signs[p] < 0) {
          b.neg().intoArray(r, i);
          a.neg().intoArray(r, j);
        } else {
          b.intoArray(r, i);
          a.intoArray(r, j);
        }
      }
      for (int flip : flips) {
        fromArray(SPECIES, r, flip + l).neg().intoArray(r, flip + l);
      }
    }
  }
}
